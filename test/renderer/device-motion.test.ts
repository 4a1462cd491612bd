/** The motion of the device tree: a function of its queue and the time, ending as the engine. */
import { describe, expect, test } from 'vitest';
import type { EventBody } from '../../core/contract/events.ts';
import type { DmDeviceState } from '../../core/contract/state.ts';
import { Prng } from '../../core/env/prng.ts';
import { project } from '../../renderer/state/project.ts';
import {
  followed,
  frameAt,
  lastOf,
  settled,
  still,
  type Motion,
} from '../../renderer/viz/device-motion.ts';
import { keyOf, treeAt } from '../../renderer/viz/moving-tree.ts';
import { device, disk, lab } from './support/lab.ts';

const disks = [disk('a', 0), disk('b', 16)];
const home = device('vg-home', 0, [['8:0', 2048]]);
const db = device('vg-db', 1, [['8:16', 2048]]);
const waiting = device('x', 9, [['8:0', 4096]]).live ?? [];
const told = (one: DmDeviceState): EventBody => ({ kind: 'device', device: one });
const follow = (motion: Motion, bodies: readonly EventBody[], now: number): Motion =>
  bodies.reduce((all, body) => followed(all, body, now), motion);

/** What the engine would announce next, of all that a table and a gate can do. */
function randomEvent(random: Prng, devices: readonly DmDeviceState[]): readonly EventBody[] {
  const free = Array.from({ length: 8 }, (_, n) => n).find(
    (n) => !devices.some(({ devno }) => devno === `253:${n}`),
  );
  const fresh = device(`vg-${random.below(1000)}-${free ?? 0}`, free ?? 0, [
    [random.pick(['8:0', '8:16']), random.below(9) * 2048],
  ]);
  const one = devices.length > 0 ? random.pick(devices) : undefined;
  if (!one || (free !== undefined && random.chance(15)))
    return free === undefined ? [] : [told(fresh)];
  const { inactive, ...bare } = one;
  switch (random.below(9)) {
    case 0:
      return [{ kind: 'device-removed', name: one.name }];
    case 1:
      return [
        { kind: 'device-removed', name: one.name },
        told({ ...one, name: `vg-renamed-${random.below(1000)}` }),
      ];
    case 2:
      return [told({ ...one, inactive: fresh.live ?? [] })];
    case 3:
      return [told(bare)];
    case 4:
      return [told({ ...one, suspended: true })];
    case 5:
      return [told({ ...bare, suspended: false, ...(inactive ? { live: inactive } : {}) })];
    case 6:
      return [told({ ...one, openCount: random.below(3), inFlight: random.below(3) })];
    case 7:
      return [{ kind: 'io', counts: [{ name: one.name, inFlight: random.below(9), queued: 1 }] }];
    default:
      return [{ kind: 'vg-removed', vg: 'other', id: 'other' }];
  }
}

describe('random sequences', () => {
  test.each(Array.from({ length: 60 }, (_, seed) => seed))('seed %i', (seed) => {
    const random = new Prng(seed);
    let state = { ...lab, devices: [home, db].toSorted((a, b) => (a.name < b.name ? -1 : 1)) };
    let motion = still(state.devices);
    let now = 100;
    for (let round = 0; round < 40; round++) {
      now += random.below(500);
      for (const body of randomEvent(random, state.devices)) {
        state = { ...project(state, { seq: state.seq + 1, timeMicros: 0, body }) } as typeof state;
        motion = followed(motion, body, now);
      }
      expect(lastOf(motion)).toEqual(state.devices);
      chained(motion, now);
      pure(motion, now, random);
    }
    const over = settled(motion, now + 60_000);
    expect(over.steps).toEqual([]);
    expect(over.base).toEqual(state.devices);
    const end = frameAt(motion, now + 60_000);
    expect([end.before, end.after, end.progress]).toEqual([state.devices, state.devices, 1]);
  });

  /** Each step begins where the one before ends, and the picture is never far behind. */
  function chained(motion: Motion, now: number): void {
    for (const [index, step] of motion.steps.entries()) {
      const before = motion.steps[index - 1];
      if (before) expect(step.start).toBeCloseTo(before.start + before.length, 6);
      expect(step.before ?? step.after).toBeDefined();
    }
    const last = motion.steps.at(-1);
    // The budget, and the step that was under way.
    if (last) expect(last.start + last.length - now).toBeLessThanOrEqual(2000 + 440 + 1e-6);
  }

  /** Whoever looked in between, and how often, changes nothing of what is seen. */
  function pure(motion: Motion, now: number, random: Prng): void {
    const then = now + random.below(2500);
    const seen = frameAt(motion, then);
    expect(frameAt(motion, then)).toEqual(seen);
    const looked = settled(settled(motion, now), now + random.below(then - now + 1));
    expect(frameAt(looked, then)).toEqual(seen);
    expect(seen.progress).toBeGreaterThanOrEqual(0);
    expect(seen.progress).toBeLessThanOrEqual(1);
    const tree = treeAt(seen, disks, 900);
    expect(new Set(tree.cards.map(keyOf)).size).toBe(tree.cards.length);
  }
});

describe('what an event shows as', () => {
  const moves = (before: readonly DmDeviceState[], ...bodies: EventBody[]): readonly string[] =>
    follow(still(before), bodies, 0).steps.map(({ move }) => move);
  const loaded = { ...home, inactive: waiting };
  const suspended = { ...loaded, suspended: true };
  const swapped = { ...home, live: waiting };

  test('the way of a table: loaded, suspended, swapped', () => {
    expect(moves([home], told(loaded), told(suspended), told(swapped))).toEqual([
      'load',
      'suspend',
      'swap',
    ]);
  });

  test('the same table again is a swap: it no longer waits', () => {
    const again = { ...home, inactive: home.live ?? [], suspended: true };
    expect(moves([again], told(home))).toEqual(['swap']);
  });

  test('dropped, resumed, come, gone', () => {
    expect(moves([loaded], told(home))).toEqual(['clear']);
    expect(moves([{ ...home, suspended: true }], told(home))).toEqual(['resume']);
    expect(moves([], told(home), { kind: 'device-removed', name: 'vg-home' })).toEqual([
      'appear',
      'vanish',
    ]);
  });

  test('a new name is the same card', () => {
    const motion = follow(
      still([home]),
      [{ kind: 'device-removed', name: 'vg-home' }, told({ ...home, name: 'vg-haus' })],
      0,
    );
    expect(motion.steps).toHaveLength(1);
    expect(motion.steps[0]).toMatchObject({ move: 'change', length: 0 });
  });

  test('a table that is swapped for one elsewhere moves no card', () => {
    const away = { ...home, live: device('x', 0, [['8:16', 99999]]).live ?? [] };
    const motion = followed(still([home, db]), told(away), 0);
    const [before, after] = [still([home, db]), settled(motion, 9999)].map(
      (one) => treeAt(frameAt(one, 9999), disks, 900).cards.find(({ id }) => id === 'vg-home')?.x,
    );
    expect(after).toBe(before);
  });

  test('too many to be seen are not played: the picture jumps', () => {
    const many = Array.from({ length: 200 }, (_, n) => told(device(`d${n}`, n, [['8:0', n]])));
    const motion = follow(still([]), many, 0);
    expect(frameAt(motion, 0.001).after.length).toBeGreaterThan(120);
    expect(frameAt(motion, 2001).after).toHaveLength(200);
  });
});

describe('the picture of a step', () => {
  const shown = (body: EventBody, at: number) =>
    treeAt(frameAt(followed(still([home]), body, 0), at), disks, 900);
  const cardOf = (tree: ReturnType<typeof shown>, id: string) =>
    tree.cards.find((card) => card.id === id);

  test('what comes has its place before it is seen', () => {
    const at = (millis: number) => cardOf(shown(told(db), millis), 'vg-db')?.motion?.part;
    expect([at(0), at(60)]).toEqual([0, 0]);
    expect(at(219)).toBeGreaterThan(0.99);
    expect(at(220)).toBeUndefined();
  });

  test('a swap changes the cards, then opens the gate', () => {
    const suspended = { ...home, suspended: true, inactive: waiting };
    const motion = followed(still([suspended]), told({ ...home, live: waiting }), 0);
    const at = (millis: number) =>
      cardOf(treeAt(frameAt(motion, millis), disks, 900), 'vg-home')?.motion;
    expect(at(200)).toMatchObject({ move: 'swap', gate: 0 });
    expect(at(200)?.part).toBeGreaterThan(0.5);
    expect(at(439)?.gate).toBeGreaterThan(0.99);
    expect(at(200)?.was.inactive).toHaveLength(1);
  });

  test('what goes is still there until it has gone', () => {
    const gone: EventBody = { kind: 'device-removed', name: 'vg-home' };
    expect(cardOf(shown(gone, 100), 'vg-home')).toBeDefined();
    expect(cardOf(shown(gone, 221), 'vg-home')).toBeUndefined();
  });
});

test('requests under way are counted at once, and cut short no step that is played', () => {
  const swap = follow(still([db, home]), [told({ ...home, inactive: waiting })], 0);
  const counts = [{ name: 'vg-home', inFlight: 3, queued: 2 }];
  const counted = followed(swap, { kind: 'io', counts }, 100);
  expect(frameAt(counted, 100)).toMatchObject({
    step: { move: 'load' },
    before: [{ inFlight: 0 }, { name: 'vg-home', inFlight: 3 }],
    after: [{ inFlight: 0 }, { name: 'vg-home', inFlight: 3, queued: 2 }],
  });
});
