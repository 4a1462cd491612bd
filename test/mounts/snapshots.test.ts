/**
 * Snapshots of an ext4 come, go, overflow and flow back under fio.
 * `LVSTUDIO_ROUNDS=100 npm test -- test/mounts/snapshots.test.ts` does so longer; `LVSTUDIO_SEED`
 * is where it begins.
 */
import { afterEach, expect, test } from 'vitest';
import { Prng } from '../../core/env/prng.ts';
import { inTime } from './support/in-time.ts';
import { SnapshotLife } from './support/snapshot-life.ts';

const ROUNDS = Number(process.env['LVSTUDIO_ROUNDS'] ?? 1);
const SEED = Number(process.env['LVSTUDIO_SEED'] ?? 1);
/** A lab lives through so many rounds until the next one begins. */
const LIFE = 10;
const ROUND_MILLIS = 120_000;
/** So many rounds should meet everything. */
const MANY = 100;
const ALL = [
  ...['taken', 'frozen', 'held', 'amid', 'write', 'fio', 'mount', 'extended'],
  ...['removed', 'removedLost', 'mergedAtOnce', 'activated', 'refreshed', 'reopened'],
  ...['checksInMerge', 'writesInMerge'],
];

let open: SnapshotLife[] = [];
afterEach(async () => {
  for (const life of open) await life.close();
  open = [];
});

test(
  `${ROUNDS} rounds of snapshots by chance, from seed ${SEED}`,
  async () => {
    const met = new Set<string>();
    for (let done = 0; done < ROUNDS; done += LIFE) {
      const seed = SEED + done / LIFE;
      const life = await SnapshotLife.begin(new Prng(seed));
      open.push(life);
      for (let round = 0; round < Math.min(LIFE, ROUNDS - done); round++) {
        await inTime(life.round(), ROUND_MILLIS).catch((cause: unknown) => {
          throw new Error(`seed ${seed}: ${String(cause)}\n${life.story}`, { cause });
        });
      }
      if (ROUNDS >= LIFE) console.log(seed, JSON.stringify(life.happened));
      for (const what of Object.keys(life.happened)) met.add(what);
      expect(life.happened['taken']).toBeGreaterThan(0);
      expect(life.happened['comparedSectors']).toBeGreaterThan(0);
      expect(life.happened['writes']).toBeGreaterThan(0);
      await life.close();
    }
    // Rounds in which one of these never happens test less than they say.
    if (ROUNDS >= MANY) expect(ALL.filter((what) => !met.has(what))).toEqual([]);
  },
  ROUND_MILLIS * (1 + ROUNDS),
);
