/** Draws one strip of the extent map. A pure function of its arguments onto the canvas. */
import type { PlacedRun, RunMove, Strip } from './layout-extents.ts';

/** Height of the bar in CSS pixels. */
export const BAR_HEIGHT = 44;
/** With the numbers below it. */
export const STRIP_HEIGHT = BAR_HEIGHT + 17;

/** The colours of tokens.css as a canvas takes them. */
export interface Palette {
  readonly surface: string;
  readonly line: string;
  readonly edge: string;
  readonly text: string;
  readonly quiet: string;
  readonly ring: string;
  readonly danger: string;
  readonly owners: readonly string[];
  /** Of a COW store: what is written on, and its lines. */
  readonly store: string;
  readonly storeEdge: string;
  readonly font: string;
}

/** What a run is painted with. */
export interface RunStyle {
  readonly label: string;
  /** Beside its length: `leg 0`. */
  readonly part?: string;
  /** `log`: of a mirror; `lacking`: a leg that is out of sync; the others are of snapshots. */
  readonly texture?: 'log' | 'lacking' | 'store' | 'origin';
  /** Index into Palette.owners; -1: free. */
  readonly colour: number;
  readonly selected: boolean;
  readonly hovered: boolean;
  /** An origin whose snapshot is selected, or the other way round. */
  readonly related?: boolean;
}

/** Narrower runs say nothing. In pixels. */
export const LABEL_ROOM = 26;
const PADDING = 6;

/** @param ratio device pixels per CSS pixel */
export function drawStrip(
  context: CanvasRenderingContext2D,
  strip: Strip,
  styles: readonly RunStyle[],
  palette: Palette,
  ratio: number,
): void {
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, context.canvas.width, context.canvas.height);
  for (const [index, run] of strip.runs.entries()) {
    const style = styles[index];
    // Nobody has a missing PV: what the metadata says of it is outlined, not filled.
    const ink = strip.pv.missing ? { ...palette, owners: [] } : palette;
    if (style) drawRun(context, run, style, ink);
  }
  // Above all neighbours, which would cover half of it.
  for (const [index, run] of strip.runs.entries()) {
    const style = styles[index];
    if (style?.selected || style?.hovered) drawRing(context, run, style.selected, palette);
    else if (style?.related) drawRelated(context, run, palette);
  }
  if (strip.pv.missing) drawMissing(context, strip.end, palette);
  drawTicks(context, strip, palette);
}

function drawRun(
  context: CanvasRenderingContext2D,
  run: PlacedRun,
  style: RunStyle,
  palette: Palette,
): void {
  const free = style.colour < 0;
  const fill = free ? palette.surface : fillOf(style, palette);
  const moves = run.moves?.as;
  if (run.width < 1) {
    // A tick of half height: wider would be a lie, nothing at all would be one too.
    context.fillStyle = free ? palette.line : palette.edge;
    context.fillRect(Math.floor(run.x), BAR_HEIGHT / 2, 1, BAR_HEIGHT / 2);
    return;
  }
  context.fillStyle = fill;
  context.globalAlpha = moves === undefined ? 1 : STRENGTH[moves];
  context.fillRect(run.x, 1, run.width, BAR_HEIGHT - 2);
  context.globalAlpha = 1;
  context.strokeStyle = free ? palette.line : palette.edge;
  context.lineWidth = 1;
  if (moves === 'awaited' || moves === 'left') context.setLineDash(NOT_HERE);
  context.strokeRect(run.x + 0.5, 1.5, Math.max(0, run.width - 1), BAR_HEIGHT - 3);
  context.setLineDash([]);
  if (run.owner?.type === 'striped') drawStripes(context, run, palette);
  if (style.texture === 'log') drawDots(context, run, palette);
  if (style.texture === 'lacking') drawHatch(context, run, palette);
  if (style.texture === 'store')
    drawVerticals(context, hatchOf(run), STORE_STEP, palette.storeEdge);
  if (style.texture === 'origin') drawDoubleEdge(context, run, palette);
  if (run.width < LABEL_ROOM) return;
  context.fillStyle = free ? palette.quiet : palette.text;
  drawText(context, style.label, run, 19, `12px ${palette.font}`);
  const part = style.part === undefined ? '' : `${style.part} · `;
  const where = run.moves ? ` ${moveWords(run.moves)}` : '';
  drawText(context, `${part}${run.count} PE${where}`, run, 33, `10px ${palette.font}`);
}

/** A store has the colour of its kind; what is missing has none. */
const fillOf = ({ texture, colour }: RunStyle, palette: Palette): string =>
  texture === 'store' && palette.owners.length > 0
    ? palette.store
    : (palette.owners[colour] ?? palette.surface);

/** How strong the colour of the owner is of what moves: what is not here is a ghost. */
const STRENGTH = { leaves: 0.6, left: 0.12, awaited: 0.25, arrived: 1 } as const;
const NOT_HERE = [4, 3];

/** `→ /dev/sdc`. */
export const moveWords = ({ as, other }: RunMove): string =>
  `${as === 'leaves' || as === 'left' ? '→' : '←'} ${other.device}`;

/** What a run says again above what was drawn over it. */
export function drawLabel(
  context: CanvasRenderingContext2D,
  run: PlacedRun,
  label: string,
  palette: Palette,
): void {
  context.fillStyle = palette.text;
  drawText(context, label, run, 19, `12px ${palette.font}`);
  const where = run.moves ? ` ${moveWords(run.moves)}` : '';
  drawText(context, `${run.count} PE${where}`, run, 33, `10px ${palette.font}`);
}

/** As much of the text as fits, with an ellipsis; nothing where not even three letters would. */
function drawText(
  context: CanvasRenderingContext2D,
  text: string,
  run: PlacedRun,
  y: number,
  font: string,
): void {
  context.font = font;
  const room = run.width - 2 * PADDING;
  let shown = text;
  while (shown.length > 0 && context.measureText(shown).width > room) {
    const kept = shown.endsWith('…') ? shown.slice(0, -2) : shown.slice(0, -1);
    shown = kept.length > 2 ? `${kept}…` : '';
  }
  if (shown !== '') context.fillText(shown, run.x + PADDING, y);
}

/** Texture says the type: hue is taken by the owner. */
function drawStripes(context: CanvasRenderingContext2D, run: PlacedRun, palette: Palette): void {
  context.strokeStyle = palette.text;
  context.globalAlpha = 0.55;
  context.lineWidth = 2;
  context.setLineDash([6, 3]);
  context.beginPath();
  context.moveTo(run.x + 2, BAR_HEIGHT - 5);
  context.lineTo(run.x + run.width - 2, BAR_HEIGHT - 5);
  context.stroke();
  context.setLineDash([]);
  context.globalAlpha = 1;
}

/** What a log notes, one dot after the other. */
function drawDots(context: CanvasRenderingContext2D, run: PlacedRun, palette: Palette): void {
  context.fillStyle = palette.text;
  for (let x = run.x + 4; x < run.x + run.width - 3; x += 6) {
    context.fillRect(x, BAR_HEIGHT - 6, 2, 2);
  }
}

/** Crossed lines over a leg that lacks some of the data. */
function drawHatch(context: CanvasRenderingContext2D, run: PlacedRun, palette: Palette): void {
  context.save();
  context.beginPath();
  context.rect(run.x + 1, BAR_HEIGHT - 7, run.width - 2, 5);
  context.clip();
  context.strokeStyle = palette.text;
  context.lineWidth = 1;
  context.beginPath();
  for (let x = run.x - 6; x < run.x + run.width; x += 6) {
    context.moveTo(x, BAR_HEIGHT - 2);
    context.lineTo(x + 6, BAR_HEIGHT - 7);
    context.moveTo(x, BAR_HEIGHT - 7);
    context.lineTo(x + 6, BAR_HEIGHT - 2);
  }
  context.stroke();
  context.restore();
}

/** Between the lines of a store, in pixels. */
const STORE_STEP = 5;

/** Above and below what is written there. */
const hatchOf = ({ x, width }: PlacedRun): Box => ({
  ...{ x: x + 1, width: width - 2 },
  ...{ y: BAR_HEIGHT - 9, height: 7 },
});

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Upright lines, `step` pixels apart; none where there is no step. */
export function drawVerticals(
  context: CanvasRenderingContext2D,
  { x, y, width, height }: Box,
  step: number,
  colour: string,
): void {
  if (step <= 0) return;
  context.fillStyle = colour;
  for (let at = x + step / 2; at < x + width; at += step) context.fillRect(at, y, 1, height);
}

/** Every write to it is looked at first: an edge inside the edge. */
function drawDoubleEdge(context: CanvasRenderingContext2D, run: PlacedRun, palette: Palette): void {
  if (run.width < 8) return;
  context.strokeStyle = palette.storeEdge;
  context.lineWidth = 2;
  context.strokeRect(run.x + 3, 4, run.width - 6, BAR_HEIGHT - 8);
  context.lineWidth = 1;
}

/** Not chosen itself: its ring is broken. */
function drawRelated(context: CanvasRenderingContext2D, run: PlacedRun, palette: Palette): void {
  context.strokeStyle = palette.ring;
  context.lineWidth = 2;
  context.setLineDash([5, 3]);
  context.strokeRect(run.x + 1, 1, Math.max(1, run.width - 2), BAR_HEIGHT - 2);
  context.setLineDash([]);
}

function drawRing(
  context: CanvasRenderingContext2D,
  run: PlacedRun,
  selected: boolean,
  palette: Palette,
): void {
  const wide = selected ? 3 : 2;
  context.strokeStyle = palette.ring;
  context.lineWidth = wide;
  const half = wide / 2;
  const width = Math.max(1, run.width - wide);
  context.strokeRect(run.x + half, half, width, BAR_HEIGHT - wide);
}

/** Outline and cross without fill: what the metadata says of a PV that nobody has. */
function drawMissing(context: CanvasRenderingContext2D, end: number, palette: Palette): void {
  context.strokeStyle = palette.danger;
  context.lineWidth = 2;
  context.strokeRect(1, 1, end - 2, BAR_HEIGHT - 2);
  context.beginPath();
  for (let x = 0; x < end; x += BAR_HEIGHT) {
    const right = Math.min(end, x + BAR_HEIGHT);
    context.moveTo(x, 1);
    context.lineTo(right, BAR_HEIGHT - 1);
    context.moveTo(x, BAR_HEIGHT - 1);
    context.lineTo(right, 1);
  }
  context.lineWidth = 1;
  context.globalAlpha = 0.5;
  context.stroke();
  context.globalAlpha = 1;
}

function drawTicks(context: CanvasRenderingContext2D, strip: Strip, palette: Palette): void {
  context.font = `10px ${palette.font}`;
  context.fillStyle = palette.quiet;
  for (const { extent, x } of strip.ticks) {
    const text = extent.toLocaleString('en');
    const width = context.measureText(text).width;
    context.fillRect(Math.min(x, strip.end - 1), BAR_HEIGHT, 1, 3);
    const left = Math.min(Math.max(0, x - width / 2), strip.end - width);
    context.fillText(text, left, STRIP_HEIGHT - 3);
  }
}
