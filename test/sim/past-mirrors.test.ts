/**
 * Others write past a mirror while it is copied, suspended, begun anew and failing, and some are
 * never heard of again: what it calls the same on all legs is, and no write is lost.
 */
import { expect, test } from 'vitest';
import { sectors } from '../../core/base/units.ts';
import { sleep } from '../../core/env/scheduler.ts';
import type { Lease } from '../../core/dm/lease.ts';
import type { OpenDevice } from '../../core/dm/open-device.ts';
import { partsOf, release, type Part } from '../../core/nbd/thread/file-parts.ts';
import { LENGTH, MirrorWorld, REGION } from '../support/mirrors.ts';
import { must } from '../support/results.ts';
import { stamped, stampsOf, write } from '../support/sectors.ts';
import { simulated, type Sim } from '../support/sim.ts';

const SEEDS = 40;
const SECOND = 32;
const TABLE = `mirror core 1 ${REGION} 2 8:0 0 8:16 ${SECOND}`;
const WRITERS = 4;
const WRITES = 60;
/** Sectors that one writer has before those of the next one; no regions. */
const RUN = 24;
const MOST_MICROS = 400;

type Tally = Record<'ahead' | 'behind' | 'shut' | 'torn' | 'dead' | 'engine', number>;

/** One that writes past the mirror as long as it has leave. */
class Writing {
  isDead = false;
  private lease: Lease | undefined;
  private recalled = false;
  private underWay = 0;

  constructor(private readonly volume: OpenDevice) {}

  begin(start: number, data: Uint8Array): readonly Part[] | undefined {
    this.lease ??= this.volume.lease(() => {
      this.recalled = true;
      this.giveBack();
    });
    const leave = this.recalled ? undefined : this.lease?.leave;
    const parts = leave && partsOf(leave, { op: 'write', start: sectors(start), data });
    if (parts) this.underWay++;
    return parts;
  }

  end(parts: readonly Part[]): void {
    release(parts);
    this.underWay--;
    this.giveBack();
  }

  /** In the middle of what it was writing. */
  die(): void {
    this.isDead = true;
    this.lease?.giveBack();
    this.lease = undefined;
  }

  get isUsing(): boolean {
    return !this.isDead && this.underWay > 0;
  }

  private giveBack(): void {
    if (!this.recalled || this.underWay > 0 || this.isDead) return;
    this.recalled = false;
    const { lease } = this;
    this.lease = undefined;
    lease?.giveBack();
  }
}

class Run extends MirrorWorld {
  readonly tally: Tally = { ahead: 0, behind: 0, shut: 0, torn: 0, dead: 0, engine: 0 };
  /** What each sector may hold. */
  private readonly allowed = Array.from({ length: LENGTH }, () => [0]);
  /** Sectors that somebody is writing. */
  private readonly active = new Set<{ readonly start: number; readonly count: number }>();
  private volume!: OpenDevice;
  private threads: Writing[] = [];
  private lastStamp = 0;
  private left = WRITERS;

  constructor(sim: Sim) {
    super(sim);
    for (const disk of this.disks) disk.takesMicros = 100;
  }

  async all(): Promise<Tally> {
    this.volume = await this.world.device('vol', [`0 ${LENGTH} ${TABLE}`]);
    this.threads = [new Writing(this.volume), new Writing(this.volume)];
    const writers = Array.from({ length: WRITERS }, (_, index) => this.writer(index));
    await Promise.all([...writers, this.trouble()]);
    this.disk(1).fails = [];
    must(this.world.dm.throttle(undefined, 'vol'));
    await this.suspend('drain');
    await this.resume();
    for (let turn = 0; turn < 1000 && !this.status.includes('32/32'); turn++)
      await this.wait(0.001);
    expect(this.status).toContain('32/32');
    this.check();
    return this.tally;
  }

  private async writer(index: number): Promise<void> {
    const { random } = this.sim;
    for (let count = 0; count < WRITES; count++) {
      const run = RUN * (index + WRITERS * random.below(Math.ceil(LENGTH / RUN / WRITERS)));
      const start = run + random.below(RUN);
      const end = Math.min(run + RUN, LENGTH, start + 1 + random.below(RUN));
      if (start < end) await this.one(start, end - start);
      await this.pause(random.below(MOST_MICROS));
    }
    this.left--;
  }

  private async one(start: number, count: number): Promise<void> {
    const stamp = ++this.lastStamp;
    const place = { start, count };
    this.active.add(place);
    const done = (await this.past(start, stamp, count)) ?? (await this.byMirror(place, stamp));
    this.active.delete(place);
    for (let at = start; at < start + count; at++) {
      this.allowed[at] = done ? [stamp] : [...(this.allowed[at] ?? []), stamp];
    }
  }

  private async byMirror({ start, count }: { start: number; count: number }, stamp: number) {
    this.tally.engine++;
    return (await write(this.volume, start, stamp, count)).ok;
  }

  /** @returns false: nobody knows what was written; undefined: the mirror has to do it */
  private async past(start: number, stamp: number, count: number): Promise<boolean | undefined> {
    const { random } = this.sim;
    if (random.chance(20)) return undefined;
    const thread = random.pick(this.threads);
    const parts = thread.begin(start, stamped(stamp, count));
    if (!parts) {
      this.tally.shut++;
      return undefined;
    }
    this.tally[parts.length > 1 && parts[1]?.file !== parts[0]?.file ? 'behind' : 'ahead']++;
    const breaks = random.chance(5) ? random.below(parts.length) : Infinity;
    for (const [index, { file, data, position }] of parts.entries()) {
      await this.pause(random.below(MOST_MICROS));
      if (thread.isDead) {
        this.tally.dead++;
        return false;
      }
      if (index === breaks) {
        this.tally.torn++;
        thread.end(parts);
        return undefined;
      }
      this.put(file, position / 512, data);
    }
    thread.end(parts);
    return true;
  }

  private async trouble(): Promise<void> {
    const { random } = this.sim;
    const { dm } = this.world;
    while (this.left > 0) {
      await this.pause(random.below(12_000));
      switch (random.below(6)) {
        case 0:
          await this.quiet(random.pick(['drain', 'hold']), () => undefined);
          break;
        case 1:
        case 2:
          await this.quiet('hold', () => must(dm.load('vol', [`0 ${LENGTH} ${TABLE}`])));
          break;
        case 3:
          this.disk(1).fails = random.pick([[], ['write'], ['flush']]);
          break;
        case 4:
          must(dm.throttle(random.pick([undefined, 2000, 5000]), 'vol'));
          break;
        case 5:
          this.lose(random.below(this.threads.length));
      }
    }
  }

  private lose(index: number): void {
    this.threads[index]?.die();
    this.threads[index] = new Writing(this.volume);
  }

  private async quiet(how: 'drain' | 'hold', act: () => void): Promise<void> {
    await this.suspend(how);
    expect(this.threads.some(({ isUsing }) => isUsing)).toBe(false);
    if (this.status.includes('32/32')) this.check();
    act();
    await this.resume();
  }

  /** All legs have what they should. */
  private check(): void {
    const [first, second] = [this.bytes(0, 0, LENGTH), this.bytes(1, SECOND, LENGTH)];
    const stamps = [stampsOf(first), stampsOf(second)];
    for (const [at, allowed] of this.allowed.entries()) {
      if (this.isActive(at)) continue;
      const [one, other] = stamps.map((leg) => leg[at]);
      const isRight = one !== undefined && allowed.includes(one) && one === other;
      if (!isRight) throw new Error(`${at}: ${one} and ${other}, allowed ${allowed.join()}`);
    }
  }

  private isActive(at: number): boolean {
    return [...this.active].some(({ start, count }) => start <= at && at < start + count);
  }

  private pause(micros: number): Promise<void> {
    return sleep(this.sim.scheduler, micros, 'a program');
  }
}

test(`seeds 1 to ${SEEDS}`, async () => {
  const sum: Tally = { ahead: 0, behind: 0, shut: 0, torn: 0, dead: 0, engine: 0 };
  for (let seed = 1; seed <= SEEDS; seed++) {
    const tally = await simulated(seed, (sim) => new Run(sim).all());
    for (const kind of Object.keys(sum) as (keyof Tally)[]) sum[kind] += tally[kind];
  }
  // A run in which nothing happens proves nothing.
  for (const [kind, count] of Object.entries(sum)) expect(count, kind).toBeGreaterThan(SEEDS / 4);
});
