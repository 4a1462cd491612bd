/** What stands in a text that no LVM wrote: each was once a failure of the hostile runs. */
import { expect, test } from 'vitest';
import { must } from '../../../core/base/assert.ts';
import { view } from '../../../core/base/bytes.ts';
import { lvmCrc } from '../../../core/base/crc.ts';
import { rewritten } from '../../sim/hostile/damage.ts';
import { allBases, type Base } from '../../sim/hostile/disks.ts';
import { openHostile, type HostileLab } from '../../sim/hostile/run.ts';

const bases = await allBases();
const baseNamed = (name: string): Base =>
  must(
    bases.find((base) => base.name === name),
    `the base ${name}`,
  );

/** A lab of one group whose text was changed; it must still be one. */
async function labOf(name: string, from: string | RegExp, to: string): Promise<HostileLab> {
  const base = baseNamed(name);
  const [text = ''] = base.texts;
  const changed = text.replace(from, () => to);
  expect(changed).not.toBe(text);
  return openHostile(base, rewritten(base, changed));
}

async function said(lab: HostileLab, line: string): Promise<readonly [number, string]> {
  const { status, output } = await lab.run(line);
  return [status, output.map(({ text }) => text.trimEnd()).join('\n')];
}

const TAGS = String.raw`tags = ["\x1b[2Jgone", "a\nb", "\x9b31m", "<b>x</b>"]`;
const nasty = TAGS.replace(/\\x(..)/g, (_, code: string) =>
  String.fromCharCode(Number.parseInt(code, 16)),
).replace('\\n', '\n');

test('what a terminal would obey is spelled out', async () => {
  const lab = await labOf('own', 'tags = ["slow"]', nasty);
  const [status, text] = await said(lab, 'lvs --noheadings -o lv_tags vg/home');
  expect([status, text]).toEqual([0, String.raw`  \x1b[2Jgone,<b>x</b>,a\x0ab,\x9b31m`]);
  const [, json] = await said(lab, 'lvs --reportformat json -o lv_tags vg/home');
  expect(json).not.toMatch(/[\0-\x08\x0b-\x1f\x7f-\x9f]/);
  await lab.close();
});

test('tags that LVM would not take are read, named by vgck, and never written again', async () => {
  const lab = await labOf('own', 'tags = ["slow"]', nasty);
  const faults = [
    String.raw`  Internal error: LV home tag \x1b[2Jgone has invalid form.`,
    String.raw`  Internal error: LV home tag a\x0ab has invalid form.`,
    String.raw`  Internal error: LV home tag \x9b31m has invalid form.`,
    '  Internal error: LV home tag <b>x</b> has invalid form.',
  ].join('\n');
  for (const line of ['vgck vg', 'vgchange --addtag hot vg', 'lvcreate -l 1 -n fresh vg']) {
    expect(await said(lab, line)).toEqual([5, faults]);
  }
  expect(lab.traffic.written).toEqual([]);
  // Linux says the same, and the last line too.
  expect((await said(lab, 'vgcfgbackup -f kept.vg vg'))[0]).toBe(0);
  const restored = await said(lab, 'vgcfgrestore -f kept.vg vg');
  expect(restored[0]).toBe(5);
  expect(restored[1]).toContain(`${faults}\n  Restore failed.`);
  await lab.close();
});

test.each(['constructor', 'toString', '__proto__', 'hasOwnProperty'])(
  'a segment type %s is an unknown one',
  async (type) => {
    const lab = await labOf('own', 'type = "striped"', `type = "${type}"`);
    expect(await said(lab, 'lvs --noheadings --segments -o segtype,lv_layout vg/home')).toEqual([
      0,
      `  ${type} unknown\n  ${'linear'.padEnd(type.length)} unknown`,
    ]);
    expect((await said(lab, 'lvextend -l +1 vg/home'))[0]).toBe(5);
    await lab.close();
  },
);

test.each(['constructor', 'toString', '__proto__'])('an allocation policy %s', async (policy) => {
  const line = `allocation_policy = "${policy}"\nmetadata_copies = 0`;
  const lab = await labOf('own', 'metadata_copies = 0', line);
  expect(await said(lab, 'vgs --noheadings -o vg_attr')).toEqual([0, '  wz--n-']);
  await lab.close();
});

test('the origin of a snapshot that is not run here is neither activated nor removed', async () => {
  const lab = await labOf('pvmove', 'type = "snapshot"', 'type = "snapshot+LATER"');
  const why = 'Logical volume vg/org is used by a volume of type snapshot.';
  for (const line of ['lvchange -ay vg/org', 'lvremove -y vg/org', 'lvextend -l +1 vg/org']) {
    const [status, text] = await said(lab, line);
    expect([line, status]).toEqual([line, 5]);
    expect(text).toContain(why);
  }
  expect((await said(lab, 'lvs --noheadings -o lv_active vg/org'))[1].trim()).toBe('');
  await lab.close();
});

test('a mirror that lost a leg goes on with the other', async () => {
  const base = baseNamed('mirror');
  const lab = await openHostile(base, [...base.stores.slice(0, 1), ...base.stores.slice(2)]);
  expect((await said(lab, 'vgreduce --removemissing --force vg'))[0]).toBe(0);
  const [, left] = await said(lab, 'lvs -a --noheadings -o lv_name,segtype,devices vg');
  expect(left.split('\n').map((line) => line.trim().split(/ +/))).toEqual([
    ['lin', 'linear', '/dev/sda(0)'],
    ['mir', 'linear', '/dev/sda(5)'],
    ['snap', 'linear', '/dev/sda(9)'],
  ]);
  await lab.close();
});

test('an area without a size is laid open too, and what is wrong with it said', async () => {
  const base = baseNamed('own');
  const stores = base.stores.map((store) => store.copy());
  const label = new Uint8Array(512);
  stores[0]?.read(1, label);
  view(label).setBigUint64(112, 0n, true);
  view(label).setUint32(16, lvmCrc(label.subarray(20)), true);
  stores[0]?.write(1, label);
  const lab = await openHostile(base, stores);
  await lab.lookInto('/dev/sda');
  expect((await said(lab, 'vgs'))[1]).toContain('mda-header is damaged');
  // Room is counted in sectors: in bytes, 2^53 sectors would be no number any more.
  view(label).setBigUint64(112, 2n ** 62n, true);
  view(label).setUint32(16, lvmCrc(label.subarray(20)), true);
  stores[0]?.write(1, label);
  const [status] = await said(lab, 'pvs -a -o all');
  expect(status).toBe(0);
  await lab.close();
});

test('what lies on a partial volume goes with it', async () => {
  const base = baseNamed('own');
  const upper = `upper {
id = "UpPeR0-jQue-nGKq-RzON-gsIG-QuDX-pXojRf"
status = ["READ", "WRITE", "VISIBLE"]
flags = []
segment_count = 1
segment1 {
start_extent = 0
extent_count = 2
type = "striped"
stripe_count = 1
stripes = [ "home", 0 ]
}
}
`;
  const text = (base.texts[0] ?? '').replace('\nhome {', `\n${upper}\nhome {`);
  const lab = await openHostile(base, rewritten(base, text).slice(1));
  const [status, words] = await said(lab, 'vgreduce --removemissing --force vg');
  expect([status, words]).toEqual([0, expect.stringContaining('Removing partial LV vg/upper.')]);
  expect((await lab.scan()).vgs[0]?.vg.lvs).toEqual([]);
  await lab.close();
});

test.each([
  ['origin = "org"', 'origin = "nosuch"', 'segment1/origin'],
  ['cow_store = "snap"', 'cow_store = "nosuch"', 'segment1/cow_store'],
  ['"pvmove0", 0', '"pvmove7", 0', 'segment1/stripes'],
])('%s changed to %s: the text is damaged, as for Linux', async (from, to, where) => {
  const lab = await labOf('pvmove', from, to);
  const [status, text] = await said(lab, 'vgs');
  expect([status, text]).toEqual([0, expect.stringContaining(where)]);
  expect((await lab.scan()).vgs).toEqual([]);
  await lab.close();
});

test('a reference in a type that nobody knows is kept as it is', async () => {
  const type = 'type = "nosuch"\norigin = "gone"';
  const lab = await labOf('own', 'type = "striped"', type);
  expect((await said(lab, 'vgchange --addtag hot vg'))[0]).toBe(0);
  await lab.close();
});
