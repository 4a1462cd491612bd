/**
 * The power-cut loop of seeds/004 at random: other sizes, requests that overtake one another, reads
 * of the snapshot meanwhile, and power that goes anywhere.
 */
import type { Loss } from '../../../core/block/wrap/power-loss.ts';
import { Prng } from '../../../core/env/prng.ts';
import { MODES } from '../../../core/scenario/snapshot-crashes/modes.ts';
import {
  CrashRun,
  type PrepareOptions,
  type RunOptions,
} from '../../../core/scenario/snapshot-crashes/run.ts';
import { BEYOND, scripts } from '../../../core/scenario/snapshot-crashes/script.ts';
import type { Outcome } from '../../../core/scenario/snapshot-crashes/types.ts';
import { simulated } from '../../support/sim.ts';

/** How often what was left, by mode. */
export type Tally = Record<string, Partial<Record<Outcome['kind'], number>>>;

/** Of every script. */
const MOST_CUTS = 6;
const TORN = 2;
/** Copies of a script: at most more than a sector of any table has entries. */
const MOST = 80;
const LEAST = 15;

/** Throws what no mode may show, with the seed in front. */
export async function crashesRun(seed: number, tally: Tally = {}): Promise<Tally> {
  const random = new Prng(seed);
  const turnover = LEAST + random.below(MOST - LEAST);
  const room = turnover + 2 + BEYOND + random.below(8);
  const sizes = { chunkSize: random.pick([1, 2, 4, 8]), chunks: room + 3 + BEYOND, room };
  const maxMicros = random.pick([1, 20, 500]);
  const mode = random.pick(MODES);
  const counts = (tally[mode.name] ??= {});
  for (const script of scripts(random, sizes, turnover, mode.merges)) {
    const options = { mode, sizes, script, maxMicros };
    const from = await prepared(seed, options);
    const { writes } = await cutRun(seed, { ...options, from }, Infinity, []);
    const cuts = Math.min(MOST_CUTS, writes);
    for (let cut = 0; cut < cuts; cut++) {
      const torn = Array.from({ length: TORN }, (): Loss => ({ kind: 'torn', random }));
      const losses: readonly Loss[] = [{ kind: 'none' }, { kind: 'all' }, ...torn];
      const { outcomes } = await cutRun(seed, { ...options, from }, random.below(writes), losses);
      for (const { kind } of outcomes) counts[kind] = (counts[kind] ?? 0) + 1;
    }
  }
  return tally;
}

type Options = PrepareOptions & { readonly maxMicros: number };

const prepared = (seed: number, { maxMicros, ...options }: Options) =>
  simulated(seed, ({ scheduler, random }) =>
    CrashRun.prepare({ ...options, latency: { scheduler, random, maxMicros } }),
  );

function cutRun(
  seed: number,
  { maxMicros, ...options }: Options & Pick<RunOptions, 'from'>,
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
