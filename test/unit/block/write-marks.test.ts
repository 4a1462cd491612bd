import { expect, test } from 'vitest';
import { sectors } from '../../../core/base/units.ts';
import {
  beginMarked,
  endMarked,
  isMarking,
  markAll,
  newMarks,
  takeMarks,
} from '../../../core/block/write-marks.ts';

test('marks come in runs, once', () => {
  const marks = newMarks(sectors(10_000));
  expect(marks.chunk).toBe(512);
  beginMarked(marks, 511, 2);
  beginMarked(marks, 1024, 1);
  beginMarked(marks, 9999, 1);
  expect(takeMarks(marks)).toEqual([
    { start: 0, count: 1536 },
    { start: 9728, count: 512 },
  ]);
  expect(takeMarks(marks)).toEqual([]);
});

test('a write whose mark was taken before it ended is marked again', () => {
  const marks = newMarks(sectors(10_000));
  beginMarked(marks, 0, 8);
  expect(isMarking(marks)).toBe(true);
  takeMarks(marks);
  endMarked(marks, 0, 8);
  expect(isMarking(marks)).toBe(false);
  expect(takeMarks(marks)).toEqual([{ start: 0, count: 512 }]);
});

test('on a large device a mark stands for more, and there are no more of them', () => {
  const size = sectors(2 ** 40);
  const marks = newMarks(size);
  expect(marks.marks.length).toBe(65_536);
  beginMarked(marks, size - 1, 1);
  expect(takeMarks(marks)).toEqual([{ start: size - marks.chunk, count: marks.chunk }]);
});

test('all of a device can be marked', () => {
  const marks = newMarks(sectors(1024));
  markAll(marks);
  expect(takeMarks(marks)).toEqual([{ start: 0, count: 1024 }]);
});
