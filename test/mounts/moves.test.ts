/**
 * Extents of volumes with an ext4, stripes and a mirror move about under fio, which verifies all
 * that it writes. `LVSTUDIO_ROUNDS=100 npm test -- test/mounts/moves.test.ts` does so longer;
 * `LVSTUDIO_SEED` is where it begins.
 */
import { afterEach, expect, test } from 'vitest';
import { Prng } from '../../core/env/prng.ts';
import { MovingLife } from './support/moving-life.ts';

const ROUNDS = Number(process.env['LVSTUDIO_ROUNDS'] ?? 1);
const SEED = Number(process.env['LVSTUDIO_SEED'] ?? 1);
/** A lab lives through so many rounds until the next one begins. */
const LIFE = 10;
const ROUND_MILLIS = 120_000;

let open: MovingLife[] = [];
afterEach(async () => {
  for (const life of open) await life.close();
  open = [];
});

test(
  `${ROUNDS} rounds of moves by chance, from seed ${SEED}`,
  async () => {
    for (let done = 0; done < ROUNDS; done += LIFE) {
      const seed = SEED + done / LIFE;
      const life = await MovingLife.begin(new Prng(seed));
      open.push(life);
      for (let round = 0; round < Math.min(LIFE, ROUNDS - done); round++) {
        await life.round().catch((cause: unknown) => {
          throw new Error(`seed ${seed}: ${String(cause)}\n${life.story}`, { cause });
        });
      }
      if (ROUNDS > LIFE) console.log(seed, JSON.stringify(life.happened));
      expect(life.happened['moves']).toBeGreaterThan(0);
      expect(life.happened['writes']).toBeGreaterThan(0);
      await life.close();
    }
  },
  ROUND_MILLIS * (1 + ROUNDS),
);
