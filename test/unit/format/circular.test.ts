import { describe, expect, test } from 'vitest';
import { Prng } from '../../../core/env/prng.ts';
import { maxTextBytes, piecesOf, placeText } from '../../../core/lvm/format/circular.ts';

const AREA = 1044480;

test('the largest text of the default area', () => {
  expect(maxTextBytes(AREA)).toBe((AREA - 512) / 2 - 512);
  expect(maxTextBytes(1024)).toBe(0);
  expect(maxTextBytes(0)).toBe(0);
});

const PLACES: readonly [string, number, { offset: number; size: number } | undefined, number][] = [
  ['the first', 1236, undefined, 512],
  ['the second, as seen on Linux', 1516, { offset: 512, size: 1236 }, 2048],
  ['the third, as seen on Linux', 1804, { offset: 2048, size: 1516 }, 3584],
  ['behind one that fills its sectors', 100, { offset: 512, size: 512 }, 1024],
  ['behind one that ends in the last sector', 100, { offset: 1024, size: AREA - 1024 }, 512],
  ['behind one whose last byte is the area’s', 100, { offset: AREA - 512, size: 512 }, 512],
  ['behind one that ends a sector before', 100, { offset: AREA - 1024, size: 512 }, AREA - 512],
  ['behind one that ends just after that', 100, { offset: AREA - 1024, size: 513 }, 512],
  ['behind one that wraps', 100, { offset: AREA - 512, size: 1000 }, 1024],
];

test.each(PLACES)('%s goes to its place', (_, size, committed, offset) => {
  expect(placeText(AREA, size, committed)).toBe(offset);
});

test('too large, or onto the committed one: no place', () => {
  const max = maxTextBytes(AREA);
  expect(placeText(AREA, max, undefined)).toBe(512);
  expect(placeText(AREA, max + 1, undefined)).toBeUndefined();
  // A committed text beyond the limit, as no writer leaves it.
  expect(placeText(AREA, max, { offset: 512, size: AREA - 4096 })).toBeUndefined();
});

describe('pieces', () => {
  test('one, or two around the end', () => {
    expect(piecesOf(4096, { offset: 1024, size: 3072 })).toEqual([{ offset: 1024, size: 3072 }]);
    expect(piecesOf(4096, { offset: 3584, size: 700 })).toEqual([
      { offset: 3584, size: 512 },
      { offset: 512, size: 188 },
    ]);
  });
});

test('any row of texts that fit finds room beside the one before', () => {
  const prng = new Prng(17);
  for (let round = 0; round < 200; round++) {
    const area = 512 * (8 + prng.below(60));
    const max = maxTextBytes(area);
    let committed: { offset: number; size: number } | undefined;
    for (let step = 0; step < 40; step++) {
      const size = 1 + prng.below(max);
      const offset = placeText(area, size, committed);
      expect(offset, `area ${area}, size ${size}`).toBeDefined();
      expect(offset! % 512).toBe(0);
      committed = { offset: offset!, size };
    }
  }
});
