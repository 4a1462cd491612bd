/**
 * The power-cut loop of seeds/004 at random: other sizes, requests that overtake one another, reads
 * of the snapshot meanwhile, and power that goes anywhere.
 */
import type { Loss } from '../../../core/block/wrap/power-loss.ts';
import { Prng } from '../../../core/env/prng.ts';
import { MODES } from '../../../core/scenario/snapshot-crashes/modes.ts';
import { CrashRun, type RunOptions } from '../../../core/scenario/snapshot-crashes/run.ts';
import { BEYOND, scripts } from '../../../core/scenario/snapshot-crashes/script.ts';
import type { Outcome, Sizes } from '../../../core/scenario/snapshot-crashes/types.ts';
import { simulated } from '../../support/sim.ts';

/** How often what was left, by mode. */
export type Tally = Record<string, Partial<Record<Outcome['kind'], number>>>;

/** Of every script: as often as it is short. */
const MOST_CUTS = 8;
const WRITES = 400;
const TORN = 2;
/** Most copies of a script; more than a sector of any table has entries. */
const MOST = 80;

/** Throws what no mode may show, with the seed in front. */
export async function crashesRun(seed: number, tally: Tally = {}): Promise<Tally> {
  const random = new Prng(seed);
  const turnover = 10 + random.below(MOST - 10);
  const room = turnover + 2 + BEYOND + random.below(8);
  const sizes = { chunkSize: random.pick([1, 2, 4, 8]), chunks: room + 3 + BEYOND, room };
  const maxMicros = random.pick([1, 20, 500]);
  const mode = random.pick(MODES);
  const counts = (tally[mode.name] ??= {});
  for (const script of scripts(random, sizes, turnover, mode.merges)) {
    const options = { mode, sizes, script, maxMicros };
    const { writes } = await cutRun(seed, options, Infinity, []);
    const cuts = Math.min(MOST_CUTS, Math.ceil(WRITES / writes));
    for (let cut = 0; cut < cuts; cut++) {
      const torn = Array.from({ length: TORN }, (): Loss => ({ kind: 'torn', random }));
      const losses: readonly Loss[] = [{ kind: 'none' }, { kind: 'all' }, ...torn];
      const { outcomes } = await cutRun(seed, options, random.below(writes), losses);
      for (const { kind } of outcomes) counts[kind] = (counts[kind] ?? 0) + 1;
    }
  }
  return tally;
}

type Options = Pick<RunOptions, 'mode' | 'script'> & { sizes: Sizes; maxMicros: number };

function cutRun(
  seed: number,
  { maxMicros, ...options }: Options,
  cutAfter: number,
  losses: readonly Loss[],
) {
  return simulated(seed, async ({ scheduler, random }) => {
    const latency = { scheduler, random, maxMicros };
    const run = new CrashRun({ ...options, cutAfter, latency });
    await run.work();
    const outcomes: Outcome[] = [];
    for (const loss of losses) outcomes.push(await run.outcome(loss));
    return { outcomes, writes: run.writes };
  });
}
