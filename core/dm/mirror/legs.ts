/** The legs of a mirror, what became of them, and which of them is read (reference 7.1). */
import { must } from '../../base/assert.ts';
import type { Sectors } from '../../base/units.ts';
import type { MirrorHealth, MirrorLegState } from '../../contract/mirrors.ts';
import type { DevNo } from '../../contract/units.ts';
import type { TargetDevice } from '../target.ts';

export interface LegPlace {
  readonly devno: DevNo;
  readonly start: Sectors;
  readonly device: TargetDevice;
}

/** What failed on a leg. */
export type LegError = 'flush' | 'write' | 'sync' | 'read';

/** The gravest first. */
const LETTERS: readonly (readonly [LegError, MirrorHealth])[] = [
  ['flush', 'F'],
  ['write', 'D'],
  ['sync', 'S'],
  ['read', 'R'],
];

export class Leg {
  readonly errors = new Set<LegError>();
  /** The mirror goes on without it, by itself. */
  dropped = false;
  /** It may lack writes that were made since the last resume. */
  private lost = false;
  reads = 0;

  constructor(readonly place: LegPlace) {}

  get health(): MirrorHealth {
    return LETTERS.find(([error]) => this.errors.has(error))?.[1] ?? 'A';
  }

  get isValid(): boolean {
    return this.errors.size === 0 && !this.dropped;
  }

  /** It has everything that is in sync, as far as is known. */
  get takesWrites(): boolean {
    return !this.lost && !this.dropped;
  }

  get hasLost(): boolean {
    return this.lost;
  }

  /** @returns whether that is new of it */
  blame(error: LegError): boolean {
    if (error === 'write' || error === 'flush') this.lost = true;
    const isNew = !this.errors.has(error);
    this.errors.add(error);
    return isNew;
  }

  /** Nobody knows what it lacks. */
  distrust(): void {
    this.lost = true;
  }

  forgive(): void {
    this.errors.clear();
    this.lost = false;
  }

  /** What it lacks is out of sync by now. */
  tryAgain(): void {
    this.dropped = false;
    this.lost = false;
  }

  state(): MirrorLegState {
    const { reads, health, dropped, place } = this;
    return { devno: place.devno, health, reads, ...(dropped ? { dropped } : {}) };
  }
}

export class Legs {
  readonly all: readonly Leg[];
  /** Indices of those that the mirror works with. */
  inUse: readonly number[];
  /** Index of the leg that is right about regions which are not in sync. */
  primary = 0;
  private last = -1;

  constructor(places: readonly LegPlace[]) {
    this.all = places.map((place) => new Leg(place));
    this.inUse = this.notDropped();
  }

  at(index: number): Leg {
    return must(this.all[index], 'a leg');
  }

  private notDropped(): readonly number[] {
    return this.indices((leg) => !leg.dropped);
  }

  indices(wanted: (leg: Leg) => boolean): readonly number[] {
    return this.all.flatMap((leg, index) => (wanted(leg) ? [index] : []));
  }

  /** @returns which ones are, bit by bit */
  drop(bad: readonly number[]): number {
    for (const index of bad) this.at(index).dropped = true;
    this.inUse = this.notDropped();
    const dropped = this.indices((leg) => leg.dropped);
    return dropped.reduce((bits, index) => bits | (1 << index), 0);
  }

  /**
   * Whether the mirror may go on without them: what is left has everything then, be it another
   * primary leg where all are the same.
   */
  canSpare(bad: readonly number[], allSame: boolean): boolean {
    const left = this.inUse.filter((index) => !bad.includes(index));
    const [first] = left.sort((a, b) => this.at(a).errors.size - this.at(b).errors.size);
    const isMoved = bad.includes(this.primary);
    if (first === undefined || (isMoved && !allSame)) return false;
    if (isMoved) this.primary = first;
    return true;
  }

  /** All of them. @returns those that could not be */
  async flush(): Promise<readonly number[]> {
    const flushed = await Promise.all(
      this.all.map(({ place }) => place.device.submit({ op: 'flush' })),
    );
    return flushed.flatMap(({ ok }, index) => (ok ? [] : [index]));
  }

  /** What they lack is out of sync by now. */
  tryAgain(): void {
    for (const leg of this.all) leg.tryAgain();
    this.inUse = this.notDropped();
  }

  get someTakeWrites(): boolean {
    return this.all.some((leg) => leg.takesWrites);
  }

  /** An error stands in for the disk of one: it takes a flush, and makes nothing durable. */
  get someHollow(): boolean {
    return this.inUse.some((index) => this.at(index).place.device.isHollow === true);
  }

  get someLost(): boolean {
    return this.all.some(({ hasLost }) => hasLost);
  }

  /**
   * Which leg to read where all are the same: those without any error in turn; where there is none,
   * those that could not be read elsewhere.
   * @param tried those that failed this very request
   */
  inTurn(tried: ReadonlySet<number> | undefined): number | undefined {
    const found =
      this.nextOf((leg) => leg.isValid, tried) ?? this.nextOf((leg) => leg.takesWrites, tried);
    if (found !== undefined) this.last = found;
    return found;
  }

  private nextOf(
    wanted: (leg: Leg) => boolean,
    tried: ReadonlySet<number> | undefined,
  ): number | undefined {
    const { length } = this.all;
    for (let step = 1; step <= length; step++) {
      const index = (this.last + step) % length;
      if (wanted(this.at(index)) && !tried?.has(index)) return index;
    }
    return undefined;
  }

  /** Where errors are not handled: one, as long as it works, so that the others may lag unseen. */
  steady(tried: ReadonlySet<number> | undefined): number | undefined {
    const { length } = this.all;
    const order = this.all.map((_, step) => (this.primary + length - step) % length);
    const left = order.filter((index) => !tried?.has(index));
    return left.find((index) => this.at(index).isValid) ?? left[0];
  }

  /** All are the same again: what failed before is of no account. */
  forgive(): void {
    for (const leg of this.all) if (!leg.dropped) leg.forgive();
  }
}
