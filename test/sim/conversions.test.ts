/**
 * Conversions of mirrors that are cut short: the Nth request fails, or power goes after the Nth
 * write. Whatever is left opens, has all of the data, and goes on to a mirror whose legs agree.
 */
import { expect, test } from 'vitest';
import { CONVERSIONS } from './conversions/cases.ts';
import { cut, failing, reached, undisturbed, type Whole } from './conversions/loops.ts';
import { EVERY, places } from './conversions/places.ts';
import { FAILURES } from './conversions/trouble.ts';

/** Places that are tried of each loop. */
const PLACES = 5;
/** For one loop, in milliseconds. */
const TIMEOUT = EVERY > 0 ? 600_000 : 60_000;

for (const [index, one] of CONVERSIONS.entries()) {
  let known: Promise<Whole> | undefined;
  const whole = () => (known ??= undisturbed(one));

  test(
    `${one.name}: the Nth request fails`,
    async () => {
      const { requests } = await whole();
      expect(requests).toBeGreaterThan(50);
      for (const [at, n] of places(requests, PLACES, index).entries()) {
        await failing(one, n, FAILURES[at % FAILURES.length] ?? 'once');
      }
    },
    TIMEOUT,
  );

  test(
    `${one.name}: power goes after the Nth write`,
    async () => {
      const { writes } = await whole();
      expect(writes).toBeGreaterThan(20);
      for (const [at, n] of places(writes, PLACES, index).entries())
        await cut(one, n, at % 3 === 1);
    },
    TIMEOUT,
  );
}

test('what the loops have to meet was met', () => {
  for (const [what, count] of Object.entries(reached)) expect(count, what).toBeGreaterThan(0);
});
