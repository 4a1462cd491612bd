/** Two groups of one name, and two disks with one PV: what commands say, and the way out. */
import { expect, test } from 'vitest';
import { formatLvmId, type LvmId } from '../../../core/base/ids.ts';
import { SectorStore } from '../../../core/block/sector-store.ts';
import { blank, openLab, prepared } from '../../support/lab.ts';

const line = ({ output }: { readonly output: readonly { readonly text: string }[] }): string =>
  output.map(({ text }) => text).join('\n');

test('groups of one name are told apart by their identifiers', async () => {
  const [first] = await prepared(['vgcreate -s 1m vg /dev/sda']);
  const second = blank();
  // Another seed: identifiers must not meet.
  const elsewhere = await openLab(second, undefined, 9);
  await elsewhere.run('vgcreate -s 1m vg /dev/sdb');
  await elsewhere.close();
  const lab = await openLab(
    [first!, second[1]!, new SectorStore(), new SectorStore()],
    undefined,
    3,
  );
  const { vgs } = await lab.api.state();
  expect(vgs.map(({ name }) => name)).toEqual(['vg', 'vg']);
  const refused = await lab.run('vgchange --addtag x vg');
  expect(refused.status).toBe(5);
  expect(line(refused)).toContain('VG name vg is used by VGs');
  expect(line(refused)).toContain('Multiple VGs found with the same name: skipping vg');
  expect((await lab.run('vgs vg')).status).toBe(5);
  const id = formatLvmId(vgs[0]!.id as LvmId);
  expect(line(await lab.run(`vgrename ${id} apart`))).toContain('renamed to "apart"');
  const names = (await lab.api.state()).vgs.map(({ name, id: one }) => [name, one]);
  expect(names).toEqual([
    ['apart', vgs[0]!.id],
    ['vg', vgs[1]!.id],
  ]);
  await lab.close();
});

test('a clone is neither used nor changed until it has identifiers of its own', async () => {
  const [disk] = await prepared([
    'vgcreate -s 1m vg /dev/sda',
    'lvcreate -an -Zn -n a -l 2 vg',
    'vgchange --setautoactivation n vg',
  ]);
  const lab = await openLab(
    [disk!, disk!.copy(), new SectorStore(), new SectorStore()],
    undefined,
    3,
  );
  expect(line(await lab.run('pvs'))).toContain('prefers device /dev/sda because device name');
  expect(line(await lab.run('vgchange --addtag x vg'))).toContain('duplicate PV devices');
  expect(line(await lab.run('lvchange -ay vg/a'))).toContain('PVs appear on duplicate devices');
  expect(line(await lab.run('vgimportclone /dev/sdb'))).toBe('');
  const { vgs } = await lab.api.state();
  expect(vgs.map(({ name, pvs }) => [name, pvs.map(({ device }) => device)])).toEqual([
    ['vg', ['/dev/sda']],
    ['vg1', ['/dev/sdb']],
  ]);
  expect((await lab.run('lvchange -ay vg1/a')).status).toBe(0);
  expect(line(await lab.run('vgimportclone /dev/sdb'))).toContain('has active LVs');
  await lab.close();
});
