/** vgcfgrestore beside groups that have the name, and over one that has another name by now. */
import { expect, test } from 'vitest';
import { openLab, prepared } from '../../support/lab.ts';

async function said(lines: readonly string[]): Promise<readonly string[]> {
  const lab = await openLab(await prepared([]));
  const all: string[] = [];
  for (const line of lines) {
    const { status, output } = await lab.run(line);
    all.push(`$ ${line} -> ${status}`, ...output.map(({ text }) => text.trim()));
  }
  await lab.close();
  return all;
}

const GROUPS = 'vgs --noheadings -o vg_name,pv_name,lv_count';

test('another group that merely has the name keeps its disks', async () => {
  const lines = await said([
    'vgcreate -s 1m vg /dev/sda',
    'lvcreate -l 1 -n old vg',
    'vgcfgbackup -f kept vg',
    'vgremove -ff vg',
    'vgcreate -s 1m vg /dev/sdb',
    'lvcreate -l 2 -n young vg',
    'vgchange -an vg',
    'vgcfgrestore -f kept vg',
    GROUPS,
    'lvs --noheadings -o lv_name,lv_size',
  ]);
  const after = lines.slice(lines.indexOf('$ vgcfgrestore -f kept vg -> 0')).join('\n');
  expect(after).toMatch(/^\S.*\nRestored volume group vg\.$/m);
  expect(after).toMatch(/^vg +\/dev\/sda +1$/m);
  expect(after).toMatch(/^vg +\/dev\/sdb +1$/m);
  expect(after).toMatch(/^old +1\.00m$/m);
  expect(after).toMatch(/^young +2\.00m$/m);
});

test('a group that took the name and the disk gives way', async () => {
  const lines = await said([
    'vgcreate -s 1m vg /dev/sda',
    'lvcreate -an -l 1 -n old vg',
    'vgcfgbackup -f kept vg',
    'vgremove -ff vg',
    'vgcreate -s 1m vg /dev/sda /dev/sdb',
    'vgcfgrestore -f kept vg',
    GROUPS,
    'pvs --noheadings -o pv_name,vg_name',
  ]);
  const after = lines.slice(lines.indexOf('$ vgcfgrestore -f kept vg -> 0'));
  expect(after).toContain('Restored volume group vg.');
  expect(after.join('\n')).toMatch(/^vg +\/dev\/sda +1$/m);
  expect(after.filter((line) => /^vg /.test(line))).toHaveLength(1);
});

test('a group that was renamed gets its old name back', async () => {
  const lines = await said([
    'vgcreate -s 1m vg /dev/sda /dev/sdb',
    'vgcfgbackup -f kept vg',
    'vgrename vg other',
    'vgcfgrestore -f kept vg',
    'vgs --noheadings -o vg_name',
  ]);
  expect(lines.slice(-4)).toEqual([
    '$ vgcfgrestore -f kept vg -> 0',
    'Restored volume group vg.',
    '$ vgs --noheadings -o vg_name -> 0',
    'vg',
  ]);
});

test('whether active volumes may change is asked before disks are missed', async () => {
  const lines = await said([
    'vgcreate -s 1m vg /dev/sda /dev/sdb',
    'lvcreate -l 1 -n home vg /dev/sda',
    'vgcfgbackup -f kept vg',
    'vgreduce vg /dev/sdb',
    'pvremove /dev/sdb',
    'vgcfgrestore -f kept vg',
    'vgcfgrestore -y -f kept vg',
    'vgs --noheadings -o vg_name,pv_count,lv_count',
  ]);
  const [asked, forced] = ['', '-y '].map((yes) =>
    lines.slice(lines.indexOf(`$ vgcfgrestore ${yes}-f kept vg -> 5`)).slice(0, 8).join('\n'),
  );
  expect(asked).toMatch(/Do you really want to proceed with restore[^]*Restore aborted/);
  expect(asked).not.toMatch(/^[^$]*missing/);
  expect(forced).toMatch(/Cannot restore Volume Group vg with 1 PVs marked as missing/);
  expect(lines.at(-1)).toMatch(/^vg +1 +1$/);
});
