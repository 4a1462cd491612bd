import { expect, test } from 'vitest';
import { sizeOption } from '../../renderer/actions/size-field.ts';
import { wordsOf } from '../../renderer/views/words.ts';
import { sizeText } from '../../renderer/widgets/size-text.ts';

test.each([
  ['12m', '-L 12m'],
  ['12', '-L 12m'],
  ['1.5g', '-L 1.5g'],
  ['64 KiB', '-L 64k'],
  ['3s', '-L 3s'],
  ['50%free', '-l 50%FREE'],
  ['100 % VG', '-l 100%VG'],
  ['40 PE', '-l 40'],
])('%s', (text, option) => {
  expect(sizeOption(text)?.join(' ')).toBe(option);
});

test.each(['', 'm', '-4m', '1.2.3m', '50%', '12 parsecs'])('"%s" is no size', (text) => {
  expect(sizeOption(text)).toBeUndefined();
});

test('what is added is added, with or without the sign', () => {
  const added = ['-L', '+8m'];
  expect([sizeOption('8m', '+'), sizeOption('+8m', '+')]).toEqual([added, added]);
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
