/**
 * Moves of extents that are cut short: the Nth request fails, or power goes after the Nth write.
 * Whatever is left opens, has all of the data, and is resumed or aborted.
 */
import { expect, test } from 'vitest';
import { EVERY, places } from './conversions/places.ts';
import { FAILURES } from './conversions/trouble.ts';
import { MOVES } from './moves/cases.ts';
import { cut, failing, reached, undisturbed, type Whole } from './moves/loops.ts';

/** Places that are tried of each loop. */
const PLACES = 3;
/** For one loop, in milliseconds. */
const TIMEOUT = EVERY > 0 ? 900_000 : 60_000;

for (const [index, one] of MOVES.entries()) {
  let known: Promise<Whole> | undefined;
  const whole = () => (known ??= undisturbed(one));

  test(
    `${one.name}: the Nth request fails`,
    async () => {
      const { requests } = await whole();
      expect(requests).toBeGreaterThan(50);
      for (const [at, n] of places(requests, PLACES, index).entries()) {
        const how = FAILURES[(at + index) % FAILURES.length] ?? 'once';
        await failing(one, await whole(), n, how);
      }
    },
    TIMEOUT,
  );

  test(
    `${one.name}: power goes after the Nth write`,
    async () => {
      const { writes } = await whole();
      expect(writes).toBeGreaterThan(20);
      for (const [at, n] of places(writes, PLACES, index).entries()) {
        await cut(one, await whole(), n, at % 3 === 1);
      }
    },
    TIMEOUT,
  );
}

test('what the loops have to meet was met', () => {
  for (const [what, count] of Object.entries(reached)) expect(count, what).toBeGreaterThan(0);
});
