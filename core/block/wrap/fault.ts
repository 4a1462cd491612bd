import { err } from '../../base/result.ts';
import type { Sectors } from '../../base/units.ts';
import {
  changes,
  checkIo,
  ioFailure,
  ioSectors,
  partOf,
  type BlockDevice,
  type DataIo,
  type Io,
  type IoResult,
} from '../device.ts';
import { Wrapper } from './wrapper.ts';

/** Which requests fail. All conditions that are given must hold. */
export interface FaultRule {
  /** The request that fails, counted from 0 over those the other conditions select. */
  readonly nth?: number;
  /** Every later request fails too: the disk is gone. Default false: it fails once. */
  readonly stays?: boolean;
  readonly ops?: readonly Io['op'][];
  /** Name of the device as its wrapper shows it. */
  readonly device?: string;
  /** Requests that touch these sectors; a flush touches none. */
  readonly range?: { readonly start: Sectors; readonly count: Sectors };
  readonly when?: (io: Io, device: string) => boolean;
  /** What a failed write, zero or discard has done: nothing (default), its first half, or all. */
  readonly leaves?: 'nothing' | 'half' | 'all';
}

/** A rule and what came of it; shared by every wrapped device of a run. */
export class FaultPlan {
  /** Requests the conditions selected so far, over all devices. */
  seen = 0;
  /** Requests that were made to fail. */
  struck = 0;
  readonly rule: FaultRule;

  /** @param rule a number stands for `{ nth }`: the whole run's Nth request, any kind. */
  constructor(rule: FaultRule | number) {
    this.rule = typeof rule === 'number' ? { nth: rule } : rule;
  }

  /** Whether there was anything to fail; where not, every earlier point has been covered. */
  get fired(): boolean {
    return this.struck > 0;
  }

  strikes(io: Io, device: string): boolean {
    if (!this.selects(io, device)) return false;
    const index = this.seen++;
    const { nth, stays = false } = this.rule;
    const strikes = nth === undefined || index === nth || (stays && index > nth);
    if (strikes) this.struck++;
    return strikes;
  }

  private selects(io: Io, device: string): boolean {
    const { ops, device: name, range, when } = this.rule;
    if (ops && !ops.includes(io.op)) return false;
    if (name !== undefined && name !== device) return false;
    if (range && !touches(io, range)) return false;
    return when === undefined || when(io, device);
  }
}

function touches(io: Io, range: { readonly start: number; readonly count: number }): boolean {
  if (io.op === 'flush') return false;
  return io.start < range.start + range.count && range.start < io.start + ioSectors(io);
}

/** Fails what the plan says. */
export class FaultyDevice extends Wrapper {
  constructor(
    below: BlockDevice,
    private readonly plan: FaultPlan,
  ) {
    super(below);
  }

  async submit(io: Io): Promise<IoResult> {
    const refused = checkIo(this, io);
    if (refused) return err(refused);
    if (!this.plan.strikes(io, this.name)) return this.below.submit(io);
    if (io.op !== 'flush' && changes(io)) await this.leaveBehind(io);
    return err(ioFailure(this.name, io, 'injected fault'));
  }

  private async leaveBehind(io: DataIo): Promise<void> {
    const { leaves = 'nothing' } = this.plan.rule;
    const whole = ioSectors(io);
    const kept = { nothing: 0, half: Math.ceil(whole / 2), all: whole }[leaves];
    if (kept === 0) return;
    const part = partOf(io, 0, kept, io.start);
    await this.below.submit('fua' in part ? { ...part, fua: false } : part);
  }
}
