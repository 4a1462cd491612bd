/** Draws what moves over a strip of the extent map. A pure function of its arguments. */
import { BAR_HEIGHT, drawLabel, type Palette } from './draw-strip.ts';
import type { Strip } from './layout-extents.ts';
import type { OnStrip, PieceLayout } from './layout-move.ts';
import { frontAt, landings, lookAt, type MoveMotion } from './move-motion.ts';

/** Of tokens.css: what has just been copied. */
const COPIED = 4;
/** How much of a source is covered that has left. */
const FADED = 0.8;
/** Between the bars of a texture, in pixels. */
const STEP = 5;
/** Height of the triangle at the front. */
const HEAD = 6;

export interface MovePaint {
  readonly palette: Palette;
  /** Indices into the owners' colours, by volume; and what volumes are called. */
  readonly colours: ReadonlyMap<string, number>;
  readonly labels: ReadonlyMap<string, string>;
}

/** @param ratio device pixels per CSS pixel */
export function drawMove(
  context: CanvasRenderingContext2D,
  strip: Strip,
  layout: PieceLayout,
  motion: MoveMotion,
  now: number,
  paint: MovePaint,
  ratio: number,
): void {
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, strip.end, BAR_HEIGHT);
  const { palette } = paint;
  const { id } = strip.pv;
  const covered = new Path2D();
  for (const { cell, from, to, owner } of layout.cells) {
    if (from.pvId !== id && to.pvId !== id) continue;
    const { left, arrived, fresh } = lookAt(motion, cell, now);
    if (from.pvId === id) {
      fillBox(context, from, palette.surface, FADED * left);
      if (motion.mirror.cells[cell] === 'r') drawBars(context, from, 'rising', palette.text, 1);
    }
    if (to.pvId === id && arrived) {
      covered.rect(to.x, 2, to.width, BAR_HEIGHT - 4);
      const colour = palette.owners[paint.colours.get(owner) ?? 0] ?? palette.surface;
      fillBox(context, to, colour, 1);
      fillBox(context, to, palette.owners[COPIED] ?? palette.surface, fresh);
      if (fresh > 0) drawBars(context, to, 'flat', palette.text, fresh);
    }
  }
  const front = layout.at(frontAt(motion, now));
  // Where nothing has arrived the words stand already, and would become bold.
  context.save();
  context.clip(covered);
  for (const run of layout.targets) {
    const lv = run.owner?.lv ?? '';
    if (run.pvId === id) drawLabel(context, run, paint.labels.get(lv) ?? lv, palette);
  }
  context.restore();
  drawLandings(context, id, layout, motion, now, palette);
  for (const side of [front?.from, front?.to]) {
    if (side?.pvId === id) drawFront(context, side.x, palette);
  }
}

function fillBox(
  context: CanvasRenderingContext2D,
  { x, width }: OnStrip,
  colour: string,
  alpha: number,
): void {
  if (alpha <= 0) return;
  context.globalAlpha = alpha;
  context.fillStyle = colour;
  context.fillRect(x, 2, width, BAR_HEIGHT - 4);
  context.globalAlpha = 1;
}

function drawBars(
  context: CanvasRenderingContext2D,
  { x, width }: OnStrip,
  way: 'rising' | 'flat',
  colour: string,
  alpha: number,
): void {
  context.save();
  context.beginPath();
  context.rect(x, 2, width, BAR_HEIGHT - 4);
  context.clip();
  context.globalAlpha = 0.5 * alpha;
  context.strokeStyle = colour;
  context.lineWidth = 1;
  context.beginPath();
  if (way === 'flat') {
    for (let y = 4.5; y < BAR_HEIGHT - 2; y += STEP) {
      context.moveTo(x, y);
      context.lineTo(x + width, y);
    }
  } else {
    for (let at = x - BAR_HEIGHT; at < x + width; at += STEP) {
      context.moveTo(at, BAR_HEIGHT - 2);
      context.lineTo(at + BAR_HEIGHT, 2);
    }
  }
  context.stroke();
  context.restore();
}

/** A line with a head, in the colour of what is marked. */
function drawFront(context: CanvasRenderingContext2D, x: number, palette: Palette): void {
  context.fillStyle = palette.ring;
  context.fillRect(x - 1, 0, 2, BAR_HEIGHT);
  context.beginPath();
  context.moveTo(x, 0);
  context.lineTo(x + HEAD, HEAD / 2);
  context.lineTo(x, HEAD);
  context.fill();
}

/**
 * Where writes landed: ahead of the front on the source alone (a triangle), at it (a ring: it
 * waits for the copy), behind it on both sides (a bar).
 */
function drawLandings(
  context: CanvasRenderingContext2D,
  pvId: string,
  layout: PieceLayout,
  motion: MoveMotion,
  now: number,
  palette: Palette,
): void {
  for (const { kind, region, fresh } of landings(motion, now)) {
    const spot = layout.at((region + 0.5) / Math.max(1, motion.mirror.regions));
    const sides = kind === 'behind' ? [spot?.from, spot?.to] : [spot?.from];
    context.globalAlpha = fresh;
    for (const side of sides) if (side?.pvId === pvId) drawMark(context, kind, side.x, palette);
    context.globalAlpha = 1;
  }
}

function drawMark(
  context: CanvasRenderingContext2D,
  kind: 'ahead' | 'at' | 'behind',
  x: number,
  palette: Palette,
): void {
  const y = BAR_HEIGHT - 9;
  context.fillStyle = palette.ring;
  context.strokeStyle = palette.ring;
  context.lineWidth = 2;
  context.beginPath();
  if (kind === 'at') {
    context.arc(x, y, 4.5, 0, 2 * Math.PI);
    context.stroke();
  } else if (kind === 'ahead') {
    context.moveTo(x - 5, y - 4);
    context.lineTo(x + 5, y - 4);
    context.lineTo(x, y + 5);
    context.fill();
  } else context.fillRect(x - 2, y - 5, 4, 10);
}
