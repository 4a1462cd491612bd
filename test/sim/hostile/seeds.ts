/** Runs hostile labs; the first that breaks a rule names the seed that repeats it. */
import { expect } from 'vitest';
import type { Base } from './disks.ts';
import { hostileRun } from './run.ts';

/** Milliseconds that a run may take. Other programs may hold one up: the best of three counts. */
const TOO_LONG = 1000;
const TRIES = 3;

/** @returns pieces of damage done */
export async function runHostile(bases: readonly Base[], seeds: readonly number[]) {
  const verbs = new Map<string, { done: number; refused: number }>();
  const tally = { mutations: 0, done: 0, refused: 0, groups: 0 };
  for (const seed of seeds) {
    const outcome = await timely(seed, bases);
    tally.mutations += outcome.mutations;
    tally.groups += outcome.groups;
    const verb = /^\w+(?: --re\w+missing)?/.exec(outcome.line)?.[0] ?? '';
    const counts = verbs.get(verb) ?? { done: 0, refused: 0 };
    verbs.set(verb, counts);
    for (const one of [tally, counts]) {
      if (outcome.status === 0) one.done++;
      else one.refused++;
    }
  }
  // Damage that nothing survives, or that nothing notices, would test half of what it should.
  expect(tally.done).toBeGreaterThan(seeds.length / 5);
  expect(tally.refused).toBeGreaterThan(seeds.length / 5);
  expect(tally.groups).toBeGreaterThan(seeds.length / 3);
  const onesided = [...verbs].filter(([, { done, refused }]) => done === 0 || refused === 0);
  expect(onesided, 'commands that always go through, or never').toEqual([]);
  return tally.mutations;
}

async function timely(seed: number, bases: readonly Base[]) {
  for (let tries = 1; ; tries++) {
    const start = performance.now();
    const outcome = await hostileRun(seed, bases);
    const millis = performance.now() - start;
    if (millis < TOO_LONG) return outcome;
    if (tries === TRIES) throw new Error(`seed ${seed} takes ${Math.round(millis)} ms`);
  }
}

export const seedsFrom = (first: number, count: number): readonly number[] =>
  Array.from({ length: count }, (_, index) => first + index);
