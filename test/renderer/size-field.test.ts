import { expect, test } from 'vitest';
import { sizeSpec } from '../../renderer/actions/size-field.ts';
import { wordsOf } from '../../renderer/views/words.ts';
import { sizeText } from '../../renderer/widgets/size-text.ts';

test.each([
  ['12m', { by: 'size', sectors: 24576 }],
  ['12', { by: 'size', sectors: 24576 }],
  ['1.5g', { by: 'size', sectors: 3145728 }],
  ['64 KiB', { by: 'size', sectors: 128 }],
  ['3s', { by: 'size', sectors: 3 }],
  ['0.3k', { by: 'size', sectors: 1 }],
  ['50%free', { by: 'percent', percent: 50, of: 'FREE' }],
  ['100 % VG', { by: 'percent', percent: 100, of: 'VG' }],
  ['40 PE', { by: 'extents', extents: 40 }],
  ['+8m', { by: 'size', sectors: 16384, sign: '+' }],
])('%s', (text, spec) => {
  expect(sizeSpec(text)).toEqual(spec);
});

test.each(['', 'm', '-4m', '1.2.3m', '50%', '12 parsecs'])('"%s" is no size', (text) => {
  expect(sizeSpec(text)).toBeUndefined();
});

test('what is added is added, with or without the sign', () => {
  const added = { by: 'size', sectors: 16384, sign: '+' };
  expect([sizeSpec('8m', true), sizeSpec('+8m', true)]).toEqual([added, added]);
});

test('sizes are printed in one binary unit', () => {
  expect([1, 8192, 2 ** 21, 3 * 2 ** 20].map(sizeText)).toEqual([
    '0.50 KiB',
    '4.00 MiB',
    '1.00 GiB',
    '1.50 GiB',
  ]);
});

test('a command line is split as a shell does', () => {
  expect(wordsOf(`lvcreate -n 'a b' -L 4m "vg"`)).toEqual([
    'lvcreate',
    '-n',
    'a b',
    '-L',
    '4m',
    'vg',
  ]);
  expect(wordsOf('lvstudio lvs -a')).toEqual(['lvs', '-a']);
  expect(wordsOf('lvs -S"lv_name=home"')).toEqual(['lvs', '-Slv_name=home']);
  expect(wordsOf(`vgs ''`)).toEqual(['vgs', '']);
  expect(wordsOf('  ')).toEqual([]);
});
