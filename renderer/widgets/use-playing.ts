import { useEffect, useRef, type RefObject } from 'react';
import type { Palette } from '../viz/draw-strip.ts';
import { inNextFrame } from '../viz/frame-loop.ts';
import { sized } from './use-painting.ts';
import { usePalette } from './use-palette.ts';

/** How something moves: pure functions of its states and of the time, in milliseconds. */
export interface Film<State, Motion> {
  readonly still: (state: State) => Motion;
  readonly followed: (motion: Motion, state: State, now: number) => Motion;
  /** Without what is over. */
  readonly settled: (motion: Motion, now: number) => Motion;
  /** Something will look different a moment later. */
  readonly isMoving: (motion: Motion, now: number) => boolean;
}

export type Draw<Motion> = (
  context: CanvasRenderingContext2D,
  motion: Motion,
  now: number,
  palette: Palette,
  ratio: number,
) => void;

/** Between two pictures of what only ages, in milliseconds: more of them nobody sees. */
const APART = 40;

/**
 * A canvas that is painted whenever something has changed, and on for as long as something moves.
 * @param film always the same one
 * @param draw another function when there is something else to paint
 * @param moves changes are seen; otherwise they are just there
 */
export function usePlaying<State, Motion>(
  film: Film<State, Motion>,
  state: State,
  { width, height }: { readonly width: number; readonly height: number },
  draw: Draw<Motion>,
  moves: boolean,
): RefObject<HTMLCanvasElement | null> {
  const canvas = useRef<HTMLCanvasElement>(null);
  const motion = useRef(film.still(state));
  const paletteOf = usePalette();
  useEffect(() => {
    const element = canvas.current;
    if (!element) return undefined;
    const palette = paletteOf(element);
    motion.current = film.followed(motion.current, state, performance.now());
    let drop = (): void => undefined;
    let drawn = -Infinity;
    const paint = (): void => {
      const now = moves ? performance.now() : Infinity;
      if (now - drawn < APART) {
        drop = inNextFrame(paint);
        return;
      }
      drawn = now;
      motion.current = film.settled(motion.current, now);
      const context = sized(element, width, height);
      if (context) draw(context, motion.current, now, palette, window.devicePixelRatio);
      if (film.isMoving(motion.current, now)) drop = inNextFrame(paint);
    };
    drop = inNextFrame(paint);
    return () => {
      drop();
    };
  }, [film, state, width, height, draw, paletteOf, moves]);
  return canvas;
}
