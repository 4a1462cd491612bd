/** A text that leaves no room beside it: the label goes first, and the way back is a plain one. */
import { expect, test } from 'vitest';
import { must } from '../../core/base/assert.ts';
import { formatLvmId, type LvmId } from '../../core/base/ids.ts';
import { PowerLossDisk, PowerSupply } from '../../core/block/wrap/power-loss.ts';
import { MemoryBackups } from '../../core/engine/backup-store.ts';
import { copyOf, DISK_SIZE, layoutOf, openLab, prepared, type Platters } from '../support/lab.ts';

const VOLUMES = Array.from({ length: 43 }, (_, n) => `lvcreate -an -Zn -n volume${n} -l 1 vg`);
const SMALL = '--metadatasize 32k --dataalignment 4k';
const BEFORE = [
  `vgcreate -s 512k ${SMALL} vg /dev/sda`,
  'vgchange --setautoactivation n vg',
  ...VOLUMES,
];

test('pvchange -u with a text of a third of its area: cut, and put right', async () => {
  const before = await prepared(BEFORE);
  const whole = await cutAfter(before, Number.POSITIVE_INFINITY);
  const versions = [await layoutOf(before, true), await layoutOf(whole.left, true)];
  let broken = 0;
  for (let writes = 0, over = false; !over; writes++) {
    const cut = await cutAfter(before, writes);
    ({ over } = cut);
    const layout = await layoutOf(cut.left, true);
    if (versions.includes(layout)) continue;
    broken++;
    await putRight(cut.left, cut.backups);
    expect(await layoutOf(cut.left, true)).toBe(versions[0]);
  }
  expect(versions[1]).not.toBe(versions[0]);
  // It is the one case left that needs a hand.
  expect(broken).toBeGreaterThan(0);
});

async function cutAfter(before: Platters, writes: number) {
  const supply = new PowerSupply(writes);
  const disks: PowerLossDisk[] = [];
  const backups = new MemoryBackups();
  const lab = await openLab(
    copyOf(before),
    (disk, store) => {
      const fragile = new PowerLossDisk(disk.name, DISK_SIZE, store, supply);
      disks.push(fragile);
      return fragile;
    },
    7,
    backups,
  );
  const { status } = await lab.run('pvchange -u /dev/sda');
  if (!supply.off) expect(status).toBe(0);
  const left = disks.map((disk) => disk.afterCut({ kind: 'none' }));
  return { left, over: !supply.off, backups };
}

/** As the decision on identifiers says it. */
async function putRight(left: Platters, backups: MemoryBackups): Promise<void> {
  const lab = await openLab(left, undefined, 8, backups);
  const run = async (line: string): Promise<void> => {
    const { status, output } = await lab.run(line);
    expect(status, `${line}: ${output.map(({ text }) => text).join('\n')}`).toBe(0);
  };
  const [vg] = (await lab.api.state()).vgs;
  const archives = await backups.archives('vg');
  const file = must(archives.ok ? archives.value.at(-1) : undefined, 'an archive').path;
  const id = must(vg?.pvs[0], 'a PV').id as LvmId;
  await run(`pvcreate -ff -y ${SMALL} --uuid ${formatLvmId(id)} --restorefile ${file} /dev/sda`);
  await run(`vgcfgrestore -f ${file} vg`);
  await lab.close();
}
