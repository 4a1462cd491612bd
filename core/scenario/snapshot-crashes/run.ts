/** One run of a script up to a power cut, and what is found after it. */
import { assert, must } from '../../base/assert.ts';
import { SECTOR, sectors } from '../../base/units.ts';
import type { BlockDevice } from '../../block/device.ts';
import type { Latency } from '../../block/latency.ts';
import type { Loss } from '../../block/wrap/power-loss.ts';
import { History, STALE } from './history.ts';
import { Rig, type Contents } from './rig.ts';
import type { Act, Burst, Script, Write } from './script.ts';
import { stamped, stampsOf } from '../stamps.ts';
import type { Found, Machine, Missing, Mode, Outcome, Point, Sizes, Stage } from './types.ts';

export interface PrepareOptions {
  readonly mode: Mode;
  readonly sizes: Sizes;
  readonly script: Script;
  readonly latency?: Latency;
}

/** A machine that was prepared and shut down. */
export interface Prepared {
  readonly contents: Contents;
  readonly before: readonly number[];
  readonly now: readonly number[];
}

export interface RunOptions extends PrepareOptions {
  /** Undefined: the script begins with a new machine. */
  readonly from: Prepared | undefined;
  /** Writes and flushes that have power, from the first act on that is cut. */
  readonly cutAfter: number;
}

/** Where a run was cut. */
export interface Cut {
  readonly stage: Stage;
  readonly point: Point;
}

export class CrashRun {
  readonly history: History;
  private readonly rig: Rig;
  /** As the original was when the snapshot was made. */
  private before: readonly number[] = [];
  private stage: Stage = 'creation';
  /** Of the original once it is being merged into. */
  private merged: History | undefined;

  constructor(private readonly options: RunOptions) {
    const { mode, sizes, cutAfter, latency, from } = options;
    const rest = { ...(from && { contents: from.contents }), ...(latency && { latency }) };
    this.rig = new Rig(mode, sizes, { cutAfter, ...rest });
    const size = sizes.chunks * sizes.chunkSize;
    this.history = from ? new History(from.now) : History.fresh(size);
    this.before = from?.before ?? [];
  }

  /** What a script needs before its acts; with power on. */
  static async prepare(options: PrepareOptions): Promise<Prepared | undefined> {
    if (options.script.prepare.length === 0) return undefined;
    const run = new CrashRun({ ...options, from: undefined, cutAfter: Infinity });
    await run.perform(options.script.prepare);
    const { rig, history, before } = run;
    return { contents: rig.contents({ kind: 'none' }), now: history.now, before };
  }

  /** @returns undefined: the script was over before the cut */
  work(): Promise<Cut | undefined> {
    return this.perform(this.options.script.acts);
  }

  private async perform(acts: readonly Act[]): Promise<Cut | undefined> {
    const { mode, sizes, latency, from } = this.options;
    const state = from ? 'down' : 'new';
    const machine = await mode.machine(this.rig, sizes, state, latency);
    for (const act of acts) {
      if (act.cut) this.rig.arm();
      if (act.stage === 'creation') this.before = this.history.now;
      this.stage = act.stage;
      const worked = await this.act(machine, act);
      // What nobody waits for may still be under way, and lose power now.
      if (!this.rig.isOff) await this.compare(machine, act.stage);
      const point = this.rig.dying;
      if (point) return { stage: this.stage, point };
      assert(worked, `${mode.name}: ${act.stage} failed`);
    }
    return undefined;
  }

  /** Writes and flushes that had power, from the first act on that is cut. */
  get writes(): number {
    return this.rig.supply.seen;
  }

  /**
   * Power is back; with each loss the same run may be looked at anew. Throws what nobody may see.
   * @param goesOn a snapshot that is whole stays so while the original is written
   */
  async outcome(loss: Loss, goesOn = true): Promise<Outcome> {
    const { mode, sizes, cutAfter } = this.options;
    const found = await mode.reopen(this.rig.after(loss), sizes);
    const where = `${mode.name}, ${this.stage}, cut after ${cutAfter}, lost: ${loss.kind}`;
    await this.checkOriginal(found, where);
    // What is merged holds what the snapshot did, and what was written since: that was checked.
    const outcome: Outcome = found.endMerge
      ? { kind: 'kept' }
      : await this.outcomeOf(found.snapshot);
    const point = must(this.rig.dying, 'a cut');
    assert(
      isDue(mode, this.stage, outcome),
      () => `${where}: ${point}, ${JSON.stringify(outcome)}`,
    );
    if (goesOn && outcome.kind === 'kept') await this.goOn(found, where);
    return outcome;
  }

  private async act(machine: Machine, { stage, bursts }: Act): Promise<boolean> {
    if (stage === 'merge') {
      // From here on the original is what the snapshot was, and what is written to that.
      const merged = this.history.from(this.before);
      this.merged = merged;
      return machine.act(stage, () => this.write(machine, bursts ?? [], merged));
    }
    if (bursts) return this.write(machine, bursts, this.history);
    const isActless = stage === 'first copies' || stage === 'table turnover';
    assert(!isActless && stage !== 'full store', 'a stage with writes has bursts');
    return machine.act(stage);
  }

  private async write(
    machine: Machine,
    bursts: readonly Burst[],
    history: History,
  ): Promise<boolean> {
    for (const { writes, flush } of bursts) {
      const { original } = machine;
      const before = this.watch(machine, writes);
      const all = writes.map((write) => history.write(original, write));
      const after = this.watch(machine, writes);
      const done = await Promise.all(all);
      await Promise.all([before, after]);
      if (done.some(({ ok }) => !ok)) return false;
      if (flush && !(await history.flush(original)).ok) return false;
    }
    return true;
  }

  /** Whoever reads in the snapshot what is written in the original finds what it is to hold. */
  private async watch({ snapshot }: Machine, writes: readonly Write[]): Promise<void> {
    if (!snapshot || !this.options.latency) return;
    const { mode } = this.options;
    for (const { start, count } of writes) {
      const stamps = await stampsIn(snapshot, start, count);
      const fine = !stamps || same(stamps, this.before.slice(start, start + count));
      assert(fine, `${mode.name}, ${this.stage}: a read of the snapshot under way is wrong`);
    }
  }

  /** With power on everything is as it should be, in every mode. */
  private async compare(machine: Machine, stage: Stage): Promise<void> {
    if (stage === 'shutdown') return;
    const { mode } = this.options;
    const now = await stampsIn(machine.original);
    const fine = this.rig.isOff || same(now, (this.merged ?? this.history).now);
    assert(fine, `${mode.name}, ${stage}: the original is wrong with power on`);
    if (!machine.snapshot || stage === 'full store') return;
    const kept = same(await stampsIn(machine.snapshot), this.before);
    assert(kept || this.rig.isOff, `${mode.name}, ${stage}: the snapshot is wrong with power on`);
  }

  private async checkOriginal({ original, endMerge }: Found, where: string): Promise<void> {
    const stamps = await stampsIn(original);
    const history = endMerge ? must(this.merged, 'a merge') : this.history;
    assert(stamps !== undefined, `${where}: the original cannot be read`);
    const at = history.wrong(stamps);
    assert(at === undefined, () => `${where}: sector ${at} of the original is ${stamps[at ?? 0]}`);
  }

  private async outcomeOf(snapshot: BlockDevice | Missing): Promise<Outcome> {
    if (typeof snapshot === 'string') return { kind: snapshot };
    const stamps = await stampsIn(snapshot);
    if (!stamps) return { kind: 'full' };
    const wrong = stamps.filter((stamp, at) => stamp !== this.before[at]);
    const staleData = wrong.filter((stamp) => stamp >= STALE).length;
    if (wrong.length === 0) return { kind: 'kept' };
    return { kind: 'lost', newData: wrong.length - staleData, staleData };
  }

  /** Some chunks more are written, and it holds what it held. */
  private async goOn({ original, snapshot, endMerge }: Found, where: string): Promise<void> {
    if (endMerge) {
      const before = await stampsIn(original);
      assert(await endMerge(), `${where}: the merge does not go on`);
      const after = await stampsIn(original);
      assert(
        before !== undefined && same(after, before),
        `${where}: the end of the merge changes the original`,
      );
      return;
    }
    const { chunkSize, chunks } = this.options.sizes;
    for (let chunk = 0; chunk < chunks; chunk += GONE_ON) {
      const [start, data] = [sectors(chunk * chunkSize), stamped([LATER + chunk])];
      const done = await original.submit({ op: 'write', start, data });
      assert(done.ok, `${where}: the original cannot be written`);
    }
    const { kind } = await this.outcomeOf(snapshot);
    assert(kind === 'kept' || kind === 'full', `${where}: it is ${kind} after more writes`);
  }
}

/** Every so many chunks one is written after the crash. */
const GONE_ON = 9;
/** Stamps of what is written after the crash. */
const LATER = 0xaf000000;

/** What a crash may leave of a snapshot: all of it, but for what its mode says. */
function isDue({ afterCrash }: Mode, stage: Stage, { kind }: Outcome): boolean {
  switch (kind) {
    case 'kept':
      return true;
    case 'none':
      return stage === 'creation' || stage === 'removal';
    case 'full':
      return stage === 'full store' || stage === 'removal';
    case 'disabled':
    case 'lost':
      return kind === afterCrash;
  }
}

/** A part of a device, or all of it; undefined: it cannot be read. */
async function stampsIn(
  device: BlockDevice,
  start = 0,
  count: number = device.size,
): Promise<readonly number[] | undefined> {
  const data = new Uint8Array(count * SECTOR);
  const done = await device.submit({ op: 'read', start: sectors(start), data });
  return done.ok ? stampsOf(data) : undefined;
}

const same = (some: readonly number[] | undefined, others: readonly number[]): boolean =>
  some?.length === others.length && some.every((one, at) => one === others[at]);
