/** A table: targets end to end from sector 0 (reference 4.1). */
import { must } from '../base/assert.ts';
import { sectors, type Sectors } from '../base/units.ts';
import { ioSectors, type DataIo } from '../block/device.ts';
import type { MirrorState } from '../contract/mirrors.ts';
import type { SnapshotState } from '../contract/snapshots.ts';
import type { TargetState } from '../contract/state.ts';
import type { DevNo } from '../contract/units.ts';
import type { Lower } from './lower.ts';
import type { IsHidden, Refusal, Span, SuspendHow, Target, TargetRange } from './target.ts';

/** A lower device that a table keeps open. */
export interface Opened {
  readonly lower: Lower;
  /** Called once, when the table goes. */
  readonly release: () => void;
}

export interface LoadedTarget {
  readonly start: Sectors;
  readonly length: Sectors;
  readonly type: string;
  readonly target: Target;
  readonly ranges: readonly TargetRange[];
}

export class Table {
  readonly size: Sectors;

  constructor(
    readonly targets: readonly LoadedTarget[],
    /** By number, in the order opened. */
    private readonly opened: ReadonlyMap<DevNo, Opened>,
    readonly readOnly: boolean,
  ) {
    const last = targets.at(-1);
    this.size = sectors(last ? last.start + last.length : 0);
  }

  /** The target that maps a sector inside the table. */
  at(sector: number): LoadedTarget {
    return must(this.targets[this.indexAt(sector)], 'the target of a sector');
  }

  /** The targets that map a run; what of it lies behind the table has none. */
  between(start: number, count: number): readonly LoadedTarget[] {
    if (start >= this.size) return [];
    const last = this.indexAt(Math.min(start + count, this.size) - 1);
    return this.targets.slice(this.indexAt(start), last + 1);
  }

  private indexAt(sector: number): number {
    let [low, high] = [0, this.targets.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (must(this.targets[middle], 'a target').start <= sector) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  lower(devno: DevNo): Lower {
    return must(this.opened.get(devno), `open device ${devno}`).lower;
  }

  /** Every device below, each once, in the order opened. */
  lowers(): readonly Lower[] {
    return [...this.opened.values()].map(({ lower }) => lower);
  }

  /** What a flush goes to beside the targets that flush in their own way. */
  flushedLowers(): readonly Lower[] {
    if (!this.targets.some(flushesItself)) return this.lowers();
    const plain = this.targets.filter((one) => !flushesItself(one));
    const used = new Set(plain.flatMap(({ ranges }) => ranges.map(({ device }) => device)));
    return [...used].map((devno) => this.lower(devno));
  }

  /** What flushes in its own way answers for itself. */
  get isHollow(): boolean {
    const isOwn = this.targets.some(({ target }) => target.isHollow);
    return isOwn || this.flushedLowers().some((lower) => lower.isHollow);
  }

  /** Newest opened first, as `dmsetup deps` lists them. */
  get deps(): readonly DevNo[] {
    return [...this.opened.keys()].reverse();
  }

  /** Why the devices below cannot carry this table, in the kernel's words, if they cannot. */
  misfit(): string | undefined {
    for (const { ranges } of this.targets) {
      for (const { device, start, count } of ranges) {
        const { size, kernelName } = this.lower(device);
        // As in the kernel, of a device that has no size yet nothing is known.
        if (size === 0 || start + count <= size) continue;
        const numbers = `start=${start}, len=${count}, dev_size=${size}`;
        return `${kernelName} too small for target: ${numbers}`;
      }
    }
    return undefined;
  }

  /** Undefined: there is nothing to wait for. */
  hooks(hook: 'presuspend' | 'postsuspend', how: SuspendHow): Promise<unknown> | undefined {
    return this.each((target) =>
      hook === 'presuspend' ? target.presuspend?.(how) : target.postsuspend?.(how),
    );
  }

  /** @param writes that wait for it */
  resumed(writes: readonly Span[]): Promise<unknown> | undefined {
    return this.each((target, loaded) => target.resume?.(within(loaded, writes)));
  }

  /** Whether it may do I/O that nobody asked it for. */
  get worksAlone(): boolean {
    return this.targets.some(({ target }) => target.working !== undefined);
  }

  /** Whether it does such I/O at this moment. */
  get isWorking(): boolean {
    return this.targets.some(({ target }) => target.working?.() ?? false);
  }

  /** Whether it does I/O of its own before it rests, or before it goes on. */
  owes(before: 'rest' | 'start'): boolean {
    return this.targets.some(({ target }) => target.owes?.(before) ?? false);
  }

  mirrors(device: string): readonly MirrorState[] {
    return this.targets.flatMap(({ start, length, target }) => {
      const state = target.mirror?.();
      return state ? [{ device, start, length, ...state }] : [];
    });
  }

  snapshots(device: string): readonly SnapshotState[] {
    return this.targets.flatMap(({ start, length, target }) => {
      const state = target.snapshot?.();
      return state ? [{ device, start, length, ...state }] : [];
    });
  }

  /** Undefined: nothing has to be read before the table can be used. */
  prepare(): Promise<Refusal | undefined> | undefined {
    const reading = this.targets.filter(({ target }) => 'prepare' in target);
    return reading.length === 0 ? undefined : prepareAll(reading);
  }

  /** @returns why it cannot go live */
  preresume(): string | undefined {
    for (const { type, target } of this.targets) {
      const refused = target.preresume?.();
      if (refused !== undefined) return `${type}: ${refused}`;
    }
    return undefined;
  }

  /** Some of its writes may be answered before they are done. */
  get putsOff(): boolean {
    return this.targets.some(({ target }) => target.putOff !== undefined);
  }

  /** Whether a request that lies in it may be, for it has to wait. */
  mayPutOff(io: DataIo): boolean {
    const { target, start, length } = this.at(io.start);
    const [offset, count] = [sectors(io.start - start), ioSectors(io)];
    return offset + count <= length && target.putOff?.waits({ start: offset, count }) === true;
  }

  announce(spans: readonly Span[]): void {
    for (const loaded of this.targets) loaded.target.putOff?.announce(within(loaded, spans));
  }

  /** @returns whether all of it can be hidden */
  hide(span: Span): boolean {
    const met = this.between(span.start, span.count);
    for (const loaded of met) {
      for (const part of within(loaded, [span])) loaded.target.putOff?.hide(part);
    }
    return met.every(({ target }) => target.putOff !== undefined);
  }

  show(span: Span, isHidden: IsHidden): void {
    for (const loaded of this.between(span.start, span.count)) {
      const isPart: IsHidden = (start, count) => isHidden(loaded.start + start, count);
      for (const part of within(loaded, [span])) loaded.target.putOff?.show(part, isPart);
    }
  }

  yieldHeld(on: boolean): void {
    for (const { target } of this.targets) target.yieldHeld?.(on);
  }

  close(): void {
    const release = (): void => {
      for (const one of this.opened.values()) one.release();
    };
    const ending = this.each((target) => target.close?.());
    if (ending) void ending.then(release);
    else release();
  }

  private each(
    act: (target: Target, loaded: LoadedTarget) => Promise<void> | undefined,
  ): Promise<unknown> | undefined {
    const waits = this.targets.flatMap((loaded) => act(loaded.target, loaded) ?? []);
    return waits.length > 0 ? Promise.all(waits) : undefined;
  }

  state(): readonly TargetState[] {
    return this.targets.map(({ start, length, type, target, ranges }) => ({
      start,
      length,
      type,
      params: target.table(),
      status: target.status(),
      ranges: ranges.map(({ device, ...range }) => ({ devno: device, ...range })),
    }));
  }
}

/** One after the other, as the kernel constructs them. */
async function prepareAll(targets: readonly LoadedTarget[]): Promise<Refusal | undefined> {
  for (const { type, target } of targets) {
    const refused = await target.prepare?.();
    if (refused) return { ...refused, reason: `${type}: ${refused.reason}` };
  }
  return undefined;
}

const flushesItself = ({ target }: LoadedTarget): boolean => 'flush' in target;

/** The parts that lie in a target, from its start on. */
function within({ start, length }: LoadedTarget, spans: readonly Span[]): readonly Span[] {
  return spans.flatMap((span) => {
    const from = Math.max(span.start, start);
    const end = Math.min(span.start + span.count, start + length);
    return end > from ? [{ start: sectors(from - start), count: sectors(end - from) }] : [];
  });
}
