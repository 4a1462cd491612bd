/**
 * A mirror in sync gets a log while it is used. Filled beforehand it would call clean what a leg
 * fails to take up to the moment it goes live; the mirror alone knows, and says it then.
 */
import { expect, test } from 'vitest';
import type { BlockDevice, Io, IoResult } from '../../../core/block/device.ts';
import { Wrapper } from '../../../core/block/wrap/wrapper.ts';
import { MAGIC } from '../../../core/dm/mirror/disk-log.ts';
import { blank, openLab } from '../../support/lab.ts';

/** Notes of how many regions each log speaks that is written and calls some of them clean. */
class LogWatch extends Wrapper {
  constructor(
    below: BlockDevice,
    private readonly claims: bigint[],
  ) {
    super(below);
  }

  submit(io: Io): Promise<IoResult> {
    if (io.op === 'write') this.look(new DataView(io.data.buffer, io.data.byteOffset), io.data);
    return this.below.submit(io);
  }

  private look(view: DataView, { length }: Uint8Array): void {
    if (length <= 1024) return;
    const isFilling = view.getUint32(0, true) === 0xffffffff;
    const isLog = view.getUint32(0, true) === MAGIC && view.getUint32(1024, true) !== 0;
    if (isFilling || isLog) this.claims.push(view.getBigUint64(8, true));
  }
}

test.each(['disk', 'mirrored'])('a %s log calls nothing clean before it is live', async (kind) => {
  const claims: bigint[] = [];
  const lab = await openLab(blank(), (disk) => new LogWatch(disk, claims));
  const must = async (line: string): Promise<void> => {
    const { status, output } = await lab.scheduler.until(lab.run(line));
    expect(status, `${line}: ${output.map(({ text }) => text).join()}`).toBe(0);
  };
  await must('vgcreate -s 1m vg /dev/sda /dev/sdb /dev/sdc /dev/sdd');
  const how = '--type mirror -m1 --mirrorlog core -R 128k --nosync';
  await must(`lvcreate -y ${how} -n a -l 1 vg /dev/sda /dev/sdb`);
  const mirrored = 'global{support_mirrored_mirror_log=1}';
  await must(`lvconvert -y --mirrorlog ${kind} --config ${mirrored} vg/a /dev/sdc /dev/sdd`);
  expect(new Set(claims)).toEqual(new Set([8n]));
  await lab.scheduler.until(lab.close());
});
