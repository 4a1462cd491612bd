/** Programs that use the volume: they know what they wrote, and what they may read. */
import { sectors } from '../../../core/base/units.ts';
import type { DataIo } from '../../../core/block/device.ts';
import type { OpenDevice } from '../../../core/dm/open-device.ts';
import { stamped } from '../../support/sectors.ts';
import type { Prng } from '../../../core/env/prng.ts';
import type { Sim } from '../../support/sim.ts';
import type { Data } from './data.ts';
import type { GroupLab } from './group-lab.ts';
import { tornStampsOf } from './stamps.ts';

const KINDS = ['read', 'write', 'fua', 'zero', 'discard', 'flush'] as const;
type ChangeKind = 'write' | 'fua' | 'zero' | 'discard';

const LONGEST = 24;
/** A request that takes longer has waited for somebody. */
const LONG_MICROS = 200_000;
/** How long the last request is waited for before the volume stays open after all. */
const PATIENCE = 40;

/** What they are part of. */
export interface ClientsRun {
  readonly sim: Sim;
  readonly random: Prng;
  readonly lab: Pick<GroupLab, 'openVolume' | 'isOff' | 'isSuspended' | 'hasStandIn'>;
  /** Name of the volume that they use. */
  readonly volume: string;
  readonly data: Data;
  readonly tally: Record<string, number>;
  /** The longest rest between two requests of one client, in microseconds. */
  readonly calm: number;
  /** A request may fail: more is broken than can be hidden. */
  readonly mayFail: boolean;
  isOver(): boolean;
  /** Where the next request begins; default: anywhere. */
  startOf?(limit: number): number | undefined;
  pause(maxMicros: number): Promise<void>;
  wait(micros: number): Promise<void>;
  count(what: 'whileSuspended' | 'waited' | 'failed'): void;
}

export class Clients {
  private readonly weights: Record<(typeof KINDS)[number], number>;
  private device: OpenDevice | undefined;
  private inFlight = 0;
  /** The volume is to be closed: nothing new is begun. */
  private shut = true;
  /** Sectors that are used: fewer than there are before a volume is cut. */
  limit = 0;

  constructor(private readonly run: ClientsRun) {
    this.weights = { ...run.random.weights(KINDS), write: 50 };
  }

  get isOpen(): boolean {
    return this.device !== undefined && !this.shut;
  }

  get isBusy(): boolean {
    return this.inFlight > 0;
  }

  async open(): Promise<boolean> {
    if (this.device) {
      this.shut = false;
      return true;
    }
    this.take(await this.run.lab.openVolume(this.run.volume));
    return !this.shut;
  }

  /** Two may have asked for it: the younger one is kept. */
  private take(opened: OpenDevice | undefined): void {
    this.device?.close();
    this.device = opened;
    this.shut = opened === undefined;
  }

  /** @returns false: somebody still waits for an answer, and the volume stays open */
  async close(): Promise<boolean> {
    this.shut = true;
    await this.quiet();
    if (this.inFlight > 0 && !this.run.lab.isOff) {
      this.shut = false;
      return false;
    }
    this.device?.close();
    this.device = undefined;
    return true;
  }

  /** Nobody can have it any more: the engine it was of is gone. */
  forget(): void {
    this.device = undefined;
    this.shut = true;
    this.inFlight = 0;
  }

  async quiet(): Promise<void> {
    for (let turns = 0; turns < PATIENCE && this.inFlight > 0; turns++) {
      await this.run.wait(100_000);
    }
  }

  async work(requests: number): Promise<void> {
    const { run } = this;
    for (let count = 0; count < requests && !run.isOver();) {
      await run.pause(run.calm);
      if (!this.isOpen || run.isOver()) continue;
      count++;
      const kind = run.random.weighted(this.weights);
      if (kind === 'flush') await this.flush();
      else await this.transfer(kind);
    }
  }

  private async transfer(kind: Exclude<(typeof KINDS)[number], 'flush'>): Promise<void> {
    const { random, data } = this.run;
    const start = this.run.startOf?.(this.limit) ?? random.below(this.limit);
    const count = Math.min(this.limit - start, 1 + random.below(LONGEST));
    if (kind === 'read' || data.isWriting(start, count)) await this.read(start, count);
    else await this.change(kind, start, count);
  }

  /** Now, beside all else, where nobody writes. */
  async writeAt(start: number, count: number): Promise<void> {
    if (!this.isOpen || start + count > this.limit) return;
    if (!this.run.data.isWriting(start, count)) await this.change('write', start, count);
  }

  private async change(kind: ChangeKind, start: number, count: number): Promise<void> {
    const { data, tally } = this.run;
    const models = data.run(start, count);
    const stamp = kind === 'write' || kind === 'fua' ? data.nextStamp() : 0;
    for (const [at, model] of models.entries()) {
      if (kind === 'discard') {
        model.startDiscard();
        data.discarding.add(start + at);
      } else model.startWrite(stamp);
    }
    const span = { start: sectors(start), count: sectors(count) };
    const io: DataIo =
      kind === 'discard' || kind === 'zero'
        ? { op: kind, ...span }
        : { op: 'write', start: span.start, data: stamped(stamp, count), fua: kind === 'fua' };
    const done = await this.submit(io);
    const now = data.now();
    for (const model of models) model.endWrite(done ? now : undefined, kind === 'fua');
    if (kind === 'discard') data.discarded(start, count, done);
    else if (done) data.written(start, count);
    tally[kind] = (tally[kind] ?? 0) + 1;
  }

  /** @param mustWork nothing is broken, and nothing is under way */
  async read(start: number, count: number, mustWork = false): Promise<void> {
    const { data, tally } = this.run;
    const models = data.run(start, count);
    const expected = models.map((model) => model.startRead());
    const into = stamped(0xffffffff, count);
    const known = models.map((_, at) => data.isKnown(start + at));
    const done = await this.submit({ op: 'read', start: sectors(start), data: into });
    for (const [at, model] of models.entries()) model.endRead(expected[at] ?? new Set());
    tally.read = (tally.read ?? 0) + 1;
    if (!done && mustWork) throw new Error(`sector ${start} cannot be read`);
    if (!done) return;
    for (const [at, stamp] of tornStampsOf(into).entries()) {
      const allowed = expected[at] ?? new Set();
      // It may have been lost, or written again, meanwhile.
      const isKnown = known[at] === true && data.isKnown(start + at);
      if (isKnown && !allowed.has(stamp)) {
        throw new Error(`sector ${start + at}: found ${stamp}, allowed ${[...allowed].join(' ')}`);
      }
      if (isKnown && mustWork) models[at]?.found(stamp);
    }
  }

  /** @param pin what is found once is found again */
  async readAll(): Promise<void> {
    const { data } = this.run;
    for (let at = 0; at < data.length; at += 64) {
      await this.read(at, Math.min(64, data.length - at), true);
    }
  }

  async flush(): Promise<void> {
    const { data, tally } = this.run;
    const time = data.now();
    const { lab } = this.run;
    const hadAll = !lab.hasStandIn();
    const done = await this.submit({ op: 'flush' });
    // What was written to a disk before it went missing stays in its cache, as with Linux.
    if (done && hadAll && !lab.hasStandIn()) data.flushed(time);
    tally.flush = (tally.flush ?? 0) + 1;
  }

  private async submit(io: DataIo | { readonly op: 'flush' }): Promise<boolean> {
    const { device, run } = this;
    if (!device) throw new Error('nobody has the volume open');
    this.inFlight++;
    const began = run.sim.scheduler.now;
    if (run.lab.isSuspended) run.count('whileSuspended');
    const done = await device.submit(io);
    this.inFlight--;
    if (run.sim.scheduler.now - began > LONG_MICROS) run.count('waited');
    if (done.ok) return true;
    run.count('failed');
    // A discard is advice: one that a leg refuses is refused.
    if (!run.mayFail && !run.lab.isOff && io.op !== 'discard') {
      throw new Error(`${io.op} failed although nobody may notice: ${JSON.stringify(done.error)}`);
    }
    return false;
  }
}
