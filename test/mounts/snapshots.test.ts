/**
 * Snapshots of an ext4 come, go, overflow and flow back under fio.
 * `LVSTUDIO_OPERATIONS=1000 npm test -- test/mounts/snapshots.test.ts` does a thousand things to
 * them, which takes ten to twenty minutes, and `LVSTUDIO_ROUNDS=100` as many rounds;
 * `LVSTUDIO_SEED` is where it begins. It prints how often each thing was done.
 *
 * A hundred rounds notice an engine that was spoilt on purpose in one of these ways; a single one
 * may not:
 * - a write to the origin overtakes a read of a snapshot that found the chunk in the origin
 * - it goes on before its chunk is copied, or before the exception is known: the first write to a
 *   chunk or a second one meanwhile; mostly also one past the target through an export's thread
 * - a write to chunks that flow back is not held, or these flow back amid a write to the store
 */
import { afterEach, expect, test } from 'vitest';
import { Prng } from '../../core/env/prng.ts';
import { inTime } from './support/in-time.ts';
import { SnapshotLife } from './support/snapshot-life.ts';

const SEED = Number(process.env['LVSTUDIO_SEED'] ?? 1);
/** So many at least, in whole lives; 0: rounds count. */
const OPERATIONS = Number(process.env['LVSTUDIO_OPERATIONS'] ?? 0);
const ROUNDS = Number(process.env['LVSTUDIO_ROUNDS'] ?? 1);
/** A lab lives through so many rounds until the next one begins. */
const LIFE = 10;
const ROUND_MILLIS = 120_000;
/** So many rounds should meet everything. */
const MANY = 100;
/** What is done to snapshots, as it is counted. */
const KINDS = {
  created: ['taken'],
  written: ['write', 'fio', 'mount', 'write, too much'],
  extended: ['extended'],
  merged: ['merged at once', 'merged, activated', 'merged, refreshed', 'merged, reopened'],
  removed: ['removed', 'removed, lost', 'removed, lost before its merge'],
};
const ALL = [
  ...Object.values(KINDS).flat(),
  ...['frozen', 'held', 'amid', 'paused', 'reopened', 'crossings', 'replayed and checked'],
  ...['checksInMerge', 'crossingsInMerge'],
];

let open: SnapshotLife[] = [];
afterEach(async () => {
  for (const life of open) await life.close();
  open = [];
});

type Counts = Record<string, number>;

const isDue = ({ rounds = 0, operations = 0 }: Counts): boolean =>
  OPERATIONS > 0 ? operations < OPERATIONS : rounds < ROUNDS;

function add(total: Counts, more: Readonly<Counts>): void {
  for (const [what, times] of Object.entries(more)) total[what] = (total[what] ?? 0) + times;
}

/** Operations by kind, and what else has happened. */
function told(total: Readonly<Counts>): string {
  const kinds = Object.entries(KINDS).map(([kind, names]) => {
    const times = names.map((name) => total[name] ?? 0);
    return `${times.reduce((sum, one) => sum + one, 0)} ${kind}`;
  });
  return `${total['operations']} operations: ${kinds.join(', ')}\n${JSON.stringify(total)}`;
}

/** @returns what has happened */
async function live(seed: number, rounds: number): Promise<Readonly<Counts>> {
  const life = await SnapshotLife.begin(new Prng(seed));
  open.push(life);
  const { lab } = life;
  for (let round = 0; round < rounds; round++) {
    await inTime(life.round(), ROUND_MILLIS).catch((cause: unknown) => {
      throw new Error(`seed ${seed}: ${String(cause)}\n${lab.story}`, { cause });
    });
  }
  expect(lab.happened['taken']).toBeGreaterThan(0);
  expect(lab.happened['comparedSectors']).toBeGreaterThan(0);
  expect(lab.happened['writes']).toBeGreaterThan(0);
  await life.close();
  return lab.happened;
}

const WISH = OPERATIONS > 0 ? `${OPERATIONS} operations` : `${ROUNDS} rounds`;

test(
  `${WISH} of snapshots by chance, from seed ${SEED}`,
  async () => {
    const total: Counts = {};
    for (let seed = SEED; isDue(total); seed++) {
      const { rounds = 0 } = total;
      add(total, await live(seed, OPERATIONS > 0 ? LIFE : Math.min(LIFE, ROUNDS - rounds)));
      if (OPERATIONS > 0 || ROUNDS >= LIFE) console.log(`to seed ${seed}:`, told(total));
    }
    // Rounds in which one of these never happens test less than they say.
    if ((total['rounds'] ?? 0) >= MANY) expect(ALL.filter((what) => !(what in total))).toEqual([]);
  },
  ROUND_MILLIS * (1 + Math.max(ROUNDS, OPERATIONS)),
);
