/** What comes between a command and its end: requests that fail, power that goes. */
import { FaultPlan } from '../../../core/block/wrap/fault.ts';
import type { Machine } from './machine.ts';

/** What fails of a disk after the Nth request: nothing else, everything, or all that changes it. */
export type Failure = 'once' | 'for a while' | 'for good' | 'for writes';
export const FAILURES: readonly Failure[] = ['once', 'for good', 'for a while', 'for writes'];
/** Requests of all disks until one that was away is back, with what it held then. */
const WHILE = 40;

const LEAVES = ['nothing', 'half', 'all'] as const;

/** How it is disturbed. */
export interface Trouble {
  readonly cutAfter?: number;
  readonly plan?: FaultPlan;
  /** Path of the disk that failed a request. */
  readonly victim?: () => string | undefined;
}

/** Requests count as long as it is on. */
export interface Counting {
  on: boolean;
}

export function nthFails(n: number, how: Failure, counting: Counting): Trouble {
  let seen = 0;
  let victim: string | undefined;
  const plan = new FaultPlan({
    leaves: LEAVES[n % LEAVES.length] ?? 'all',
    when: ({ op }, device) => {
      const index = counting.on ? seen++ : seen;
      const fails = how !== 'for writes' || op !== 'read';
      if (victim === undefined && counting.on && index >= n && fails) victim = `/dev/${device}`;
      else if (how === 'once' || (how === 'for a while' && index > n + WHILE)) return false;
      return fails && `/dev/${device}` === victim;
    },
  });
  return { plan, victim: () => victim };
}

export async function succeed(machine: Machine, line: string): Promise<void> {
  const done = await machine.until(machine.run(line));
  if (done?.status === 0) return;
  throw new Error(`${line}: ${done?.output.map(({ text }) => text).join('\n') ?? 'no answer'}`);
}

/** Nothing is left in a change. */
export async function expectSettled(machine: Machine, where: string): Promise<void> {
  const state = await machine.state();
  for (const { name, suspended, inactive } of state?.devices ?? []) {
    if (suspended) throw new Error(`${where}: ${name} is suspended`);
    if (inactive) throw new Error(`${where}: ${name} has an inactive table`);
  }
}
