/** How operators write the name of a group or a volume. */
import { expect, test } from 'vitest';
import { splitLvPath, vgName } from '../../../core/cli/command.ts';

test.each([
  ['vg', 'vg'],
  ['/dev/vg', 'vg'],
  ['//dev//vg', 'vg'],
  ['vg/home', 'vg/home'],
  ['vg//home', 'vg/home'],
  ['/dev/vg/home', 'vg/home'],
  ['/dev/mapper/vg-home', 'vg/home'],
  ['/dev/mapper//my--vg-a--b', 'my-vg/a-b'],
  // A part of a volume has no name of its own here.
  ['/dev/mapper/vg-home-real', 'mapper/vg-home-real'],
  ['/dev/mapper/vg', 'mapper/vg'],
  ['vg-home', 'vg-home'],
])('%s', (written, name) => {
  expect(vgName(written)).toBe(name);
});

test('a volume by its device', () => {
  expect(splitLvPath('/dev/mapper/vg-home')).toEqual({ vg: 'vg', lv: 'home' });
  expect(splitLvPath('/dev/mapper/vg')).toEqual({ vg: 'mapper', lv: 'vg' });
});
