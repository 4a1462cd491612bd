/** Draws the region map of a mirror. A pure function of its arguments onto the canvas. */
import type { MirrorHealth, MirrorState } from '../../core/contract/mirrors.ts';
import type { Palette } from './draw-strip.ts';
import { placeOfCell, type RegionLayout, type Spot } from './layout-regions.ts';
import { cellKind, hasFailed, type CellKind, type Lane } from './region-cells.ts';
import { looksAt, readMark, type CellLook, type RegionMotion } from './region-motion.ts';

/** What is marked beside the state itself. */
export interface RegionMarks {
  /** Lanes whose device is selected, or pointed at elsewhere. */
  readonly lanes: ReadonlySet<number>;
  /** The cell under the pointer or with the focus. */
  readonly spot?: Spot;
}

const SETTLED: CellLook = { fresh: 0, crossed: 1 };
/** Of tokens.css: what is clean, what was written, what is being copied. */
const CLEAN = 1;
const DIRTY = 2;
const COPIED = 4;
/** Between the bars of a copy, in pixels. */
const BAR_STEP = 4;

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** @param ratio device pixels per CSS pixel */
export function drawRegions(
  context: CanvasRenderingContext2D,
  layout: RegionLayout,
  motion: RegionMotion,
  now: number,
  marks: RegionMarks,
  palette: Palette,
  ratio: number,
): void {
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, layout.width, layout.height);
  const { mirror } = motion;
  const looks = looksAt(motion, now);
  for (const [index, lane] of layout.lanes.entries()) {
    for (const band of layout.bands) {
      drawName(context, layout, mirror, lane, band.y + index * layout.laneStep, palette);
      for (let cell = band.from; cell < band.to; cell++) {
        const box = boxOf(layout, index, cell);
        if (!box) continue;
        drawCell(context, cellKind(mirror, lane, cell), box, looks.get(cell) ?? SETTLED, palette);
      }
    }
  }
  drawNumbers(context, layout, palette);
  drawRead(context, layout, motion, now, palette);
  for (const lane of marks.lanes) drawLane(context, layout, lane, palette);
  if (marks.spot) drawSpot(context, layout, marks.spot, palette);
}

function boxOf(layout: RegionLayout, lane: number, cell: number): Box | undefined {
  const place = placeOfCell(layout, lane, cell);
  return place && { ...place, width: layout.cellWidth - 1, height: layout.laneHeight };
}

/** Fill and texture: no two kinds differ by colour alone. */
export function drawCell(
  context: CanvasRenderingContext2D,
  kind: CellKind,
  box: Box,
  look: CellLook,
  palette: Palette,
): void {
  const { x, y, width, height } = box;
  const fill = (owner: number): void => {
    context.fillStyle = palette.owners[owner] ?? palette.surface;
    context.fillRect(x, y, width, height);
  };
  context.lineWidth = 1;
  context.strokeStyle = palette.text;
  switch (kind) {
    case 'clean':
      fill(CLEAN);
      break;
    case 'only':
      fill(CLEAN);
      context.fillStyle = palette.text;
      context.fillRect(x, y + height - 3, width, 3);
      break;
    case 'dirty':
      fill(DIRTY);
      drawDot(context, box, palette.text);
      break;
    case 'lacking':
      drawLacking(context, box, palette);
      break;
    case 'source':
      fill(CLEAN);
      drawLines(context, box, ['rising']);
      break;
    case 'target':
      drawLacking(context, box, palette);
      drawCopied(context, { ...box, height: height * look.crossed }, palette);
      break;
    case 'gone':
      context.fillStyle = palette.danger;
      context.fillRect(x, y + height / 2 - 1, width + 1, 2);
      break;
  }
  if (look.fresh > 0 && kind !== 'gone') drawFresh(context, box, look.fresh, palette);
}

/** An outline and a cross, without fill: there is nothing in it that counts. */
function drawLacking(context: CanvasRenderingContext2D, box: Box, palette: Palette): void {
  const { x, y, width, height } = box;
  context.strokeStyle = palette.edge;
  context.strokeRect(x + 0.5, y + 0.5, width - 1, height - 1);
  drawLines(context, box, ['rising', 'falling']);
  context.strokeStyle = palette.text;
}

/** Bars, as far as the copy has been seen to come. */
function drawCopied(context: CanvasRenderingContext2D, box: Box, palette: Palette): void {
  const { x, y, width, height } = box;
  context.fillStyle = palette.owners[COPIED] ?? palette.surface;
  context.fillRect(x, y, width, height);
  context.fillStyle = palette.text;
  for (let bar = y + 2; bar < y + height; bar += BAR_STEP) context.fillRect(x, bar, width, 1);
}

function drawLines(
  context: CanvasRenderingContext2D,
  { x, y, width, height }: Box,
  ways: readonly ('rising' | 'falling')[],
): void {
  context.beginPath();
  for (const way of ways) {
    const [from, to] = way === 'rising' ? [y + height, y] : [y, y + height];
    context.moveTo(x, from);
    context.lineTo(x + width, to);
  }
  context.stroke();
}

function drawDot(context: CanvasRenderingContext2D, box: Box, colour: string): void {
  const size = Math.max(2, Math.round(Math.min(box.width, box.height) / 3));
  context.fillStyle = colour;
  context.fillRect(box.x + (box.width - size) / 2, box.y + (box.height - size) / 2, size, size);
}

/** What has just changed stands out, and ages. */
function drawFresh(
  context: CanvasRenderingContext2D,
  { x, y, width, height }: Box,
  fresh: number,
  palette: Palette,
): void {
  context.globalAlpha = fresh;
  context.strokeStyle = palette.ring;
  context.lineWidth = 2;
  context.strokeRect(x + 1, y + 1, Math.max(1, width - 2), height - 2);
  context.globalAlpha = 1;
  context.lineWidth = 1;
}

/** `leg 0 ★`, and the letter of what is wrong with it. */
export function laneName({ legs, log, primary }: MirrorState, lane: Lane): string {
  if (lane.kind === 'log') return `log${log.kind === 'disk' ? letterOf(log.health) : ''}`;
  const star = lane.leg === primary ? ' ★' : '';
  return `leg ${lane.leg}${star}${letterOf(legs[lane.leg]?.health ?? 'A')}`;
}

const letterOf = (health: MirrorHealth): string => (hasFailed(health) ? ` ${health}` : '');

function drawName(
  context: CanvasRenderingContext2D,
  layout: RegionLayout,
  mirror: MirrorState,
  lane: Lane,
  y: number,
  palette: Palette,
): void {
  const name = laneName(mirror, lane);
  const failed = / [DFSRU]$/.test(name);
  context.font = `${failed ? 'bold ' : ''}11px ${palette.font}`;
  context.fillStyle = failed ? palette.danger : palette.text;
  context.fillText(name, 0, y + layout.laneHeight / 2 + 4);
}

function drawNumbers(
  context: CanvasRenderingContext2D,
  layout: RegionLayout,
  palette: Palette,
): void {
  context.font = `10px ${palette.font}`;
  context.fillStyle = palette.quiet;
  for (const { region, x, y } of layout.ticks) {
    context.fillRect(x, y - 4, 1, 3);
    context.fillText(region.toLocaleString('en'), x + 3, y - 3);
  }
}

/** Where the last read went: an arrow into the cell, on the leg that answered. */
function drawRead(
  context: CanvasRenderingContext2D,
  layout: RegionLayout,
  motion: RegionMotion,
  now: number,
  palette: Palette,
): void {
  const mark = readMark(motion, now);
  const box = mark && boxOf(layout, mark.leg, mark.cell);
  if (!box) return;
  const middle = box.x + box.width / 2;
  context.fillStyle = palette.ring;
  context.strokeStyle = palette.surface;
  context.beginPath();
  context.moveTo(middle - 4.5, box.y - 1.5);
  context.lineTo(middle + 4.5, box.y - 1.5);
  context.lineTo(middle, box.y + 5.5);
  context.closePath();
  context.fill();
  context.stroke();
  drawFresh(context, { ...box, x: box.x - 1, width: box.width + 2 }, mark.fresh, palette);
}

function drawLane(
  context: CanvasRenderingContext2D,
  layout: RegionLayout,
  lane: number,
  palette: Palette,
): void {
  context.strokeStyle = palette.ring;
  context.lineWidth = 1.5;
  for (const { from, to, y } of layout.bands) {
    const width = (to - from) * layout.cellWidth;
    const top = y + lane * layout.laneStep - 1;
    context.strokeRect(layout.left - 1, top, width + 1, layout.laneHeight + 2);
  }
  context.lineWidth = 1;
}

function drawSpot(
  context: CanvasRenderingContext2D,
  layout: RegionLayout,
  { lane, cell }: Spot,
  palette: Palette,
): void {
  const box = boxOf(layout, lane, cell);
  if (!box) return;
  context.strokeStyle = palette.ring;
  context.lineWidth = 2;
  context.strokeRect(box.x - 1, box.y - 1, box.width + 2, box.height + 2);
  context.lineWidth = 1;
}
