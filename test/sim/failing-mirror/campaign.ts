/**
 * Snapshots of a failing mirror over many seeds: each bad design of the post (seeds/002) fails in
 * its own way, and both ways out hold.
 */
import { Prng } from '../../../core/env/prng.ts';
import { SimScheduler } from '../../../core/env/sim-scheduler.ts';
import {
  DESIGNS,
  type Design,
  type Finding,
} from '../../../core/scenario/failing-mirror/design.ts';
import { failingMirrorRun, type Outcome } from '../../../core/scenario/failing-mirror/run.ts';
import { turn } from '../../support/sim.ts';

/** Bad designs are tried with the first seeds alone: after these each has failed. */
const BAD = 1000;

/** In how many runs it was found, and in which one first. */
interface Found {
  runs: number;
  readonly first: number;
}

/** Throws what no checker explains, with its seed. */
export async function failingMirror(design: Design, seed: number): Promise<Outcome> {
  try {
    return await failingMirrorRun(design, new SimScheduler(turn), new Prng(seed));
  } catch (failure) {
    const told = failure instanceof Error ? failure.message : String(failure);
    throw new Error(`${design.name}, seed ${seed}: ${told}`, { cause: failure });
  }
}

export class FailingMirrorCampaign {
  readonly found: Record<string, Partial<Record<Finding, Found>>> = {};
  /** Runs of designs that hold, and in how many the mirror lost its leg while it was stopped. */
  readonly held: Record<string, { runs: number; keptGoing: number }> = {};
  private tried = 0;

  async run(seed: number): Promise<void> {
    for (const design of DESIGNS) {
      if (design.failsBy === undefined) await this.runGood(design, seed);
      else if (seed <= BAD) await this.runBad(design, seed);
    }
    if (seed <= BAD && ++this.tried === BAD) this.expectAll();
  }

  private async runGood(design: Design, seed: number): Promise<void> {
    const { findings, story, keptGoing } = await failingMirror(design, seed);
    if (findings.length > 0) {
      throw new Error([`${design.name}: ${findings.join(', ')}`, ...story].join('\n'));
    }
    const held = (this.held[design.name] ??= { runs: 0, keptGoing: 0 });
    held.runs++;
    if (keptGoing) held.keptGoing++;
  }

  private async runBad(design: Design, seed: number): Promise<void> {
    const known = (this.found[design.name] ??= {});
    for (const finding of (await failingMirror(design, seed)).findings) {
      const one = (known[finding] ??= { runs: 0, first: seed });
      one.runs++;
    }
  }

  private expectAll(): void {
    for (const { name, failsBy } of DESIGNS) {
      if (failsBy === undefined || this.found[name]?.[failsBy]) continue;
      throw new Error(`${name}: no ${failsBy} in ${BAD} seeds`);
    }
  }
}
