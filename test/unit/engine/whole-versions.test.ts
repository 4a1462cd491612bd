/** Looks at disks while a version of a group is being committed, disk after disk. */
import { expect, test } from 'vitest';
import type { Io, IoResult } from '../../../core/block/device.ts';
import { WholeVersions } from '../../../core/engine/whole-versions.ts';
import { BusyDisk } from '../../support/busy-disk.ts';
import { openLab, prepared } from '../../support/lab.ts';
import { fateOf } from '../../support/sim.ts';

/** Where the header of a metadata area begins, in sectors. */
const HEADER = 8;

/** Holds the second write of a header: the first points at a version that is not valid yet. */
class LateCommit extends BusyDisk {
  private headers = 0;

  override submit(io: Io): Promise<IoResult> {
    if (io.op === 'write' && io.start === HEADER && ++this.headers === 2) this.hold('write');
    return super.submit(io);
  }
}

test('a report waits until a version is on all disks', async () => {
  const platters = await prepared(['vgcreate vg /dev/sda /dev/sdb']);
  const late: LateCommit[] = [];
  const lab = await openLab(platters, (disk) => {
    if (disk.name !== 'sdb') return disk;
    late.push(new LateCommit(disk));
    return late[0] ?? disk;
  });
  const change = lab.run('vgchange --addtag t vg');
  expect(await fateOf(change)).toBe('pending');
  const report = lab.run('vgs --noheadings --separator : -o seqno,tags vg');
  expect(await fateOf(report)).toBe('pending');
  await late[0]?.letGo();
  expect((await change).status).toBe(0);
  expect((await report).output).toEqual([{ stream: 'stdout', text: '  2:t' }]);
  await lab.close();
});

const COMMIT = { kind: 'commit-metadata', vg: 'vg', seqno: 2, areas: [] } as const;

test('a look that was overtaken is made anew', async () => {
  const versions = new WholeVersions();
  let looks = 0;
  const seen = versions.seen(async () => {
    looks++;
    if (looks === 1) await versions.perform(COMMIT, () => Promise.resolve());
    return looks;
  });
  expect(await seen).toBe(2);
});

test('who is always overtaken is content in the end', async () => {
  const versions = new WholeVersions();
  let looks = 0;
  await versions.seen(async () => {
    looks++;
    await versions.perform(COMMIT, () => Promise.resolve());
  });
  expect(looks).toBeLessThan(20);
});

test('an action that fails holds up nobody', async () => {
  const versions = new WholeVersions();
  const failed = versions.perform(COMMIT, () => Promise.reject(new Error('no')));
  const seen = versions.seen(() => Promise.resolve('seen'));
  await expect(failed).rejects.toThrow('no');
  expect(await seen).toBe('seen');
});
