/**
 * The power-cut loop over snapshots (seeds/004): power goes after the Nth write or flush, for every
 * N, and what no flush had made durable is kept, lost, or torn by chance. What is left of the
 * snapshot, by what was under way and by kind of snapshot, is the scenario's table.
 */
import type { Loss } from '../../block/wrap/power-loss.ts';
import { Prng } from '../../env/prng.ts';
import { CrashRun, type Cut, type RunOptions } from './run.ts';
import { scripts } from './script.ts';
import type { Mode, Outcome, Sizes } from './types.ts';

/** One crash: a cut, and what was lost in it. */
export interface Crash extends Cut {
  readonly mode: string;
  /** The script of the run, counted from 0, and the writes and flushes before the cut. */
  readonly script: number;
  readonly cutAfter: number;
  readonly loss: Loss['kind'];
  readonly outcome: Outcome;
}

export interface CrashTable {
  readonly modes: readonly string[];
  /** Mode by mode, each in the order of its cuts. */
  readonly crashes: readonly Crash[];
}

export interface TableOptions {
  readonly sizes: Sizes;
  /** Copies that need more than one sector of the table. */
  readonly turnover: number;
  /** Of the writes. */
  readonly seed: number;
  /** One pattern of torn writes for each, beside nothing lost and all of it. */
  readonly tornSeeds: readonly number[];
}

/** Every sector of a table has 64 entries, and so has an area of LVM's store with such chunks. */
export const USUAL: TableOptions = {
  sizes: { chunkSize: 2, chunks: 90, room: 78 },
  turnover: 67,
  seed: 1,
  tornSeeds: [1],
};

/** Throws where the original is wrong, or a snapshot that should have survived did not. */
export async function crashTable(
  modes: readonly Mode[],
  options: TableOptions = USUAL,
): Promise<CrashTable> {
  const { sizes, turnover, seed, tornSeeds } = options;
  const crashes: Crash[] = [];
  for (const mode of modes) {
    for (const [script, one] of scripts(new Prng(seed), sizes, turnover, mode.merges).entries()) {
      const options = { mode, sizes, script: one };
      const from = await CrashRun.prepare(options);
      for (let cutAfter = 0, over = false; !over; cutAfter++) {
        const found = await cutOnce({ ...options, from, cutAfter }, tornSeeds);
        for (const crash of found) crashes.push({ mode: mode.name, script, cutAfter, ...crash });
        over = found.length === 0;
      }
    }
  }
  return { modes: modes.map(({ name }) => name), crashes };
}

type Found = Pick<Crash, 'stage' | 'point' | 'loss' | 'outcome'>;

/** @returns nothing where the script was over before the cut */
async function cutOnce(options: RunOptions, tornSeeds: readonly number[]): Promise<Found[]> {
  const run = new CrashRun(options);
  const cut = await run.work();
  if (!cut) return [];
  const found: Found[] = [];
  const torn = tornSeeds.map((seed): Loss => ({ kind: 'torn', random: new Prng(seed) }));
  for (const loss of [{ kind: 'none' }, { kind: 'all' }, ...torn] satisfies Loss[]) {
    found.push({ ...cut, loss: loss.kind, outcome: await run.outcome(loss, loss === torn[0]) });
  }
  return found;
}
