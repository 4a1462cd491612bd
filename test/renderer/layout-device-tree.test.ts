import { describe, expect, test } from 'vitest';
import type { DmDeviceState } from '../../core/contract/state.ts';
import { layoutDeviceTree, type Card } from '../../renderer/viz/layout-device-tree.ts';
import { device, disk } from './support/lab.ts';

const disks = [disk('a', 0), disk('b', 16)];
const home = device('vg-home', 0, [['8:0', 2048]]);
const log = device('vg-log', 1, [['8:0', 10240]]);
const top = device('vg-top', 2, [
  ['253:0', 0],
  ['8:16', 2048],
]);

const card = (cards: readonly Card[], id: string): Card => {
  const found = cards.find((one) => one.id === id);
  if (!found) throw new Error(`${id} has no card`);
  return found;
};

describe('ranks', () => {
  const tree = layoutDeviceTree([home, log, top], disks, 1000);

  test('disks are at the bottom, a device above all that it stands on', () => {
    const y = (id: string): number => card(tree.cards, id).y;
    expect(y('vg-top')).toBeLessThan(y('vg-home'));
    expect(y('vg-home')).toBe(y('vg-log'));
    expect(y('vg-home')).toBeLessThan(y('/dev/sda'));
    expect(y('/dev/sda')).toBe(y('/dev/sdb'));
  });

  test('what several devices share is there once', () => {
    expect(tree.cards.filter(({ id }) => id === '/dev/sda')).toHaveLength(1);
    expect(tree.links.map(({ from, to }) => `${from} ${to}`).sort()).toEqual([
      'vg-home /dev/sda',
      'vg-log /dev/sda',
      'vg-top /dev/sdb',
      'vg-top vg-home',
    ]);
  });

  test('a circle, which cannot be, does not hang', () => {
    const a = device('a', 7, [['253:8', 0]]);
    const b = device('b', 8, [['253:7', 0]]);
    expect(layoutDeviceTree([a, b], [], 1000).cards).toHaveLength(2);
  });
});

describe('order', () => {
  test('by disk and sector, so that a newcomer moves nothing before it', () => {
    const late = device('vg-a', 9, [['8:16', 2048]]);
    const before = layoutDeviceTree([home, log], disks, 1000);
    const after = layoutDeviceTree([late, home, log], disks, 1000);
    for (const id of ['vg-home', 'vg-log']) {
      expect(card(after.cards, id).x).toBe(card(before.cards, id).x);
    }
    expect(card(after.cards, 'vg-a').x).toBeGreaterThan(card(after.cards, 'vg-log').x);
  });

  test('a rank that is too wide takes several lines, and no two cards overlap', () => {
    const many = Array.from({ length: 12 }, (_, index) =>
      device(`vg-${index}`, index, [['8:0', index * 100]]),
    );
    const { cards, width } = layoutDeviceTree(many, disks, 700);
    expect(width).toBeLessThanOrEqual(732);
    for (const one of cards) {
      for (const other of cards) {
        if (one === other) continue;
        const apart =
          one.x + one.width <= other.x ||
          other.x + other.width <= one.x ||
          one.y + one.height <= other.y ||
          other.y + other.height <= one.y;
        expect(apart, `${one.id} and ${other.id}`).toBe(true);
      }
    }
  });

  test('a link past other lines runs through the gap, not behind a card', () => {
    const many = Array.from({ length: 6 }, (_, index) =>
      device(`vg-${index}`, index, [['8:0', index * 100]]),
    );
    const { cards, links } = layoutDeviceTree(many, disks, 700);
    const upper = links.find(({ from }) => from === 'vg-1');
    // The long vertical piece: M x1,y1 L/A ... at the x of the gap.
    const xs = [...(upper?.path.matchAll(/[ML](-?[\d.]+),/g) ?? [])].map((hit) => Number(hit[1]));
    const gap = xs[3] ?? NaN;
    const blocked = cards.filter((one) => one.line === 1 && one.x < gap && gap < one.x + one.width);
    expect(gap).toBeGreaterThan(0);
    expect(blocked).toEqual([]);
  });
});

describe('cards', () => {
  const face = (changes: Partial<DmDeviceState>): Card =>
    card(layoutDeviceTree([{ ...home, ...changes }], disks, 1000).cards, 'vg-home');

  test('they print the live table as dmsetup does', () => {
    expect(face({}).lines).toEqual(['0 100 linear 8:0 2048']);
  });

  test('a table in the inactive slot makes a second card behind the first', () => {
    const plain = face({});
    const loaded = face({ inactive: log.live ?? [] });
    expect(loaded.inactive).toEqual(['0 100 linear 8:0 10240']);
    expect(loaded.faceHeight).toBe(plain.height);
    expect(loaded.height).toBeGreaterThan(loaded.faceHeight);
  });

  test('a device without a table says so', () => {
    const { live: _, ...bare } = home;
    const { cards } = layoutDeviceTree([{ ...bare, deps: [] }], disks, 1000);
    expect(card(cards, 'vg-home').lines).toEqual(['no live table']);
  });

  test('a long table is cut and counted', () => {
    const long = device(
      'vg-home',
      0,
      Array.from({ length: 9 }, (_, i) => ['8:0', i] as const),
    );
    const { cards } = layoutDeviceTree([long], disks, 1000);
    expect(card(cards, 'vg-home').lines.slice(2)).toEqual([
      '200 100 linear 8:0 2',
      'and 6 targets more',
    ]);
  });
});

test('a disk that somebody broke says how; one that is only slow still works', () => {
  const faults = [{ kind: 'slow', millis: 50 }] as const;
  const broken = { ...disk('a', 0), faults: [...faults, { kind: 'gone' } as const] };
  const { cards } = layoutDeviceTree([], [broken, { ...disk('b', 16), faults }], 1000);
  expect(cards.map(({ lines, failing }) => [...lines, failing])).toEqual([
    ['gone', true],
    ['slow', false],
  ]);
});
