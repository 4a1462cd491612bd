/**
 * Debts: where a limit is broken, by how much, and why. A number may only fall; when it does, the
 * test asks for the new one, and for the line to go when nothing is left.
 */
export interface Exception {
  readonly check: RatchetedCheck;
  readonly path: string;
  /** Sum of the findings' amounts: lines above the limit, or number of functions. */
  readonly amount: number;
  readonly reason: string;
}

/** The checks that accept exceptions. All others accept none. */
export type RatchetedCheck = 'long file' | 'long function' | 'dead file';

/** Fault injectors are product code: the window reaches them once a disk can be broken in it. */
const INJECTOR = 'a fault injector; fault loops reach it, the window cannot break a disk yet';

export const EXCEPTIONS: readonly Exception[] = [
  { check: 'dead file', path: 'core/block/wrap/bad-sectors.ts', amount: 1, reason: INJECTOR },
  { check: 'dead file', path: 'core/block/wrap/delay.ts', amount: 1, reason: INJECTOR },
  { check: 'dead file', path: 'core/block/wrap/power-loss.ts', amount: 1, reason: INJECTOR },
];
