/** A disk that is lost and comes back: what may be done meanwhile, and that it is not believed. */
import { expect, test } from 'vitest';
import { SectorStore } from '../../../core/block/sector-store.ts';
import { copyOf, openLab, prepared, type Platters } from '../../support/lab.ts';

const LINES = [
  'vgcreate -s 1m vg /dev/sda /dev/sdb',
  'lvcreate -l 4 -n here vg /dev/sda',
  'lvcreate -l 4 -n there vg /dev/sdb',
];

/** The same disks, with the second one as given. */
const withSecond = (platters: Platters, second: SectorStore): Platters =>
  platters.map((store, index) => (index === 1 ? second : store));

let sessions = 1;

async function say(platters: Platters, ...lines: readonly string[]): Promise<readonly string[]> {
  // Identifiers come from the seed: no two sessions may share one.
  const lab = await openLab(platters, undefined, ++sessions);
  const said: string[] = [];
  for (const line of lines) {
    const { status, output } = await lab.run(line);
    said.push(`${status}`, ...output.map(({ text }) => text.trim()));
  }
  await lab.close();
  return said;
}

test('a disk that comes back after a change is old until it is taken back', async () => {
  const platters = await prepared(LINES);
  const second = copyOf(platters)[1] ?? new SectorStore();
  const alone = withSecond(platters, new SectorStore());
  expect((await say(alone, 'vgchange --addtag changed vg'))[0]).toBe('0');

  const back = withSecond(alone, second);
  const warned = (await say(back, 'pvs')).join('\n');
  expect(warned).toContain('ignoring metadata seqno 3 on /dev/sdb for seqno 4 on /dev/sda');
  expect(warned).toMatch(/VG vg was missing PV \/dev\/sdb/);
  expect(warned).toMatch(/\/dev\/sdb +vg +lvm2 a-m/);
  expect((await say(back, 'lvcreate -l 1 -n no vg')).join()).toContain(
    'Cannot change VG vg while PVs are missing.',
  );
  expect((await say(back, 'lvchange -ay vg/there')).join()).toContain(
    'Refusing activation of partial LV vg/there.',
  );
  expect((await say(back, 'vgextend --restoremissing vg /dev/sda')).at(-1)).toBe(
    'No PV has been restored.',
  );

  const restored = await say(back, 'vgextend --restoremissing vg /dev/sdb');
  expect(restored[0]).toBe('0');
  expect(restored.join()).toContain('updating old metadata to 5 on /dev/sdb for VG vg.');
  expect(restored.at(-1)).toBe('Volume group "vg" successfully extended');
  expect(await say(back, 'vgs --noheadings -o vg_attr,vg_tags,vg_seqno')).toEqual([
    '0',
    'wz--n- changed   5',
  ]);
  const created = ['0', 'Logical volume "now" created.'];
  expect(await say(back, 'lvcreate -l 1 -n now vg')).toEqual(created);
});

test('a volume that lies on other disks goes on, and can be removed', async () => {
  const platters = await prepared(LINES);
  const alone = withSecond(platters, new SectorStore());
  const lab = await openLab(alone);
  expect((await lab.api.write('vg/here', 0, Uint8Array.from([7]))).ok).toBe(true);
  expect((await lab.api.read('vg/there', 0, 1)).ok).toBe(false);
  expect((await lab.run('lvremove -y vg/here')).status).toBe(0);
  const { vgs } = await lab.api.state();
  expect(vgs[0]?.lvs.map(({ name }) => name)).toEqual(['there']);
  await lab.close();
});

test('without force nothing is lost; with force the volumes that lay there are', async () => {
  const platters = await prepared(LINES);
  const alone = withSecond(platters, new SectorStore());
  const kept = await say(alone, 'vgreduce --removemissing vg');
  expect(kept[0]).toBe('5');
  expect(kept.join('\n')).toContain('Partial LV there needs to be repaired or removed.');
  const lab = await openLab(alone);
  expect((await lab.api.state()).vgs[0]?.pvs).toHaveLength(2);
  expect((await lab.run('vgreduce --removemissing --force vg')).status).toBe(0);
  const [vg] = (await lab.api.state()).vgs;
  expect(vg?.pvs.map(({ device }) => device)).toEqual(['/dev/sda']);
  expect(vg?.lvs.map(({ name }) => name)).toEqual(['here']);
  await lab.close();
});
