import { expect, test } from 'vitest';
import { sectors } from '../../../core/base/units.ts';
import { leastFree } from '../../../core/report/metadata-areas.ts';
import type { ScannedArea } from '../../../core/lvm/scan-types.ts';

const area = (text: number, ignored = false): ScannedArea =>
  ({
    range: { start: sectors(8), size: sectors(2040) },
    header: { size: sectors(2040), ignored, committed: { size: text } },
  }) as unknown as ScannedArea;

/** Length of a text in bytes, and what `vgs --units s -o vg_mda_free` said of it in Linux. */
test.each([
  [783, 1016],
  [1007, 1016],
  [1272, 1016],
  [1305, 1015],
  [1536, 1015],
  [1767, 1015],
  [1800, 1014],
  [2229, 1014],
])('beside %i bytes of text there are %i sectors', (text, free) => {
  expect(leastFree([area(text)])).toBe(free);
});

test('an area that is set aside has no room', () => {
  expect(leastFree([area(783), area(0, true)])).toBe(0);
});
