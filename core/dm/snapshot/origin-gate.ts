/**
 * Where other threads may write an origin past its target: what every snapshot keeps already. The
 * gate is shut at first, for nobody goes through millions of chunks to find out; a region opens
 * once a write to it came here and had nothing to wait for. What is kept stays so while a
 * snapshot-origin is live; a new snapshot makes a new gate.
 */
import type { DevNo } from '../../contract/units.ts';
import { FIRST_LEG, HIDDEN, newGate, SHUT, type RegionGate } from '../mirror/region-gate.ts';
import type { Gate, IsHidden, Span } from '../target.ts';
import type { Origins } from './origins.ts';

/** A byte each: at most 4 MiB of them for an origin. */
const MOST_REGIONS = 2 ** 22;

export class OriginGate {
  private made: RegionGate | undefined;
  private readonly stop: () => void;

  constructor(
    private readonly origins: Origins,
    private readonly origin: DevNo,
    /** Of the target, in sectors. */
    private readonly length: number,
  ) {
    this.stop = origins.onNew(origin, () => {
      // Who was lent it asks for everything until that is called back: no more is told there.
      this.made?.states.fill(HIDDEN);
      // It may have smaller chunks, which make other regions.
      this.made = undefined;
    });
  }

  /** All share it: what is kept is so for everybody. */
  lend(): Gate {
    return { gate: this.gate, look: () => undefined, giveBack: () => undefined };
  }

  private get gate(): RegionGate {
    return (this.made ??= this.make());
  }

  private make(): RegionGate {
    let regionSize = this.origins.smallestChunk(this.origin);
    while (this.length / regionSize > MOST_REGIONS) regionSize *= 2;
    return newGate(regionSize, Math.ceil(this.length / regionSize));
  }

  /** A write to these sectors had nothing to wait for, or has not any more. */
  kept(offset: number, count: number): void {
    const { regionSize, states } = this.gate;
    for (const region of this.regions(offset, count)) {
      if (states[region] !== SHUT) continue;
      // It may be larger than what was written.
      const start = region * regionSize;
      const size = Math.min(regionSize, this.length - start);
      if (this.origins.keeps(this.origin, start, size)) Atomics.store(states, region, FIRST_LEG);
    }
  }

  /** What is below is old: nobody reads it past the target. */
  hide({ start, count }: Span): void {
    for (const region of this.regions(start, count)) {
      Atomics.store(this.gate.states, region, HIDDEN);
    }
  }

  /** @param isHidden whether something of a run of sectors is hidden still */
  show({ start, count }: Span, isHidden: IsHidden): void {
    const { regionSize, states } = this.gate;
    for (const region of this.regions(start, count)) {
      if (isHidden(region * regionSize, regionSize)) continue;
      if (states[region] === HIDDEN) Atomics.store(states, region, SHUT);
    }
    this.kept(start, count);
  }

  private *regions(offset: number, count: number): Iterable<number> {
    const { regionSize } = this.gate;
    const last = Math.floor((offset + count - 1) / regionSize);
    for (let region = Math.floor(offset / regionSize); region <= last; region++) yield region;
  }

  close(): void {
    this.stop();
  }
}
