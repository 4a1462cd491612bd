/** Draws the region map of a mirror. A pure function of its arguments onto the canvas. */
import type { MirrorHealth, MirrorState } from '../../core/contract/mirrors.ts';
import type { Palette } from './draw-strip.ts';
import { placeOfCell, type RegionLayout, type Spot } from './layout-regions.ts';
import { cellKind, hasFailed, type CellKind, type Lane } from './region-cells.ts';
import { looksAt, readMark, type RegionMotion } from './region-motion.ts';

/** What is marked beside the state itself. */
export interface RegionMarks {
  /** Lanes whose device is selected, or pointed at elsewhere. */
  readonly lanes: ReadonlySet<number>;
  /** The cell under the pointer or with the focus. */
  readonly spot?: Spot;
}

/** Of tokens.css: what is clean, what was written, what is being copied. */
const CLEAN = 1;
const DIRTY = 2;
const COPIED = 4;
/** Opacity of the ring around what has just changed. */
const BRIGHT = 0.6;
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
  const boxes = new Map<CellKind, Box[]>();
  const crossing: Box[] = [];
  for (const [index, lane] of layout.lanes.entries()) {
    for (const { from, to, y } of layout.bands) {
      const top = y + index * layout.laneStep;
      drawName(context, layout, mirror, lane, top, palette);
      for (let cell = from; cell < to; cell++) {
        const x = layout.left + (cell - from) * layout.cellWidth;
        const box = { x, y: top, width: layout.cellWidth - 1, height: layout.laneHeight };
        const kind = cellKind(mirror, lane, cell);
        const crossed = kind === 'target' ? (looks.get(cell)?.crossed ?? 1) : 1;
        if (crossed < 1) crossing.push({ ...box, height: box.height * crossed });
        put(boxes, crossed < 1 ? 'lacking' : kind, box);
      }
    }
  }
  for (const [kind, all] of boxes) drawCells(context, kind, all, palette);
  drawCells(context, 'target', crossing, palette);
  for (const [cell, { fresh }] of looks) drawFreshCell(context, layout, cell, fresh, palette);
  drawNumbers(context, layout, palette);
  drawRead(context, layout, motion, now, palette);
  for (const lane of marks.lanes) drawLane(context, layout, lane, palette);
  if (marks.spot) drawSpot(context, layout, marks.spot, palette);
}

function put(boxes: Map<CellKind, Box[]>, kind: CellKind, box: Box): void {
  const known = boxes.get(kind);
  if (known) known.push(box);
  else boxes.set(kind, [box]);
}

function boxOf(layout: RegionLayout, lane: number, cell: number): Box | undefined {
  const place = placeOfCell(layout, lane, cell);
  return place && { ...place, width: layout.cellWidth - 1, height: layout.laneHeight };
}

/**
 * Cells of one kind, all at once: thousands are drawn in a frame. Fill and texture: no two kinds
 * differ by colour alone.
 */
export function drawCells(
  context: CanvasRenderingContext2D,
  kind: CellKind,
  boxes: readonly Box[],
  palette: Palette,
): void {
  const fill = (owner: number): void => {
    fillAll(context, boxes, palette.owners[owner] ?? palette.surface);
  };
  switch (kind) {
    case 'clean':
      fill(CLEAN);
      break;
    case 'only':
      fill(CLEAN);
      fillAll(context, boxes.map(footOf), palette.text);
      break;
    case 'dirty':
      fill(DIRTY);
      fillAll(context, boxes.map(dotOf), palette.text);
      break;
    case 'lacking':
      // An outline and a cross, without fill: there is nothing in it that counts.
      drawLines(context, boxes, ['edge', 'rising', 'falling'], palette.edge);
      break;
    case 'source':
      fill(CLEAN);
      drawLines(context, boxes, ['rising'], palette.text);
      break;
    case 'target':
      fill(COPIED);
      fillAll(context, boxes.flatMap(barsOf), palette.text);
      break;
    case 'gone':
      fillAll(context, boxes.map(strikeOf), palette.danger);
      break;
  }
}

function fillAll(context: CanvasRenderingContext2D, boxes: readonly Box[], colour: string): void {
  context.fillStyle = colour;
  context.beginPath();
  for (const { x, y, width, height } of boxes) context.rect(x, y, width, height);
  context.fill();
}

const footOf = ({ x, y, width, height }: Box): Box => ({ x, y: y + height - 3, width, height: 3 });

const strikeOf = ({ x, y, width, height }: Box): Box => ({
  x,
  y: y + height / 2 - 1,
  width: width + 1,
  height: 2,
});

function dotOf({ x, y, width, height }: Box): Box {
  const size = Math.max(2, Math.round(Math.min(width, height) / 3));
  return { x: x + (width - size) / 2, y: y + (height - size) / 2, width: size, height: size };
}

function barsOf({ x, y, width, height }: Box): readonly Box[] {
  const bars = Math.max(0, Math.ceil((height - 2) / BAR_STEP));
  return Array.from({ length: bars }, (_, bar) => ({
    x,
    y: y + 2 + bar * BAR_STEP,
    width,
    height: 1,
  }));
}

function drawLines(
  context: CanvasRenderingContext2D,
  boxes: readonly Box[],
  ways: readonly ('edge' | 'rising' | 'falling')[],
  colour: string,
): void {
  context.strokeStyle = colour;
  context.lineWidth = 1;
  context.beginPath();
  for (const { x, y, width, height } of boxes) {
    for (const way of ways) {
      if (way === 'edge') {
        context.rect(x + 0.5, y + 0.5, width - 1, height - 1);
        continue;
      }
      context.moveTo(x, way === 'rising' ? y + height : y);
      context.lineTo(x + width, way === 'rising' ? y : y + height);
    }
  }
  context.stroke();
}

/** On every lane: a region changes as a whole. */
function drawFreshCell(
  context: CanvasRenderingContext2D,
  layout: RegionLayout,
  cell: number,
  fresh: number,
  palette: Palette,
): void {
  for (const lane of layout.lanes.keys()) {
    const box = boxOf(layout, lane, cell);
    if (box) drawFresh(context, box, fresh, palette);
  }
}

/** What has just changed stands out, and ages. */
function drawFresh(
  context: CanvasRenderingContext2D,
  { x, y, width, height }: Box,
  fresh: number,
  palette: Palette,
): void {
  context.globalAlpha = BRIGHT * fresh;
  context.strokeStyle = palette.ring;
  // Of a narrow cell a wide ring would leave nothing to be seen.
  const line = width < 10 ? 1 : 2;
  context.lineWidth = line;
  context.strokeRect(x + line / 2, y + line / 2, width - line, height - line);
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
