/** Simulated time for tests: nothing waits for a real clock, and a seed fixes every order. */
import { Prng } from '../../core/env/prng.ts';
import { SimScheduler } from '../../core/env/sim-scheduler.ts';

export interface Sim {
  readonly scheduler: SimScheduler;
  readonly random: Prng;
}

/** A turn of the event loop: every continuation that is pending has run after it. */
export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** What has become of a promise by now. */
export async function fateOf<T>(promise: Promise<T>): Promise<T | 'pending'> {
  await turn();
  return Promise.race([promise, Promise.resolve('pending' as const)]);
}

/**
 * Runs `body` in simulated time until it returns and nothing is due any more. A failure names the
 * seed that repeats it.
 */
export async function simulated<T>(seed: number, body: (sim: Sim) => Promise<T>): Promise<T> {
  const scheduler = new SimScheduler(turn);
  try {
    const result = await scheduler.until(body({ scheduler, random: new Prng(seed) }));
    await scheduler.drain();
    return result;
  } catch (failure) {
    const told = failure instanceof Error ? failure.message : String(failure);
    throw new Error(`seed ${seed}: ${told}`, { cause: failure });
  }
}
