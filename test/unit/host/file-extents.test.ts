/** What `filefrag -e -b512` prints, and what of it is believed. */
import { expect, test } from 'vitest';
import { parseExtents } from '../../../core/host/file-extents.ts';

const SIZE = 1_073_741_824;
const HEAD = [
  'Filesystem type is: ef53',
  `File size of /proc/7/fd/5 is ${SIZE} (2097152 blocks of 512 bytes)`,
  ' ext:     logical_offset:        physical_offset: length:   expected: flags:',
];
const EXTENTS = [
  '   0:    20480..   26623:  248008704.. 248014847:   6144:      20480:',
  '   1:    26624..   26631:  247993920.. 247993927:      8:  248014848: unwritten',
  '   2:   800000..  800007:          0..         0:      0:             last,unknown_loc,delalloc',
];
const found = (count: number): string => `/proc/7/fd/5: ${count} extents found`;
const said = (lines: readonly string[]): string => `${lines.join('\n')}\n`;
const parse = (lines: readonly string[]) => parseExtents(said(lines), BigInt(SIZE));

test('extents are data whatever their flags, and neighbours are one', () => {
  expect(parse([...HEAD, ...EXTENTS, found(3)])).toEqual([
    { start: 20480, end: 26632 },
    { start: 800000, end: 800008 },
  ]);
});

test('a file of one block, and one without any', () => {
  const one = '   0:        0..       7:  30860288..  30860295:      8:             last,eof';
  expect(parse([...HEAD, one, '/proc/7/fd/5: 1 extent found'])).toEqual([{ start: 0, end: 8 }]);
  expect(parse([HEAD[0] ?? '', HEAD[1] ?? '', found(0)])).toEqual([]);
});

test.each([
  ['nothing', []],
  ['no end', [...HEAD, ...EXTENTS]],
  ['no last extent', [...HEAD, ...EXTENTS.slice(0, 2), found(2)]],
  [
    'another unit',
    [HEAD[0] ?? '', (HEAD[1] ?? '').replace('512', '4096'), HEAD[2] ?? '', found(0)],
  ],
  [
    'another size',
    [HEAD[0] ?? '', (HEAD[1] ?? '').replace('1073', '1074'), HEAD[2] ?? '', found(0)],
  ],
  ['blocks found one by one', [...HEAD, `${EXTENTS[0] ?? ''} last,merged`, found(1)]],
  ['a line of another kind', [...HEAD, 'Discontinuity: Block 5', ...EXTENTS, found(3)]],
  ['extents out of order', [...HEAD, ...EXTENTS.toReversed(), found(3)]],
  ['an extent that ends before it begins', [...HEAD, '   0:  9.. 7:  1.. 2: 2:   last', found(1)]],
])('%s is not believed', (_, lines) => {
  expect(parse(lines)).toBe(undefined);
});
