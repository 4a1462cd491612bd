/** How large a drawing is shown: 1 is its own size; `fit` shows all of it, however small. */
export type Zoom = number | 'fit';

export const SMALLEST = 0.2;
export const LARGEST = 2;
/** Below this, small text is not worth its ink. */
export const OVERVIEW = 0.62;
const FACTOR = 1.25;

/** Lengths in pixels. Never larger than the drawing itself. */
export function scaleOf(
  zoom: Zoom,
  drawing: { readonly width: number; readonly height: number },
  pane: { readonly width: number; readonly height: number },
): number {
  if (zoom !== 'fit') return within(zoom);
  if (drawing.width === 0 || drawing.height === 0) return 1;
  return Math.max(SMALLEST, Math.min(1, pane.width / drawing.width, pane.height / drawing.height));
}

/** One step nearer or farther; steps meet 1 exactly. */
export function stepped(scale: number, nearer: boolean): number {
  const steps = Math.log(scale) / Math.log(FACTOR);
  const next = nearer ? Math.floor(steps + 1.001) : Math.ceil(steps - 1.001);
  return within(FACTOR ** next);
}

export const within = (scale: number): number => Math.min(LARGEST, Math.max(SMALLEST, scale));
