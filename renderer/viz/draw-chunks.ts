/** Draws the exception map of a snapshot. A pure function of its arguments onto the canvas. */
import type { SnapshotState } from '../../core/contract/snapshots.ts';
import {
  AGES,
  ageOf,
  keptShare,
  metadataChunks,
  movingCells,
  restingKind,
  storeChunks,
  type Age,
  type ChunkKind,
} from './chunk-cells.ts';
import { flightLooks, type ChunkMotion, type FlightLook } from './chunk-motion.ts';
import { drawVerticals, type Palette } from './draw-strip.ts';
import { originPoint, storePoint, type ChunkLayout, type Point } from './layout-chunks.ts';
import { placeOfCell } from './layout-regions.ts';

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** How a cell looks beside its kind. */
export interface CellLook {
  readonly kind: ChunkKind;
  readonly age: Age;
  /** 0 to 1: how much of it is kept. */
  readonly kept: number;
}

export interface ChunkMarks {
  readonly origin: boolean;
  readonly store: boolean;
  /** The cell under the pointer or with the focus. */
  readonly cell?: number;
}

/** Of tokens.css: what is being copied. */
const COPIED = 4;
/** Opacity of the oldest quarter; each newer one is stronger. */
const OLDEST = 0.34;
const AGE_STEP = 0.22;

/** @param ratio device pixels per CSS pixel */
export function drawChunks(
  context: CanvasRenderingContext2D,
  layout: ChunkLayout,
  motion: ChunkMotion,
  now: number,
  marks: ChunkMarks,
  palette: Palette,
  ratio: number,
): void {
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, layout.width, layout.height);
  const { snapshot } = motion;
  drawOrigin(context, layout, snapshot, palette);
  drawStore(context, layout, snapshot, palette);
  const looks = flightLooks(motion, now);
  drawRecent(context, layout, snapshot, looks, palette);
  for (const look of looks) drawFlight(context, layout, snapshot, look, palette);
  drawCaption(context, layout, looks, palette);
  drawMarks(context, layout, marks, palette);
}

function drawOrigin(
  context: CanvasRenderingContext2D,
  layout: ChunkLayout,
  snapshot: SnapshotState,
  palette: Palette,
): void {
  const moving = movingCells(snapshot);
  say(context, 'origin', 0, 11, palette.text, `11px ${palette.font}`);
  for (const { chunk, y } of layout.numbers) {
    const middle = y + layout.laneHeight / 2 + 4;
    say(context, chunk.toLocaleString('en'), 0, middle, palette.quiet, `10px ${palette.font}`);
  }
  for (const { from, to, y } of layout.bands) {
    for (let cell = from; cell < to; cell++) {
      const x = layout.left + (cell - from) * layout.cellWidth;
      const box = { x, y, width: layout.cellWidth - 1, height: layout.laneHeight };
      const kind = moving.get(cell) ?? restingKind(snapshot, cell);
      const age = ageOf(snapshot, cell) ?? 0;
      drawChunkCell(context, box, { kind, age, kept: keptShare(snapshot, cell) }, palette);
    }
  }
}

/**
 * What is kept fills the cell as far as it is kept; the newer it is, the stronger, and the more
 * lines it has: no two differ by colour alone.
 */
export function drawChunkCell(
  context: CanvasRenderingContext2D,
  box: Box,
  { kind, age, kept }: CellLook,
  palette: Palette,
): void {
  const { x, y, width, height } = box;
  if (kept > 0) {
    const full = Math.max(2, Math.round(height * Math.min(1, kept)));
    const part = { x, y: y + height - full, width, height: full };
    fill(context, part, palette.storeEdge, OLDEST + AGE_STEP * age);
    drawVerticals(context, part, age === 0 ? 0 : width / age, palette.surface);
  }
  if (kind === 'copying' || kind === 'recording' || kind === 'merging') {
    fill(context, box, palette.owners[COPIED] ?? palette.surface, 1);
    drawSlants(context, box, kind, palette);
  }
  context.strokeStyle = kept > 0 || kind !== 'shared' ? palette.edge : palette.line;
  context.lineWidth = 1;
  context.strokeRect(x + 0.5, y + 0.5, Math.max(1, width - 1), height - 1);
}

/** Rising: to the store; a bar: it is being recorded; falling: back from it. */
function drawSlants(
  context: CanvasRenderingContext2D,
  { x, y, width, height }: Box,
  kind: ChunkKind,
  palette: Palette,
): void {
  if (kind === 'recording') {
    fill(context, { x, y: y + height / 2 - 1.5, width, height: 3 }, palette.text, 1);
    return;
  }
  const rises = kind === 'copying';
  context.strokeStyle = palette.text;
  context.lineWidth = 1.5;
  context.beginPath();
  context.moveTo(x, rises ? y + height : y);
  context.lineTo(x + width, rises ? y : y + height);
  context.stroke();
  context.lineWidth = 1;
}

/** To scale: tables, what is used by age, and what is free. */
function drawStore(
  context: CanvasRenderingContext2D,
  layout: ChunkLayout,
  snapshot: SnapshotState,
  palette: Palette,
): void {
  const { left, perChunk, store } = layout;
  const { y, height, width } = store;
  const small = `11px ${palette.font}`;
  say(context, 'store', 0, y + height / 2 + 4, palette.text, small);
  const used = Math.min(storeChunks(snapshot), Math.ceil(snapshot.allocated / snapshot.chunkSize));
  const whole = { x: left, y, width, height };
  fill(context, whole, palette.surface, 1);
  for (let age = 0; age < AGES; age++) {
    const [from, to] = [age, age + 1].map((at) => left + (used * at * perChunk) / AGES);
    const part = { x: from ?? left, y, width: (to ?? left) - (from ?? left), height };
    fill(context, part, palette.storeEdge, OLDEST + AGE_STEP * age);
    drawVerticals(context, part, age === 0 ? 0 : 9 / age, palette.surface);
  }
  for (const chunk of metadataChunks(snapshot, used)) {
    const part = { x: left + chunk * perChunk, y, width: Math.max(0.5, perChunk), height };
    fill(context, part, palette.owners[TABLES] ?? palette.surface, 1);
    fill(context, { ...part, y: y + height - 5, height: 2 }, palette.text, 1);
  }
  const bad = snapshot.condition === 'invalid';
  context.strokeStyle = bad ? palette.danger : palette.edge;
  context.lineWidth = bad ? 2 : 1;
  context.strokeRect(left + 0.5, y + 0.5, width - 1, height - 1);
  if (bad) strike(context, whole);
  context.lineWidth = 1;
  const end = storeChunks(snapshot).toLocaleString('en');
  say(context, '0', left, y + height + 12, palette.quiet, `10px ${palette.font}`);
  const room = context.measureText(end).width;
  say(context, end, left + width - room, y + height + 12, palette.quiet, `10px ${palette.font}`);
}

/** Of tokens.css: yellow, as for logs. */
const TABLES = 6;

function strike(context: CanvasRenderingContext2D, { x, y, width, height }: Box): void {
  context.beginPath();
  for (let at = x; at < x + width; at += 2 * height) {
    const right = Math.min(x + width, at + 2 * height);
    context.moveTo(at, y);
    context.lineTo(right, y + height);
    context.moveTo(at, y + height);
    context.lineTo(right, y);
  }
  context.stroke();
}

/** The last exceptions, the newest strongest; what flies has a line of its own. */
function drawRecent(
  context: CanvasRenderingContext2D,
  layout: ChunkLayout,
  snapshot: SnapshotState,
  looks: readonly FlightLook[],
  palette: Palette,
): void {
  const { recent, role } = snapshot;
  const flying = new Set(looks.map(({ flight }) => flight.oldChunk));
  for (const [back, { oldChunk, newChunk }] of [...recent.entries()].toReversed()) {
    if (flying.has(oldChunk)) continue;
    const from = originPoint(layout, snapshot, oldChunk);
    if (!from) continue;
    context.globalAlpha = 0.85 - (0.65 * back) / recent.length;
    context.lineWidth = back === 0 ? 2 : 1;
    context.setLineDash(role === 'merge' ? [4, 3] : []);
    drawWay(context, from, storePoint(layout, newChunk), palette.storeEdge);
  }
  context.setLineDash([]);
  context.globalAlpha = 1;
  context.lineWidth = 1;
}

function drawWay(context: CanvasRenderingContext2D, from: Point, to: Point, colour: string): void {
  const middle = (from.y + to.y) / 2;
  context.strokeStyle = colour;
  context.beginPath();
  context.moveTo(from.x, from.y);
  context.bezierCurveTo(from.x, middle, to.x, middle, to.x, to.y);
  context.stroke();
  context.fillStyle = colour;
  context.fillRect(from.x - 1.5, from.y - 1.5, 3, 3);
}

/** A point of the curve that `drawWay` draws. @param share 0 to 1 */
function onWay(from: Point, to: Point, share: number): Point {
  const middle = (from.y + to.y) / 2;
  const rest = 1 - share;
  const bend = (a: number, b: number, c: number, d: number): number =>
    rest ** 3 * a + 3 * rest ** 2 * share * b + 3 * rest * share ** 2 * c + share ** 3 * d;
  return {
    x: bend(from.x, from.x, to.x, to.x),
    y: bend(from.y, middle, middle, to.y),
  };
}

const TOKEN = 9;

function drawFlight(
  context: CanvasRenderingContext2D,
  layout: ChunkLayout,
  snapshot: SnapshotState,
  { flight, part, share }: FlightLook,
  palette: Palette,
): void {
  const cell = originPoint(layout, snapshot, flight.oldChunk);
  if (!cell) return;
  const kept = storePoint(layout, flight.newChunk);
  const [from, to] = flight.way === 'out' ? [cell, kept] : [kept, cell];
  context.lineWidth = 2;
  context.globalAlpha = part === 'fresh' ? 1 - 0.6 * share : 1;
  drawWay(context, cell, kept, palette.ring);
  context.globalAlpha = 1;
  if (part === 'copy') drawToken(context, onWay(from, to, ease(share)), palette);
  if (part === 'record') drawRecord(context, layout, to, share, palette);
  if (part === 'write') drawWrite(context, cell, share, palette);
  if (part === 'fresh') {
    context.globalAlpha = 1 - share;
    context.strokeStyle = palette.ring;
    context.strokeRect(to.x - TOKEN / 2, to.y - TOKEN / 2, TOKEN, TOKEN);
    context.globalAlpha = 1;
  }
  context.lineWidth = 1;
}

const ease = (share: number): number => share * share * (3 - 2 * share);

function drawToken(context: CanvasRenderingContext2D, { x, y }: Point, palette: Palette): void {
  const box = { x: x - TOKEN / 2, y: y - TOKEN / 2, width: TOKEN, height: TOKEN };
  fill(context, box, palette.storeEdge, 1);
  context.strokeStyle = palette.ring;
  context.strokeRect(box.x, box.y, TOKEN, TOKEN);
}

/** The row of the exception is appended: it grows from left to right above the store. */
function drawRecord(
  context: CanvasRenderingContext2D,
  layout: ChunkLayout,
  { x, y }: Point,
  share: number,
  palette: Palette,
): void {
  const wide = 34;
  const left = Math.min(layout.left + layout.store.width - wide, Math.max(layout.left, x - 4));
  const box = { x: left, y: y - 14, width: wide, height: 8 };
  fill(context, box, palette.surface, 1);
  fill(context, { ...box, width: wide * share }, palette.owners[TABLES] ?? palette.line, 1);
  context.strokeStyle = palette.ring;
  context.lineWidth = 1;
  context.strokeRect(box.x + 0.5, box.y + 0.5, wide - 1, box.height - 1);
}

/** From above into the cell: what waited for the exception. */
function drawWrite(
  context: CanvasRenderingContext2D,
  { x, y }: Point,
  share: number,
  palette: Palette,
): void {
  const tip = y - 12 * (1 - ease(share));
  context.fillStyle = palette.ring;
  context.strokeStyle = palette.surface;
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(x - 5, tip - 8);
  context.lineTo(x + 5, tip - 8);
  context.lineTo(x, tip);
  context.closePath();
  context.fill();
  context.stroke();
}

const PARTS: Readonly<Record<FlightLook['part'], string>> = {
  copy: 'copy data',
  record: 'flush, record exception, flush',
  write: 'let the write go',
  fresh: '',
};

/** Of the one that began first, so that it does not change with every write. */
function drawCaption(
  context: CanvasRenderingContext2D,
  layout: ChunkLayout,
  looks: readonly FlightLook[],
  palette: Palette,
): void {
  const lead = looks.find(({ part }) => part !== 'fresh');
  if (!lead) return;
  const { way, oldChunk, newChunk, count } = lead.flight;
  const [old, kept] = [oldChunk, newChunk].map((first) => runText(first, count));
  const what = way === 'out' ? PARTS[lead.part] : 'copied back';
  const font = `bold 11px ${palette.font}`;
  context.font = font;
  const chunks = count === 1 ? 'chunk' : 'chunks';
  const text = `${chunks} ${old} ${way === 'out' ? '→' : '←'} ${kept}: ${what}`;
  const left = layout.width - context.measureText(text).width - 2;
  say(context, text, Math.max(layout.left, left), 11, palette.text, font);
}

/** `12`, `12-15`. */
const runText = (first: number, count: number): string =>
  [...new Set([first, first + count - 1])].map((chunk) => chunk.toLocaleString('en')).join('-');

function drawMarks(
  context: CanvasRenderingContext2D,
  layout: ChunkLayout,
  marks: ChunkMarks,
  palette: Palette,
): void {
  context.strokeStyle = palette.ring;
  context.lineWidth = 1.5;
  const { left, cellWidth, laneHeight, bands, store } = layout;
  if (marks.origin) {
    for (const { from, to, y } of bands) {
      context.strokeRect(left - 1, y - 1, (to - from) * cellWidth + 1, laneHeight + 2);
    }
  }
  if (marks.store) context.strokeRect(left - 1, store.y - 1, store.width + 2, store.height + 2);
  const place = marks.cell === undefined ? undefined : placeOfCell(layout, 0, marks.cell);
  context.lineWidth = 2;
  if (place) context.strokeRect(place.x - 1, place.y - 1, cellWidth + 1, laneHeight + 2);
  context.lineWidth = 1;
}

function fill(
  context: CanvasRenderingContext2D,
  { x, y, width, height }: Box,
  colour: string,
  alpha: number,
): void {
  context.globalAlpha = alpha;
  context.fillStyle = colour;
  context.fillRect(x, y, width, height);
  context.globalAlpha = 1;
}

function say(
  context: CanvasRenderingContext2D,
  text: string,
  x: number,
  y: number,
  colour: string,
  font: string,
): void {
  context.font = font;
  context.fillStyle = colour;
  context.fillText(text, x, y);
}
