/** What cannot be done to a mirror, and what a repair does without room: as lvm 2.03.16 says it. */
import { expect, test } from 'vitest';
import { blank, openLab } from '../../support/lab.ts';

const GROUP = 'vgcreate -s 1m vg /dev/sda /dev/sdb /dev/sdc';
/** Extents of a disk. */
const ALL = 31;
const LOG_APART = `/dev/sda:0-${ALL - 1} /dev/sdb:0-${ALL - 1} /dev/sdc:0`;
const FULL = `lvcreate --type mirror -m1 -R 64k --alloc anywhere -l ${ALL} -n m vg ${LOG_APART}`;
const NO_ROOM = 'Unable to allocate extents for mirror(s).';

/** The last one's exit status and what it says, without what is said of lost PVs. */
async function said(lines: readonly string[]): Promise<readonly string[]> {
  const lab = await openLab(blank());
  const { scheduler } = lab;
  let last: readonly string[] = [];
  for (const line of ['lab set activation/monitoring 0', ...lines]) {
    const { status, output } = await scheduler.until(lab.run(line, { yes: true }));
    await scheduler.until(Promise.resolve());
    const texts = output.flatMap(({ text }) => text.split('\n').map((one) => one.trim()));
    const about = /Couldn't find device|is missing PV|metadata|reappeared|while PV/;
    last = [`${status}`, ...texts.filter((text) => !about.test(text))];
    if (!/^lv(convert|change)/.test(line)) expect(status, texts.join('\n')).toBe(0);
  }
  await scheduler.until(lab.letGo());
  await scheduler.until(lab.close());
  return last;
}

test('a third leg is lost, and no PV is left for another: two go on', async () => {
  const create = 'lvcreate --type mirror -m2 -R 64k --mirrorlog core -l 4 -n m vg';
  expect(await said([GROUP, create, 'lab break sdb --gone', 'lvconvert --repair vg/m'])).toEqual([
    '0',
    'Mirror status: 1 of 3 images failed.',
    'WARNING: Trying to up-convert to 3 images, 0 logs.',
    'Insufficient suitable allocatable extents for logical volume : 4 more required',
    NO_ROOM,
    'WARNING: Trying to up-convert to 2 images, 0 logs.',
    'WARNING: Failed to replace 1 of 3 images in volume vg/m.',
  ]);
});

test('the log is lost, and no extent is free', async () => {
  expect(await said([GROUP, FULL, 'lab break sdc --gone', 'lvconvert --repair vg/m'])).toEqual([
    '0',
    'Mirror log status: 1 of 1 images failed.',
    'WARNING: Trying to up-convert to 2 images, 1 logs.',
    'Insufficient free space: 1 extents needed, but only 0 available',
    'Unable to allocate extents for mirror log.',
    'WARNING: Trying to up-convert to 2 images, 0 logs.',
    'WARNING: Failed to replace 1 of 1 logs in volume vg/m.',
  ]);
});

test('one leg of two is lost, and there is room neither for it nor for a log', async () => {
  const fill = `lvcreate -l ${ALL - 1} -n fill vg /dev/sdc`;
  const lines = [GROUP, FULL, fill, 'lab break sdb --gone', 'lvconvert --repair vg/m'];
  expect(await said(lines)).toEqual([
    '0',
    'Mirror status: 1 of 2 images failed.',
    'WARNING: Trying to up-convert to 2 images, 1 logs.',
    `Insufficient free space: ${ALL + 1} extents needed, but only 1 available`,
    NO_ROOM,
    'WARNING: Trying to up-convert to 2 images, 0 logs.',
    `Insufficient free space: ${ALL} extents needed, but only 1 available`,
    NO_ROOM,
    'WARNING: Failed to replace 1 of 2 images in volume vg/m.',
    'WARNING: Failed to replace 1 of 1 logs in volume vg/m.',
  ]);
});

test.each(['lvconvert -b -m+1 vg/m', 'lvconvert -b -m3 vg/m'])(
  'while it is converted: %s',
  async (line) => {
    const begin = [
      'vgcreate -s 1m vg /dev/sda /dev/sdb /dev/sdc /dev/sdd',
      'lvcreate --type mirror -m1 -R 64k -l 4 -n m vg /dev/sda /dev/sdb /dev/sdd',
      'throttle 1',
      'lvconvert -b -m+1 vg/m /dev/sdc',
    ];
    expect(await said([...begin, line])).toEqual([
      '5',
      'vg/m is already being converted.  Unable to start another conversion.',
    ]);
  },
);

test('a disk that comes back and holds nothing any more is taken back by name, too', async () => {
  const create = 'lvcreate --type mirror -m1 -R 64k -l 4 -n m vg /dev/sda /dev/sdb /dev/sdc';
  const lost = ['lab break sdb --gone', 'lvconvert --repair --use-policies vg/m', 'lab mend sdb'];
  expect(await said([GROUP, create, ...lost, 'vgextend --restoremissing vg /dev/sdb'])).toEqual([
    '0',
    'Volume group "vg" successfully extended',
  ]);
});
