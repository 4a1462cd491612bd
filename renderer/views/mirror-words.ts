/** Mirrors, their legs and their regions in words. */
import type { MirrorHealth, MirrorLegState, MirrorState } from '../../core/contract/mirrors.ts';
import type { LabState } from '../../core/contract/state.ts';
import { belowOf, volumeOfDevice } from '../state/mirrors.ts';
import {
  cellKind,
  regionsOf,
  sectorsOf,
  syncPercent,
  type CellKind,
  type Lane,
} from '../viz/region-cells.ts';
import { sizeText } from '../widgets/size-text.ts';
import { range, timeWords } from './number-words.ts';

/** What the letters of `dmsetup status` stand for. */
const HEALTH: Readonly<Record<MirrorHealth, string>> = {
  A: 'alive',
  D: 'a write failed',
  F: 'a flush failed',
  S: 'a copy failed',
  R: 'a read failed',
  U: 'not known',
};

/** `D: a write failed`. */
export const healthWords = (health: MirrorHealth): string => `${health}: ${HEALTH[health]}`;

/** `D: a write failed, dropped`. */
export const legWords = ({ health, dropped }: MirrorLegState): string =>
  dropped ? `${healthWords(health)}, dropped` : healthWords(health);

/** `20 of 32 regions in sync, 62 %`. */
export const syncWords = (mirror: MirrorState): string =>
  `${mirror.inSync.toLocaleString('en')} of ${mirror.regions.toLocaleString('en')} regions ` +
  `in sync, ${syncPercent(mirror)} %`;

/**
 * `4.0 regions a second, at most 4; 12 s left`; nothing of a mirror that is in sync.
 * @param rate regions a second lately; undefined: not known
 * @param beyond regions that are copied behind those of this mirror
 */
export function paceWords(mirror: MirrorState, rate: number | undefined, beyond = 0): string {
  const { inSync, regions, limit, waits, held } = mirror;
  // With a leg that failed nothing is copied until it is repaired, and that is said already.
  if (inSync >= regions || held > 0) return '';
  if (waits) return 'held: nothing is copied until it goes on';
  if (limit === 0) return 'stopped by the throttle';
  const most = limit === undefined ? '' : `at most ${limit.toLocaleString('en')}`;
  if (rate === undefined || rate <= 0) return most === '' ? '' : `${most} regions a second`;
  const left = `${timeWords((regions - inSync + beyond) / rate)} left`;
  const now = `${rateText(rate)} regions a second`;
  return `${[now, most].filter(Boolean).join(', ')}; ${left}`;
}

/** The same where there is little room: `4.0 regions/s, 12 s left`. */
export function shortPace(mirror: MirrorState, rate: number | undefined): string {
  const { inSync, regions, limit, waits, held } = mirror;
  if (inSync >= regions || held > 0) return '';
  if (waits) return 'held';
  if (limit === 0) return 'stopped by the throttle';
  if (rate === undefined || rate <= 0) return 'being copied';
  return `${rateText(rate)} regions/s, ${timeWords((regions - inSync) / rate)} left`;
}

/** `0.02`, `4.0`, `1,200`. */
function rateText(rate: number): string {
  if (rate < 1) return String(Number(rate.toPrecision(1)));
  return rate < 10 ? rate.toFixed(1) : Math.round(rate).toLocaleString('en');
}

/** `32 regions of 512.00 KiB`. */
export const sizeWords = ({ regions, regionSize }: MirrorState): string =>
  `${regions === 1 ? '1 region' : `${regions.toLocaleString('en')} regions`} ` +
  `of ${sizeText(regionSize)}`;

/** Nothing where none waits. */
export const heldWords = ({ held }: MirrorState): string => {
  if (held === 0) return '';
  return held === 1 ? '1 write held' : `${held.toLocaleString('en')} writes held`;
};

/** In the order of the legend. */
export const KIND_WORDS: Readonly<Record<CellKind, string>> = {
  clean: 'clean',
  dirty: 'dirty',
  source: 'recovering: read',
  target: 'recovering: written',
  only: 'the only one with the data',
  lacking: 'out of sync',
  gone: 'takes no part',
};

const LOG_WORDS: Partial<Readonly<Record<CellKind, string>>> = {
  clean: 'marked clean',
  dirty: 'marked dirty',
  gone: 'failed',
};

/** What a lane has of a cell. */
function kindWords(mirror: MirrorState, lane: Lane, cell: number): string {
  const kind = cellKind(mirror, lane, cell);
  return (lane.kind === 'log' ? LOG_WORDS[kind] : undefined) ?? KIND_WORDS[kind];
}

/** What a letter of the cells says of the regions as a whole. */
export const LETTER_WORDS: Readonly<Record<string, string>> = {
  c: 'clean',
  d: 'dirty',
  n: 'out of sync',
  r: 'recovering',
};

/** `region 12`, `regions 12-15`. */
export const regionWords = (mirror: MirrorState, first: number, last = first): string =>
  range('region', regionsOf(mirror, first)[0], regionsOf(mirror, last)[1]);

/** `leg 1`, `log`. */
const laneWords = (lane: Lane): string => (lane.kind === 'log' ? 'log' : `leg ${lane.leg}`);

/** Logical extents of the mirror's volume that a cell is in; undefined: it is no volume's. */
export function extentsOf(
  lab: LabState,
  mirror: MirrorState,
  cell: number,
): readonly [first: number, last: number] | undefined {
  const found = volumeOfDevice(lab, mirror.device);
  if (!found) return undefined;
  const [first, last] = sectorsOf(mirror, cell).map((sector) =>
    Math.floor(sector / found.vg.extentSize),
  );
  return [first ?? 0, last ?? 0];
}

/** Where the first sector of a cell lies on the PV of a leg: `PE 3 of /dev/sda`. */
function placeWords(lab: LabState, mirror: MirrorState, leg: number, cell: number): string {
  const devno = mirror.legs[leg]?.devno;
  const name = devno && belowOf(lab, devno).device;
  const found = name === undefined ? undefined : volumeOfDevice(lab, name);
  if (!found) return '';
  const le = Math.floor((sectorsOf(mirror, cell)[0] - mirror.start) / found.vg.extentSize);
  for (const { start, count, areas } of found.lv.segments) {
    const [area] = areas;
    if (areas.length !== 1 || area?.on !== 'pv' || le < start || le >= start + count) continue;
    return `PE ${area.start + le - start} of ${area.device}`;
  }
  return '';
}

/** `region 12, leg 1: out of sync · sectors 12,288-13,311 · LE 1 · PE 4 of /dev/sdb`. */
export function describeCell(lab: LabState, mirror: MirrorState, lane: Lane, cell: number): string {
  const [first, last] = sectorsOf(mirror, cell);
  const extents = extentsOf(lab, mirror, cell);
  const read = isLastRead(mirror, lane, cell) ? ', last read here' : '';
  return [
    `${regionWords(mirror, cell)}, ${laneWords(lane)}: ${kindWords(mirror, lane, cell)}${read}`,
    range('sector', first, last),
    extents ? `LE ${extents[0]}${extents[0] === extents[1] ? '' : `-${extents[1]}`}` : '',
    lane.kind === 'leg' ? placeWords(lab, mirror, lane.leg, cell) : '',
  ]
    .filter(Boolean)
    .join(' · ');
}

function isLastRead(mirror: MirrorState, lane: Lane, cell: number): boolean {
  const { lastRead } = mirror;
  if (!lastRead || lane.kind === 'log' || lane.leg !== lastRead.leg) return false;
  const [first, last] = regionsOf(mirror, cell);
  return lastRead.region >= first && lastRead.region <= last;
}

/** What should be told of a change: what failed or is well again, every tenth of a sync. */
export function newsOf(
  before: MirrorState | undefined,
  after: MirrorState,
  name: string,
): string | undefined {
  if (!before) return undefined;
  for (const [index, leg] of after.legs.entries()) {
    const was = before.legs[index];
    if (was && was.devno === leg.devno && legWords(was) !== legWords(leg)) {
      return `Leg ${index} of ${name}: ${legWords(leg)}.`;
    }
  }
  const [old, log] = [before.log, after.log];
  if (old.kind === 'disk' && log.kind === 'disk' && old.health !== log.health) {
    return `Log of ${name}: ${healthWords(log.health)}.`;
  }
  const [from, to] = [syncPercent(before), syncPercent(after)];
  if (to === 100 && from < 100) return `${name} is in sync.`;
  return Math.floor(from / 10) === Math.floor(to / 10)
    ? undefined
    : `${name}: ${syncWords(after)}.`;
}
