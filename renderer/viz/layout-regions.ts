/** Where the regions of a mirror lie on its map. Pure arithmetic, in pixels. */
import type { MirrorState } from '../../core/contract/mirrors.ts';
import { lanesOf, regionsOf, type Lane } from './region-cells.ts';

/** Cells `from` up to `to`, one lane for every leg and one for the log, below each other. */
export interface Band {
  readonly from: number;
  readonly to: number;
  /** Of its uppermost lane. */
  readonly y: number;
}

export interface RegionLayout {
  readonly lanes: readonly Lane[];
  readonly bands: readonly Band[];
  readonly cellWidth: number;
  readonly laneHeight: number;
  /** From the top of a lane to that of the next. */
  readonly laneStep: number;
  /** Where the first cell of a band begins: the names of the lanes stand before it. */
  readonly left: number;
  readonly width: number;
  readonly height: number;
  /** Regions printed above their cells. */
  readonly ticks: readonly { readonly region: number; readonly x: number; readonly y: number }[];
}

export const LEFT = 58;
const NARROWEST = 6;
const WIDEST = 26;
const LOWEST = 12;
const HIGHEST = 20;
const LANE_GAP = 2;
/** Above a band: the numbers of its regions. */
const NUMBERS = 16;
const BAND_GAP = 8;
/** Bands that are not the only one end at a round number of cells. */
const ROUND = 16;
/** Room of a number, in pixels. */
const TICK_ROOM = 64;

/** As few bands as cells of a readable width allow; with cells as wide as they then can be. */
export function layoutRegions(mirror: MirrorState, widthPx: number): RegionLayout {
  const lanes = lanesOf(mirror);
  const count = Math.max(1, mirror.cells.length);
  const { perBand, cellWidth } = cellsPerBand(count, widthPx, WIDEST);
  const laneHeight = Math.min(HIGHEST, Math.max(LOWEST, cellWidth));
  const laneStep = laneHeight + LANE_GAP;
  const bandHeight = NUMBERS + lanes.length * laneStep + BAND_GAP;
  const bands = Array.from({ length: Math.ceil(count / perBand) }, (_, index) => ({
    from: index * perBand,
    to: Math.min(count, (index + 1) * perBand),
    y: index * bandHeight + NUMBERS,
  }));
  return {
    lanes,
    bands,
    cellWidth,
    laneHeight,
    laneStep,
    left: LEFT,
    width: LEFT + Math.min(count, perBand) * cellWidth,
    height: bands.length * bandHeight - BAND_GAP,
    ticks: bands.flatMap((band) => ticksOf(mirror, band, cellWidth)),
  };
}

/** How many cells to a row, and how wide each is. @param widest of a cell, in pixels */
export function cellsPerBand(
  count: number,
  widthPx: number,
  widest: number,
): { readonly perBand: number; readonly cellWidth: number } {
  const room = Math.max(ROUND * NARROWEST, widthPx - LEFT);
  const perBand = perBandOf(count, Math.floor(room / NARROWEST));
  const cellWidth = Math.min(widest, Math.max(NARROWEST, Math.floor(room / perBand)));
  return { perBand, cellWidth };
}

/** @param most that there is room for */
function perBandOf(count: number, most: number): number {
  if (count <= most) return count;
  // All about as long, or the last would be a stump below cells that are narrow for nothing.
  const bands = Math.ceil(count / Math.max(ROUND, Math.floor(most / ROUND) * ROUND));
  return Math.ceil(count / bands / ROUND) * ROUND;
}

function ticksOf(mirror: MirrorState, { from, to, y }: Band, cellWidth: number) {
  let step = 1;
  while (step * cellWidth < TICK_ROOM) step *= 2;
  const ticks: RegionLayout['ticks'][number][] = [];
  for (let cell = from; cell < to; cell += step) {
    const [region] = regionsOf(mirror, cell);
    ticks.push({ region, x: LEFT + (cell - from) * cellWidth, y });
  }
  return ticks;
}

/** What is asked of a map to find its cells. */
export interface CellRows extends Pick<RegionLayout, 'bands' | 'left' | 'cellWidth' | 'laneStep'> {
  readonly lanes: readonly unknown[];
}

export interface CellPlace {
  readonly x: number;
  readonly y: number;
}

/** The upper left corner; undefined: there is no such cell. @param lane index into lanes */
export function placeOfCell(
  { bands, left, cellWidth, laneStep }: CellRows,
  lane: number,
  cell: number,
): CellPlace | undefined {
  const band = bands.find(({ from, to }) => cell >= from && cell < to);
  return band && { x: left + (cell - band.from) * cellWidth, y: band.y + lane * laneStep };
}

export interface Spot {
  /** Index into lanes. */
  readonly lane: number;
  readonly cell: number;
}

/** What lies under a pixel; undefined: names, numbers or a gap between bands. */
export function spotAt(layout: CellRows, x: number, y: number): Spot | undefined {
  const { bands, lanes, left, cellWidth, laneStep } = layout;
  const band = bands.findLast((one) => y >= one.y);
  if (!band || x < left) return undefined;
  const lane = Math.floor((y - band.y) / laneStep);
  const cell = band.from + Math.floor((x - left) / cellWidth);
  return lane < lanes.length && cell < band.to ? { lane, cell } : undefined;
}

/** Where a key leads; undefined: not a key of the map. @param page cells of a band */
export function spotAfter(
  { lanes, bands }: CellRows,
  { lane, cell }: Spot,
  key: string,
): Spot | undefined {
  const last = (bands.at(-1)?.to ?? 1) - 1;
  const page = (bands[0]?.to ?? 1) - (bands[0]?.from ?? 0);
  const within = (to: number): Spot => ({ lane, cell: Math.min(last, Math.max(0, to)) });
  switch (key) {
    case 'ArrowRight':
      return within(cell + 1);
    case 'ArrowLeft':
      return within(cell - 1);
    case 'PageDown':
      return within(cell + page);
    case 'PageUp':
      return within(cell - page);
    case 'Home':
      return within(0);
    case 'End':
      return within(last);
    case 'ArrowDown':
      return { cell, lane: Math.min(lanes.length - 1, lane + 1) };
    case 'ArrowUp':
      return { cell, lane: Math.max(0, lane - 1) };
    default:
      return undefined;
  }
}
