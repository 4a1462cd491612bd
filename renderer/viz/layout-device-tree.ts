/** Where the devices of the tree lie: disks at the bottom, what stands on them above. */
import type { DiskState, DmDeviceState } from '../../core/contract/state.ts';

export interface Card {
  readonly id: string;
  readonly kind: 'device' | 'disk';
  readonly title: string;
  readonly devno: string;
  /** Table lines of a device; size and image of a disk. */
  readonly lines: readonly string[];
  /** Lines of the table that waits in the inactive slot. */
  readonly inactive: readonly string[];
  readonly suspended: boolean;
  readonly openCount: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Link {
  readonly from: string;
  readonly to: string;
  readonly path: string;
}

export interface DeviceTree {
  readonly cards: readonly Card[];
  readonly links: readonly Link[];
  readonly width: number;
  readonly height: number;
}

const WIDTH = 208;
const GAP = 20;
const RANK_GAP = 56;
const HEAD = 34;
const LINE = 16;
const MARGIN = 16;
/** Longer tables say how much more there is. */
const LINES_SHOWN = 4;

type Draft = Omit<Card, 'x' | 'y'>;

/**
 * Ranks by depth; inside a rank the order of names, which stays when others come and go. A rank that
 * is wider than `widthPx` takes several lines.
 */
export function layoutDeviceTree(
  devices: readonly DmDeviceState[],
  disks: readonly DiskState[],
  widthPx: number,
): DeviceTree {
  const byNumber = new Map(devices.map((device) => [device.devno as string, device]));
  const rank = (device: DmDeviceState): number =>
    1 + Math.max(0, ...device.deps.map((devno) => depth(byNumber.get(devno), rank)));
  const ranks = new Map<number, Draft[]>([[0, disks.map(diskCard)]]);
  for (const device of devices) {
    const level = rank(device);
    ranks.set(level, [...(ranks.get(level) ?? []), deviceCard(device)]);
  }
  const rows = [...ranks.entries()].sort(([a], [b]) => b - a).map(([, row]) => row);
  const perLine = Math.max(1, Math.floor((widthPx - 2 * MARGIN + GAP) / (WIDTH + GAP)));
  const cards = placed(rows, perLine);
  const width = Math.max(0, ...cards.map((card) => card.x + card.width)) + MARGIN;
  const height = Math.max(0, ...cards.map((card) => card.y + card.height)) + MARGIN;
  return { cards, links: linksOf(devices, cards), width, height };
}

const depth = (device: DmDeviceState | undefined, rank: (one: DmDeviceState) => number): number =>
  device ? rank(device) : 0;

function placed(rows: readonly (readonly Draft[])[], perLine: number): readonly Card[] {
  let y = MARGIN;
  return rows.flatMap((row) => {
    const cards: Card[] = [];
    for (let at = 0; at < row.length; at += perLine) {
      const line = row.slice(at, at + perLine);
      cards.push(...line.map((card, index) => ({ ...card, x: MARGIN + index * (WIDTH + GAP), y })));
      const last = at + perLine >= row.length;
      y += Math.max(...line.map((card) => card.height)) + (last ? RANK_GAP : GAP);
    }
    return cards;
  });
}

function deviceCard(device: DmDeviceState): Draft {
  const text = (targets: DmDeviceState['live']): string[] =>
    (targets ?? []).map(
      ({ start, length, type, params }) => `${start} ${length} ${type} ${params}`,
    );
  const lines = shortened(text(device.live));
  const { name, devno, suspended, openCount } = device;
  return {
    id: name,
    kind: 'device',
    title: name,
    devno,
    lines: lines.length > 0 ? lines : ['no live table'],
    inactive: shortened(text(device.inactive)),
    suspended,
    openCount,
    width: WIDTH,
    height: HEAD + Math.max(1, lines.length) * LINE + 8,
  };
}

function shortened(lines: readonly string[]): readonly string[] {
  if (lines.length <= LINES_SHOWN) return lines;
  const more = lines.length - LINES_SHOWN + 1;
  return [...lines.slice(0, LINES_SHOWN - 1), `and ${more} targets more`];
}

function diskCard(disk: DiskState): Draft {
  const size = `${(disk.size / 2048).toLocaleString('en')} MiB · ${disk.image}`;
  return {
    id: disk.path,
    kind: 'disk',
    title: disk.path,
    devno: disk.devno,
    lines: [disk.problem ?? size],
    inactive: [],
    suspended: false,
    openCount: 0,
    width: WIDTH,
    height: HEAD + LINE + 8,
  };
}

function linksOf(devices: readonly DmDeviceState[], cards: readonly Card[]): readonly Link[] {
  const byNumber = new Map(cards.map((card) => [card.devno, card]));
  return devices.flatMap((device) => {
    const from = byNumber.get(device.devno);
    return device.deps.flatMap((devno, index) => {
      const to = byNumber.get(devno);
      if (!from || !to) return [];
      const share = (index + 1) / (device.deps.length + 1);
      const [x1, y1] = [from.x + from.width * share, from.y + from.height];
      const [x2, y2] = [to.x + to.width / 2, to.y];
      const middle = (y1 + y2) / 2;
      return [{ from: from.id, to: to.id, path: curve(x1, y1, x2, y2, middle) }];
    });
  });
}

const curve = (x1: number, y1: number, x2: number, y2: number, middle: number): string =>
  `M${x1},${y1} C${x1},${middle} ${x2},${middle} ${x2},${y2}`;
