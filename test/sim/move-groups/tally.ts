/** How often each thing happened: a campaign in which one never does proves less than it says. */
const KINDS = [
  ...['read', 'write', 'fua', 'zero', 'discard', 'flush', 'waited', 'whileSuspended'],
  ...['moves', 'refused', 'atomic', 'ranges', 'named', 'anywhere', 'inMove', 'aborted', 'resumed'],
  ...['secondMove', 'throttled', 'suspendedInMove', 'extended', 'other', 'reopened'],
  ...['reopenedInMove', 'cut', 'cutInMove', 'fault', 'faultInMove', 'failed', 'leftOver'],
  ...['struck', 'held', 'bare'],
] as const;

export type Kind = (typeof KINDS)[number];
export type Tally = Record<string, number>;

export const emptyTally = (): Tally => Object.fromEntries(KINDS.map((kind) => [kind, 0]));

export const missed = (tally: Tally): readonly string[] => KINDS.filter((kind) => !tally[kind]);

export function add(total: Tally, one: Tally): void {
  for (const kind of KINDS) total[kind] = (total[kind] ?? 0) + (one[kind] ?? 0);
}
