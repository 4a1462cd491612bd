/** Where the devices of the tree lie: disks at the bottom, what stands on them above. */
import type { DmDeviceState } from '../../core/contract/state.ts';
import {
  CARD_GAP,
  CARD_WIDTH,
  deviceCard,
  diskCard,
  LINE_GAP,
  type CardFace,
  type TreeDisk,
} from './device-cards.ts';
import { rolesOf } from './mirror-table.ts';
import { usesOf } from './snapshot-notes.ts';
import { routeLinks, type Link } from './route-links.ts';

/** A card with its place: `x` and `y` of its upper left corner. */
export interface Card extends CardFace {
  readonly x: number;
  readonly y: number;
  /** Lines of cards, counted from the top; a rank may take several. */
  readonly line: number;
}

export interface DeviceTree {
  readonly cards: readonly Card[];
  readonly links: readonly Link[];
  readonly width: number;
  readonly height: number;
}

/** Between ranks: room for links to cross. */
const RANK_GAP = 64;
/** Links pass between the outermost cards and the edge, too. */
const MARGIN = 20;
/** Above the uppermost cards: room for the gate of a suspended device. */
const TOP = 26;

/**
 * Ranks by depth; inside a rank by the disk and sector where a device begins, so that it keeps
 * its place when others come and go. A rank wider than `widthPx` takes several lines; Infinity
 * keeps every rank on one, with the disks spread below the widest.
 *
 * @param places of devices that keep the one they had, whatever they map now
 */
export function layoutDeviceTree(
  devices: readonly DmDeviceState[],
  disks: readonly TreeDisk[],
  widthPx: number,
  places: Places = new Map(),
): DeviceTree {
  const ranked = ranksOf(devices);
  const roles = rolesOf(devices);
  const uses = usesOf(devices);
  const faceOf = (device: DmDeviceState): CardFace =>
    deviceCard(device, roles.get(device.devno), uses.get(device.devno));
  const highest = Math.max(0, ...ranked.values());
  const rows: CardFace[][] = [];
  for (let rank = highest; rank >= 1; rank--) {
    const members = devices.filter(({ name }) => ranked.get(name) === rank);
    rows.push(members.toSorted(byPlace(places)).map(faceOf));
  }
  rows.push(disks.map(diskCard));
  const cards = placed(rows, Math.max(CARD_WIDTH, widthPx - 2 * MARGIN));
  return linked(devices, widthPx === Infinity ? spread(cards) : cards);
}

/** Cards that have their places, with the lines between them. */
export function linked(devices: readonly DmDeviceState[], cards: readonly Card[]): DeviceTree {
  const width = Math.max(0, ...cards.map((card) => card.x + card.width)) + MARGIN;
  const height = Math.max(0, ...cards.map((card) => card.y + card.height)) + MARGIN;
  return { cards, links: routeLinks(devices, cards), width, height };
}

/** 1 above disks alone, otherwise one more than the highest device below. */
function ranksOf(devices: readonly DmDeviceState[]): ReadonlyMap<string, number> {
  const byNumber = new Map<string, DmDeviceState>(devices.map((device) => [device.devno, device]));
  const ranks = new Map<string, number>();
  const rank = (device: DmDeviceState): number => {
    const known = ranks.get(device.name);
    if (known !== undefined) return known;
    // Against a circle, which device-mapper refuses to make.
    ranks.set(device.name, 1);
    const below = device.deps.map((devno) => byNumber.get(devno));
    const found = 1 + Math.max(0, ...below.map((one) => (one ? rank(one) : 0)));
    ranks.set(device.name, found);
    return found;
  };
  for (const device of devices) rank(device);
  return ranks;
}

/** Numbers to order the devices of a rank by, by number of the device. */
export type Places = ReadonlyMap<string, readonly number[]>;

const byPlace =
  (places: Places) =>
  (a: DmDeviceState, b: DmDeviceState): number => {
    const [left, right] = [a, b].map((one) => places.get(one.devno) ?? placeOf(one));
    for (const [index, value] of left?.entries() ?? []) {
      const other = right?.[index] ?? 0;
      if (value !== other) return value - other;
    }
    return a.name < b.name ? -1 : 1;
  };

/** Disk and sector where the first table begins; behind all others where there is none. */
export function placeOf({ live, inactive }: DmDeviceState): readonly number[] {
  const range = [live, inactive].flatMap(
    (table) => table?.flatMap(({ ranges }) => ranges) ?? [],
  )[0];
  if (!range) return [Infinity, Infinity, Infinity];
  const [major, minor] = range.devno.split(':');
  return [Number(major), Number(minor), range.start];
}

function placed(rows: readonly (readonly CardFace[])[], widthPx: number): readonly Card[] {
  const cards: Card[] = [];
  let y = TOP;
  let line = 0;
  for (const row of rows) {
    const width = row[0]?.width ?? CARD_WIDTH;
    const perLine = Math.max(1, Math.floor((widthPx + CARD_GAP) / (width + CARD_GAP)));
    for (let at = 0; at < row.length; at += perLine) {
      const faces = row.slice(at, at + perLine);
      for (const [index, face] of faces.entries()) {
        cards.push({ ...face, x: MARGIN + index * (width + CARD_GAP), y, line });
      }
      const last = at + perLine >= row.length;
      y += Math.max(...faces.map((face) => face.height)) + (last ? RANK_GAP : LINE_GAP);
      line++;
    }
  }
  return cards;
}

/** Disks far apart under a wide rank, or the links to them would all lie upon each other. */
function spread(cards: readonly Card[]): readonly Card[] {
  const right = Math.max(0, ...cards.map((card) => card.x + card.width));
  const disks = cards.filter(({ kind }) => kind === 'disk');
  const step = disks[0] ? (right - MARGIN - disks[0].width) / Math.max(1, disks.length - 1) : 0;
  return cards.map((card) => {
    const at = disks.indexOf(card);
    return at < 0 ? card : { ...card, x: MARGIN + at * Math.max(step, card.width + CARD_GAP) };
  });
}
