import { useEffect, useRef, type RefObject } from 'react';
import type { Palette } from '../viz/draw-strip.ts';
import { inNextFrame } from '../viz/frame-loop.ts';
import { usePalette } from './use-palette.ts';

export type Paint = (context: CanvasRenderingContext2D, palette: Palette, ratio: number) => void;

/**
 * A canvas that is painted in the next frame whenever what it shows has changed.
 * @param width and height in pixels of the page
 * @param paint another function when there is something else to paint
 */
export function usePainting(
  width: number,
  height: number,
  paint: Paint,
): RefObject<HTMLCanvasElement | null> {
  const canvas = useRef<HTMLCanvasElement>(null);
  const paletteOf = usePalette();
  useEffect(() => {
    const element = canvas.current;
    if (!element) return undefined;
    return inNextFrame(() => {
      const context = sized(element, width, height);
      if (context) paint(context, paletteOf(element), window.devicePixelRatio);
    });
  }, [width, height, paint, paletteOf]);
  return canvas;
}

/** Its own size only when that has changed: it empties a canvas, and takes time. */
export function sized(
  element: HTMLCanvasElement,
  width: number,
  height: number,
): CanvasRenderingContext2D | null {
  const ratio = window.devicePixelRatio;
  const [wide, high] = [Math.ceil(width * ratio), Math.ceil(height * ratio)];
  if (element.width !== wide || element.height !== high) {
    element.width = wide;
    element.height = high;
    element.style.width = `${width}px`;
    element.style.height = `${height}px`;
  }
  return element.getContext('2d');
}
