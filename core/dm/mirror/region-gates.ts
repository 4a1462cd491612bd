/** The gates of a mirror: others read and write past it, and it knows of everything they do. */
import { sleep, type Scheduler } from '../../env/scheduler.ts';
import type { Gate } from '../target.ts';
import type { MirrorSet } from './mirror-set.ts';
import {
  ALL_LEGS,
  countedWith,
  DONE_KINDS,
  FIRST_LEG,
  isWriting,
  newGate,
  SHUT,
  shutWith,
  takeDone,
  type RegionGate,
} from './region-gate.ts';
import type { RegionState } from './regions.ts';

const STATES = {
  nosync: FIRST_LEG,
  recovering: SHUT,
  clean: ALL_LEGS,
  dirty: ALL_LEGS,
} as const satisfies Record<RegionState, number>;

/** Microseconds between two looks whether a write has ended; it takes less. */
const SOON = 50;

export class RegionGates {
  private readonly open = new Set<RegionGate>();

  constructor(
    private readonly set: Pick<
      MirrorSet,
      'regionSize' | 'log' | 'regions' | 'reader' | 'met' | 'lose' | 'recovery'
    >,
  ) {}

  /** Shut once it is given back. */
  lend(): Gate {
    const { regionSize, log } = this.set;
    const gate = newGate(regionSize, log.count);
    for (let region = 0; region < log.count; region++) this.tell(gate, region);
    this.open.add(gate);
    const giveBack = (): void => {
      this.look();
      this.open.delete(gate);
      this.abandoned(gate);
    };
    return { gate, look: () => this.look(), giveBack };
  }

  /** To be called whenever a region has another state. */
  changed(region: number): void {
    for (const gate of this.open) this.tell(gate, region);
  }

  private tell({ states }: RegionGate, region: number): void {
    Atomics.store(states, region, STATES[this.set.regions.stateOf(region)]);
  }

  /** Of a region that is shut. @returns undefined: nobody writes there */
  quiet(region: number, scheduler: Scheduler): Promise<void> | undefined {
    return this.isWritten(region) ? this.untilQuiet(region, scheduler) : undefined;
  }

  /** Those counted with it are shut as well: as long as they are written it would not end. */
  private async untilQuiet(region: number, scheduler: Scheduler): Promise<void> {
    while (this.isWritten(region)) {
      for (const gate of this.open) shutWith(gate, region);
      await sleep(scheduler, SOON, 'a write past a mirror');
    }
    for (const gate of this.open) for (const one of countedWith(gate, region)) this.tell(gate, one);
  }

  private isWritten(region: number): boolean {
    for (const gate of this.open) if (isWriting(gate, region)) return true;
    return false;
  }

  /** What was done past the mirror counts as if it had come here. */
  look(): void {
    const { reader, met } = this.set;
    for (const gate of this.open) {
      for (const kind of DONE_KINDS) {
        const done = takeDone(gate, kind);
        if (!done) continue;
        met.served += done.count;
        if (kind === 'read') reader.passed(done);
        else met.add(kind, done);
      }
    }
  }

  /** Who still writes is gone: a leg may have what others lack, though nobody was promised it. */
  private abandoned(gate: RegionGate): void {
    if (gate.writing.every((count) => count === 0)) return;
    const { log, regions, recovery } = this.set;
    for (let region = 0; region < log.count; region++) {
      if (!isWriting(gate, region) || !regions.isInSync(region)) continue;
      this.set.lose(region);
      log.searchAgain(region);
    }
    recovery.go();
  }
}
