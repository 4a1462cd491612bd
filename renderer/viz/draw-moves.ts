/** Over a strip that is drawn: dashed what leaves it, ringed what comes to it. */
import { BAR_HEIGHT, type Palette } from './draw-strip.ts';
import type { Span } from './layout-moves.ts';

/** @param ratio device pixels per CSS pixel */
export function drawMoves(
  context: CanvasRenderingContext2D,
  spans: readonly Span[],
  kind: 'leaving' | 'coming',
  palette: Pick<Palette, 'ring' | 'surface'>,
  ratio: number,
): void {
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  for (const { x, width } of spans) {
    const inner = Math.max(1, width - 3);
    if (kind === 'leaving') {
      // What is planned away fades: the owner stays readable.
      context.globalAlpha = 0.45;
      context.fillStyle = palette.surface;
      context.fillRect(x, 1, Math.max(1, width), BAR_HEIGHT - 2);
      context.globalAlpha = 1;
    }
    context.strokeStyle = palette.ring;
    context.lineWidth = 2;
    context.setLineDash(kind === 'leaving' ? [5, 3] : []);
    context.strokeRect(x + 1.5, 2, inner, BAR_HEIGHT - 4);
  }
  context.setLineDash([]);
}
