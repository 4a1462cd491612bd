/** What stands on the cards of the device tree, and how large that makes them. */
import type { DiskFault } from '../../core/contract/faults.ts';
import type { DiskState, DmDeviceState, PvState, TargetState } from '../../core/contract/state.ts';
import { notesOf, type CardNote } from './card-notes.ts';
import type { Role } from './mirror-table.ts';
import type { SnapshotUse } from './snapshot-notes.ts';

/** A card before it has a place. Lengths in pixels. */
export interface CardFace {
  readonly id: string;
  readonly kind: 'device' | 'disk';
  readonly title: string;
  readonly devno: string;
  /** Table lines of a device; size of a disk. */
  readonly lines: readonly string[];
  /** Lines of the table that waits in the inactive slot, on a card behind. */
  readonly inactive: readonly string[];
  /** What it is to mirrors and snapshots; below its table. */
  readonly notes: readonly CardNote[];
  readonly suspended: boolean;
  /** Whether every I/O fails: a table of `error` alone, or a disk that cannot be used. */
  readonly failing: boolean;
  /** A PV that no disk carries: the place where one is missing. */
  readonly lost: boolean;
  readonly readOnly: boolean;
  readonly openCount: number;
  /** I/Os under way and held back. */
  readonly inFlight: number;
  readonly queued: number;
  readonly width: number;
  /** Of the card in front. */
  readonly faceHeight: number;
  /** With the card behind. */
  readonly height: number;
}

export const CARD_WIDTH = 216;
export const CARD_GAP = 20;
/** Between the lines of one rank. */
export const LINE_GAP = 28;
/** Two of them take the room of a device. */
const DISK_WIDTH = (CARD_WIDTH - CARD_GAP) / 2;
/** How far the card behind looks out to the right. */
export const BEHIND = 8;
const HEAD = 34;
export const LINE = 16;
/** Longer tables say how much more there is. */
const LINES_SHOWN = 4;

/**
 * @param roles what mirrors use it as
 * @param use what snapshots use it as
 */
export function deviceCard(
  device: DmDeviceState,
  roles: readonly Role[] = [],
  use?: SnapshotUse,
): CardFace {
  const live = tableLines(device.live);
  const lines = live.length > 0 ? live : [device.live ? 'empty live table' : 'no live table'];
  const inactive = tableLines(device.inactive);
  const notes = notesOf(device, roles, use);
  const faceHeight = HEAD + (lines.length + notes.length) * LINE + 8;
  const { name, devno, suspended, readOnly, openCount, inFlight, queued } = device;
  return {
    id: name,
    kind: 'device',
    title: name,
    devno,
    lines,
    inactive,
    notes,
    suspended,
    failing: device.live?.every(({ type }) => type === 'error') === true && live.length > 0,
    lost: false,
    readOnly,
    openCount,
    inFlight,
    queued,
    width: CARD_WIDTH,
    faceHeight,
    height: faceHeight + (inactive.length > 0 ? (inactive.length + 1) * LINE + 8 : 0),
  };
}

/** A disk, or the place of one that is missing. */
export interface TreeDisk extends DiskState {
  /** The id of the PV that no disk carries. */
  readonly lostPv?: string;
}

/** The missing PV as a disk that cannot be used. @param index among those without a disk */
export const lostDisk = (pv: PvState, index: number): TreeDisk => ({
  path: pv.device,
  // A number that no disk has.
  devno: `0:${index}`,
  size: pv.deviceSize,
  mode: 'read-only',
  image: '',
  problem: 'missing',
  lostPv: pv.id,
});

export function diskCard(disk: TreeDisk): CardFace {
  const faceHeight = HEAD + LINE + 8;
  return {
    id: disk.lostPv ?? disk.path,
    kind: 'disk',
    title: disk.path,
    devno: disk.devno,
    lines: [lineOf(disk)],
    inactive: [],
    notes: [],
    suspended: false,
    failing: disk.problem !== undefined || isFailing(disk),
    lost: disk.lostPv !== undefined,
    readOnly: disk.mode === 'read-only' && disk.lostPv === undefined,
    openCount: 0,
    inFlight: 0,
    queued: 0,
    width: DISK_WIDTH,
    faceHeight,
    height: faceHeight,
  };
}

/** What is broken on a disk, in a word; the worst first. */
const FAULTS: readonly (readonly [DiskFault['kind'], string])[] = [
  ['gone', 'gone'],
  ['errors', 'errors'],
  ['drops-writes', 'lossy'],
  ['slow', 'slow'],
];

const isFailing = ({ faults = [] }: TreeDisk): boolean =>
  faults.some(({ kind }) => kind === 'gone' || kind === 'errors');

function lineOf({ problem, faults, lostPv, size }: TreeDisk): string {
  if (lostPv !== undefined) return 'missing';
  const worst = FAULTS.find(([kind]) => faults?.some((fault) => fault.kind === kind));
  if (worst) return worst[1];
  return problem === undefined ? shortSize(size) : 'unusable';
}

const UNITS = ['K', 'M', 'G', 'T', 'P', 'E'];

/** At most three digits and one decimal, as lsblk prints sizes: for the narrow card of a disk. */
function shortSize(sectors: number): string {
  let value = sectors / 2;
  let unit = 0;
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${Number(value.toFixed(value < 100 ? 1 : 0))}${UNITS[unit] ?? ''}`;
}

/** As `dmsetup table` prints them; what does not fit is counted. */
function tableLines(targets: readonly TargetState[] | undefined): readonly string[] {
  const lines = (targets ?? []).map(({ start, length, type, params }) =>
    `${start} ${length} ${type} ${params}`.trimEnd(),
  );
  if (lines.length <= LINES_SHOWN) return lines;
  const more = lines.length - LINES_SHOWN + 1;
  return [...lines.slice(0, LINES_SHOWN - 1), `and ${more} targets more`];
}
