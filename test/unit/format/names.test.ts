import { expect, test } from 'vitest';
import {
  checkLvName,
  checkTag,
  checkVgName,
  unusedPvSections,
} from '../../../core/lvm/format/names.ts';
import { group, pv } from './samples.ts';

test.each([
  'vg',
  'a',
  '0',
  'a-b',
  'a.b',
  '_x',
  '+x',
  '.x',
  '...',
  'x'.repeat(127),
  'pvmove',
  'a_tdata',
])('a group may be called %s', (name) => {
  expect(checkVgName(name)).toBeUndefined();
});

test.each([
  ['', 'empty'],
  ['-a', 'hyphen'],
  ['.', 'dots'],
  ['..', 'dots'],
  ['a b', 'character'],
  ['a/b', 'character'],
  ['a\n', 'character'],
  ['ä', 'character'],
  ['x'.repeat(128), 'too-long'],
])('a group may not be called %j', (name, why) => {
  expect(checkVgName(name)).toEqual({ code: 'name-refused', object: 'vg', name, why });
});

test.each([
  ['snap', undefined, undefined],
  ['mypvmove', undefined, undefined],
  ['lvol0', undefined, undefined],
  ['', 'empty', undefined],
  ['snapshot', 'reserved-prefix', 'snapshot'],
  ['snapshot_of_x', 'reserved-prefix', 'snapshot'],
  ['pvmove0', 'reserved-prefix', 'pvmove'],
  ['x_mlog', 'reserved-part', '_mlog'],
  ['x_mimage_0', 'reserved-part', '_mimage'],
  ['lvol0_pmspare', 'reserved-part', '_pmspare'],
  ['a_vorigin', 'reserved-part', '_vorigin'],
  ['x'.repeat(122), undefined, undefined],
  ['x'.repeat(123), 'too-long', undefined],
])('a volume called %s: %s', (name, why, reserved) => {
  const refused = { code: 'name-refused', object: 'lv', name, why };
  const expected = reserved === undefined ? refused : { ...refused, reserved };
  expect(checkLvName('vg', name)).toEqual(why === undefined ? undefined : expected);
});

test.each([
  ['a', undefined],
  ['A-z_0+9./=!:#&', undefined],
  ['-a', undefined],
  ['', 'empty'],
  ['a b', 'character'],
  ['a@b', 'character'],
])('the tag %j: %s', (tag, why) => {
  const refused = { code: 'name-refused', object: 'tag', name: tag, why };
  expect(checkTag(tag)).toEqual(why === undefined ? undefined : refused);
});

test('new PVs get the first section names that are free', () => {
  const vg = group({ pvs: [pv(0), pv(2), pv(4, { section: 'odd' })] });
  expect(unusedPvSections(vg, 3)).toEqual(['pv1', 'pv3', 'pv4']);
  expect(unusedPvSections(group(), 1)).toEqual(['pv0']);
});
