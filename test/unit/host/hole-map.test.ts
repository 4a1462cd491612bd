/** The map may call a hole data, never the other way round. */
import { expect, test } from 'vitest';
import { sectors } from '../../../core/base/units.ts';
import { Prng } from '../../../core/env/prng.ts';
import { HoleMap, type FileRun } from '../../../core/host/hole-map.ts';

const UNIT = 256;
/** Units of the file: 3 GiB. */
const UNITS = 24_576;

test('without anything learned all is data, and after it what is not stored is a hole', () => {
  const map = new HoleMap();
  expect(map.allocation(5, 10)).toEqual([{ start: 5, count: 10, kind: 'data' }]);
  map.learn([{ start: 100, end: 200 }]);
  expect(map.allocation(50, 200)).toEqual([
    { start: 50, count: 50, kind: 'hole' },
    { start: 100, count: 100, kind: 'data' },
    { start: 200, count: 50, kind: 'hole' },
  ]);
  expect(map.allocation(2 ** 50, sectors(2 ** 40))).toEqual([
    { start: 2 ** 50, count: 2 ** 40, kind: 'hole' },
  ]);
  map.forget();
  expect(map.isHole(2 ** 50, 1)).toBe(false);
});

test('what is written is data, around it in whole chunks; punched whole it is a hole again', () => {
  const map = new HoleMap();
  map.learn([]);
  map.endWrite(map.beginWrite(2000, 1));
  expect(map.allocation(0, 4096)).toEqual([
    { start: 0, count: 1536, kind: 'hole' },
    { start: 1536, count: 512, kind: 'data' },
    { start: 2048, count: 2048, kind: 'hole' },
  ]);
  for (const [run, hole] of [
    [{ start: 1600, end: 2048 }, false],
    [{ start: 1536, end: 2048 }, true],
  ] as const) {
    map.beginPunch(run);
    expect(map.isHole(1536, 512)).toBe(false);
    map.endPunch(run, true);
    expect(map.isHole(1536, 512)).toBe(hole);
  }
});

test.each([
  ['that begins before', 'before'],
  ['that begins meanwhile', 'during'],
])('a write %s a punch and may come behind it leaves data', (_, when) => {
  const map = new HoleMap();
  map.learn([]);
  const write = when === 'before' ? map.beginWrite(600, 1) : undefined;
  map.beginPunch({ start: 0, end: 4096 });
  if (!write) map.endWrite(map.beginWrite(600, 1));
  map.endPunch({ start: 0, end: 4096 }, true);
  expect(map.allocation(0, 2048)).toEqual([
    { start: 0, count: 512, kind: 'hole' },
    { start: 512, count: 512, kind: 'data' },
    { start: 1024, count: 1024, kind: 'hole' },
  ]);
});

/** Content and map side by side: things begin, land at some time, and end. */
class Play {
  readonly map = new HoleMap();
  readonly full = new Uint8Array(UNITS);
  private readonly writes: { token: FileRun; first: number; count: number; landed: boolean }[] = [];
  private punch: { run: FileRun; first: number; count: number } | undefined;
  private learned = false;

  constructor(private readonly random: Prng) {}

  step(): void {
    const { random, map } = this;
    const first = random.chance(70) ? random.below(200) : random.below(UNITS - 64);
    const count = 1 + random.below(64);
    const open = this.writes.find((_, index) => index === random.below(this.writes.length));
    switch (random.below(6)) {
      case 0:
      case 1: {
        const token = map.beginWrite(first * UNIT + random.below(9), count * UNIT - 9);
        this.writes.push({ token, first, count, landed: false });
        break;
      }
      case 2:
        if (open) this.land(open);
        break;
      case 3:
        if (!open) break;
        this.land(open);
        map.endWrite(open.token);
        this.writes.splice(this.writes.indexOf(open), 1);
        break;
      case 4:
        this.punchStep(first, count);
        break;
      case 5:
        if (!this.learned && random.chance(20)) this.learn();
    }
  }

  check(): number {
    let holes = 0;
    for (const { start, count, kind } of this.map.allocation(0, UNITS * UNIT)) {
      if (kind === 'data') continue;
      holes += count;
      const from = Math.floor(start / UNIT);
      const inside = this.full.subarray(from, Math.ceil((start + count) / UNIT));
      expect(inside.includes(1), `${start}+${count}`).toBe(false);
    }
    return holes;
  }

  private land(write: { first: number; count: number; landed: boolean }): void {
    if (!write.landed) this.full.fill(1, write.first, write.first + write.count);
    write.landed = true;
  }

  private punchStep(first: number, count: number): void {
    if (!this.punch) {
      const run = { start: first * UNIT, end: (first + count) * UNIT };
      this.map.beginPunch(run);
      this.punch = { run, first, count };
      return;
    }
    const { run, first: at, count: length } = this.punch;
    const done = this.random.chance(80);
    // What a write still under way left may come back: it lands behind.
    if (done) this.full.fill(0, at, at + length);
    for (const one of this.writes) if (one.landed) one.landed = this.random.chance(50);
    this.map.endPunch(run, done);
    this.punch = undefined;
  }

  private learn(): void {
    const runs: FileRun[] = [];
    for (const [unit, full] of this.full.entries()) {
      if (full === 1) runs.push({ start: unit * UNIT, end: (unit + 1) * UNIT });
    }
    this.map.learn(runs);
    this.learned = true;
  }
}

test('40 random histories never call a hole what is data', () => {
  let holes = 0;
  for (let seed = 1; seed <= 40; seed++) {
    const play = new Play(new Prng(seed));
    for (let step = 0; step < 300; step++) {
      play.step();
      if (step % 10 === 9) holes += play.check();
    }
  }
  expect(holes).toBeGreaterThan(1e9);
});
