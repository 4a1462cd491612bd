import { ticks } from 'd3';
import type { Extents } from '../../core/contract/units.ts';

/** Converts between extents and pixels for one strip. The only renderer file that knows both. */
export class ExtentScale {
  private readonly pxPerExtent: number;

  constructor(
    readonly total: number,
    readonly leftPx: number,
    readonly rightPx: number,
  ) {
    this.pxPerExtent = total === 0 ? 0 : (rightPx - leftPx) / total;
  }

  toPx(extent: number): number {
    return this.leftPx + extent * this.pxPerExtent;
  }

  /** The extent under a pixel, clamped to the strip: pointers routinely leave it. */
  fromPx(px: number): Extents {
    if (this.pxPerExtent === 0) return 0 as Extents;
    const raw = Math.floor((px - this.leftPx) / this.pxPerExtent);
    return Math.min(Math.max(raw, 0), Math.max(this.total - 1, 0)) as Extents;
  }

  /** Round extents, about one every `roomPx` pixels. */
  ticks(roomPx: number): readonly number[] {
    const count = Math.max(1, Math.floor((this.rightPx - this.leftPx) / roomPx));
    return ticks(0, this.total, count).filter(Number.isInteger);
  }
}
