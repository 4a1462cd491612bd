import { err } from '../../base/result.ts';
import type { Sectors } from '../../base/units.ts';
import type { BlockDevice, Io, IoResult } from '../device.ts';

/** Which request of a set of devices fails: shared by every wrapped device of a run. */
export class FaultPlan {
  /** Requests seen so far, over all devices. */
  seen = 0;
  fired = false;

  /** @param failNth the request that fails, counted from 0 over reads, writes and flushes. */
  constructor(
    private readonly failNth: number,
    /** Every request after it fails too: the disk is gone, not just hiccuping. */
    private readonly stays = false,
  ) {}

  strikes(): boolean {
    const index = this.seen++;
    const strikes = index === this.failNth || (this.stays && index > this.failNth);
    this.fired ||= strikes;
    return strikes;
  }
}

/** Fails what the plan says; a failed write writes nothing. */
export class FaultyDevice implements BlockDevice {
  constructor(
    private readonly below: BlockDevice,
    private readonly plan: FaultPlan,
  ) {}

  get name(): string {
    return this.below.name;
  }

  get size(): Sectors {
    return this.below.size;
  }

  get readOnly(): boolean {
    return this.below.readOnly;
  }

  submit(io: Io): Promise<IoResult> {
    if (!this.plan.strikes()) return this.below.submit(io);
    const why = 'injected fault';
    return Promise.resolve(err({ code: 'io-failed', device: this.name, op: io.op, why }));
  }
}
