/** What is one too many, or one too few, as Linux answered it. */
import { expect, test } from 'vitest';
import { blank, layoutOf, openLab, prepared } from '../../support/lab.ts';

const LONG = 'g'.repeat(121);
const BEFORE = [
  'vgcreate -s 1m vg /dev/sda /dev/sdb',
  'lvcreate -an -n home -l 6 vg',
  `vgcreate -s 1m ${LONG}hhhhhh /dev/sdc`,
  'pvcreate /dev/sdd',
];

/** Command line, exit status, what it says. */
test.each([
  ['lvcreate -l 1 vg /dev/sdb:4294967296', 5, 'Physical extent parsing error at 4294967296.'],
  ['lvcreate -l 1 vg /dev/sdb:3-4294967296', 5, 'Physical extent parsing error at 4294967296.'],
  ['lvcreate -l 1 vg /dev/sdb:3-5x', 5, 'Physical extent parsing error at x.'],
  ['lvcreate -l 1 vg /dev/sdb:3-2-4', 5, 'Physical extent parsing error at -4.'],
  ['lvcreate -l 1 vg /dev/sdb:3::4', 5, 'Physical extent parsing error at :4.'],
  ['lvcreate -l 1 vg /dev/sdb:4:', 5, 'Physical extent parsing error at .'],
  ['lvcreate -l 1 vg /dev/sdb:5-2', 5, 'PE range error: start extent 5 to end extent 2.'],
  ['vgchange --alloc inherit vg', 5, 'Volume Group allocation policy cannot inherit from'],
  ['vgchange -s 0 vg', 5, 'Physical extent size may not be zero'],
  [`vgrename vg ${LONG}h`, 5, 'New volume group path exceeds maximum length of 121!'],
  [`vgrename vg ${LONG}`, 5, `Internal error: LV name "${LONG}/home" length 128 is not supported.`],
  [`vgmerge ${LONG}hhhhhh vg`, 5, 'hhhhhh/home" length 134 is not supported.'],
  [`vgsplit -n home vg ${LONG}`, 5, `LV name "${LONG}/home" length 128 is not supported.`],
  ['pvresize -y --setphysicalvolumesize 2047k /dev/sdb', 5, 'Size must exceed minimum of 4096'],
  ['pvresize -y --setphysicalvolumesize 2000k /dev/sdd', 5, 'Size must exceed minimum of 4096'],
])('%s is refused with status %i', async (line, status, words) => {
  const platters = await prepared(BEFORE);
  const before = await layoutOf(platters, true);
  const lab = await openLab(platters);
  const result = await lab.run('vgchange -an vg').then(() => lab.run(line));
  await lab.close();
  expect(result.output.map(({ text }) => text).join('\n')).toContain(words);
  expect(result.status).toBe(status);
  expect(await layoutOf(platters, true)).toBe(before);
});

test('as many extents as are named, however they are named', async () => {
  const lab = await openLab(blank());
  for (const line of BEFORE) expect((await lab.run(line)).status).toBe(0);
  const places = ['/dev/sdb:6+0', '/dev/sdb:7+', '/dev/sdb:+1', '/dev/sdb:8-', '/dev/sdb:3-4'];
  for (const [index, place] of places.entries()) {
    const made = await lab.run(`lvcreate -l 1 -n at${index} vg ${place}`);
    expect(made.status, JSON.stringify(made.output)).toBe(0);
  }
  const said = await lab.run('lvs --noheadings -o seg_pe_ranges -S lv_name=~^at');
  expect(said.output.map(({ text }) => text.trim())).toEqual([
    ...['/dev/sdb:6-6', '/dev/sdb:7-7', '/dev/sdb:0-0', '/dev/sdb:8-8', '/dev/sdb:3-3'],
  ]);
  const twice = await lab.run('pvresize /dev/sdb /dev/sdb');
  expect(twice.output.at(-1)?.text).toBe(
    '  1 physical volume(s) resized or updated / 0 physical volume(s) not resized',
  );
  await lab.run('vgcreate -s 8m large /dev/sdd');
  const { status, output } = await lab.run('pvresize -y --setphysicalvolumesize 8m /dev/sdd');
  expect([status, output.at(-2)?.text]).toEqual([
    5,
    '  Size must leave space for at least one physical extent of 16384 sectors on PV /dev/sdd.',
  ]);
  await lab.close();
});
