/** The regions of a mirror that something happens to (reference 7.1); the log knows the others. */
import { assert, must } from '../../base/assert.ts';
import type { Span } from '../target.ts';
import type { DirtyLog } from './log.ts';

export type RegionState = 'clean' | 'dirty' | 'nosync' | 'recovering';

interface Region<W> {
  state: RegionState;
  /** Writes under way, those included that are held. */
  pending: number;
  /** Writes that came while it was being copied. */
  delayed: W[];
}

/** Regions of a size, in sectors, that spans touch. */
export function regionsIn(spans: readonly Span[], size: number): readonly number[] {
  const found = new Set<number>();
  for (const { start, count } of spans) {
    const last = Math.floor((start + count - 1) / size);
    for (let region = Math.floor(start / size); region <= last; region++) found.add(region);
  }
  return [...found];
}

export class Regions<W> {
  private readonly busy = new Map<number, Region<W>>();
  /** Regions without a write under way that the log does not call clean yet; when they came. */
  private idle = new Map<number, number>();
  private arrivals = 0;

  constructor(
    private readonly log: DirtyLog,
    private readonly changed: () => void,
    /** A region can be written in another way than before. */
    private readonly moved: (key: number) => void = () => undefined,
  ) {}

  stateOf(key: number): RegionState {
    return this.busy.get(key)?.state ?? (this.log.inSync(key) ? 'clean' : 'nosync');
  }

  isInSync(key: number): boolean {
    const state = this.stateOf(key);
    return state === 'clean' || state === 'dirty';
  }

  /** Those that are the same on all legs now. */
  get inSync(): readonly number[] {
    const all = Array.from({ length: this.log.count }, (_, key) => key);
    return all.filter((key) => this.isInSync(key));
  }

  /** A write begins; in a region that is in sync it makes it dirty. */
  begin(key: number): void {
    const region = this.enter(key);
    region.pending++;
    if (region.state !== 'clean') return;
    region.state = 'dirty';
    this.idle.delete(key);
    this.changed();
  }

  /**
   * A write has ended.
   * @returns true: the region waits for nothing else to be copied
   */
  end(key: number): boolean {
    const region = must(this.busy.get(key), 'a region that is written');
    if (--region.pending > 0) return false;
    if (region.state === 'recovering') return true;
    this.busy.delete(key);
    if (region.state === 'dirty') this.rest(key);
    this.changed();
    return false;
  }

  delay(key: number, write: W): void {
    must(this.busy.get(key), 'a region that is copied').delayed.push(write);
  }

  /** Not the same on all legs any more. @returns whether it was about to be copied */
  lose(key: number): boolean {
    this.log.setSync(key, false);
    this.idle.delete(key);
    const region = this.busy.get(key);
    const copied = region?.state === 'recovering';
    if (region) region.state = 'nosync';
    this.moved(key);
    this.changed();
    return copied;
  }

  /** @returns whether it can be copied at once: nothing is written there */
  recover(key: number): boolean {
    const region = this.enter(key);
    region.state = 'recovering';
    this.moved(key);
    this.changed();
    return region.pending === 0;
  }

  /** @returns the writes that waited for it */
  recovered(key: number, inSync: boolean): readonly W[] {
    const region = this.enter(key);
    const isQuiet = region.pending === 0;
    assert(isQuiet || !inSync, 'a region that is written while it is copied');
    this.log.setSync(key, inSync);
    region.state = 'nosync';
    const { delayed } = region;
    region.delayed = [];
    if (isQuiet) this.busy.delete(key);
    if (inSync) this.rest(key);
    this.moved(key);
    this.changed();
    return delayed;
  }

  /** Whether the log could be told of regions that are clean. */
  get someIdle(): boolean {
    return this.idle.size > 0;
  }

  /** What `idleSince` returns later is no younger than what this returned. */
  get now(): number {
    return this.arrivals;
  }

  /** Regions that nobody has written since. */
  idleSince(time: number): readonly number[] {
    return [...this.idle].flatMap(([key, came]) => (came <= time ? [key] : []));
  }

  cleared(keys: readonly number[]): void {
    for (const key of keys) this.idle.delete(key);
    this.changed();
  }

  /**
   * They stay as the log has them.
   * @param soon those that wait for a write count as written
   */
  forgetIdle(soon: readonly number[] = []): void {
    this.idle.clear();
    for (const key of soon) if (this.log.inSync(key)) this.rest(key);
  }

  /** All that are not just what the log says. */
  *unusual(): Iterable<readonly [number, 'dirty' | 'nosync' | 'recovering']> {
    for (const key of this.idle.keys()) yield [key, 'dirty'];
    for (const [key, { state }] of this.busy) if (state !== 'clean') yield [key, state];
  }

  private enter(key: number): Region<W> {
    const known = this.busy.get(key);
    if (known) return known;
    const region: Region<W> = { state: this.stateOf(key), pending: 0, delayed: [] };
    this.busy.set(key, region);
    return region;
  }

  private rest(key: number): void {
    if (this.log.lasts) this.idle.set(key, ++this.arrivals);
  }
}
