/**
 * Extents of volumes with an ext4, stripes and a mirror move about under fio, which verifies all
 * that it writes. `LVSTUDIO_ROUNDS=100 npm test -- test/mounts/moves.test.ts` does so longer;
 * `LVSTUDIO_SEED` is where it begins.
 */
import { afterEach, expect, test } from 'vitest';
import { Prng } from '../../core/env/prng.ts';
import { FORMS } from '../support/move-forms.ts';
import { inTime } from './support/in-time.ts';
import { MovingLife } from './support/moving-life.ts';

const ROUNDS = Number(process.env['LVSTUDIO_ROUNDS'] ?? 1);
const SEED = Number(process.env['LVSTUDIO_SEED'] ?? 1);
/** A lab lives through so many rounds until the next one begins. */
const LIFE = 10;
const ROUND_MILLIS = 120_000;
/** So many rounds should meet every form. */
const MANY = 100;

let open: MovingLife[] = [];
afterEach(async () => {
  for (const life of open) await life.close();
  open = [];
});

test(
  `${ROUNDS} rounds of moves by chance, from seed ${SEED}`,
  async () => {
    const met = new Set<string>();
    for (let done = 0; done < ROUNDS; done += LIFE) {
      const seed = SEED + done / LIFE;
      const life = await MovingLife.begin(new Prng(seed));
      open.push(life);
      for (let round = 0; round < Math.min(LIFE, ROUNDS - done); round++) {
        await inTime(life.round(), ROUND_MILLIS).catch((cause: unknown) => {
          throw new Error(`seed ${seed}: ${String(cause)}\n${life.story}`, { cause });
        });
      }
      if (ROUNDS >= LIFE) console.log(seed, JSON.stringify([life.happened, life.forms]));
      for (const form of Object.keys(life.forms)) met.add(form);
      expect(life.happened['moves']).toBeGreaterThan(0);
      expect(life.happened['writes']).toBeGreaterThan(0);
      await life.close();
    }
    // Rounds in which one of these never happens test less than they say.
    if (ROUNDS >= MANY) expect(FORMS.filter((form) => !met.has(form))).toEqual([]);
  },
  ROUND_MILLIS * (1 + ROUNDS),
);
