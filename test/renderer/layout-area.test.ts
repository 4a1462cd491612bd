import { describe, expect, test } from 'vitest';
import type { TextState } from '../../core/contract/metadata.ts';
import { layoutArea, piecesOf } from '../../renderer/viz/layout-area.ts';

const text = (offset: number, size: number): TextState => ({
  kind: 'older',
  offset,
  size,
  checksum: 'none',
  whole: true,
});

describe('the buffer of an area', () => {
  test('is to scale: a text is as wide as it is long', () => {
    const { whole, lens } = layoutArea({ size: 32768, texts: [text(16384, 8192)] }, 640);
    expect(whole.pieces).toEqual([{ text: text(16384, 8192), x: 320, width: 160, wraps: false }]);
    expect(whole.header).toEqual({ x: 0, width: 10 });
    expect(lens).toBeUndefined();
    expect(whole.ticks.map(({ byte }) => byte)).toEqual([
      0, 4096, 8192, 12288, 16384, 20480, 24576, 28672, 32768,
    ]);
  });

  test('has a lens where little of it is used, to a scale of its own', () => {
    const { whole, lens } = layoutArea({ size: 1044480, texts: [text(512, 1236)] }, 1020);
    expect(whole.pieces[0]?.width).toBeCloseTo(1.207, 3);
    expect([lens?.from, lens?.to]).toEqual([0, 4096]);
    expect(lens?.pieces[0]?.width).toBeCloseTo((1236 / 4096) * 1020, 6);
    expect(lens?.span).toEqual([0, 4]);
    expect(
      lens?.ticks.every(({ x }, index, all) => index === 0 || x > (all[index - 1]?.x ?? 0)),
    ).toBe(true);
  });

  test('a text that meets its end goes on at 512', () => {
    expect(piecesOf({ offset: 3584, size: 1000 }, 4096)).toEqual([
      [3584, 4096],
      [512, 1000],
    ]);
    const { whole } = layoutArea({ size: 4096, texts: [text(3584, 1000)] }, 4096);
    expect(whole.pieces.map(({ x, width, wraps }) => [x, width, wraps])).toEqual([
      [3584, 512, true],
      [512, 488, true],
    ]);
  });

  test('without a text there is nothing to look at closely', () => {
    expect(layoutArea({ size: 1044480, texts: [] }, 800).lens).toBeUndefined();
  });
});
