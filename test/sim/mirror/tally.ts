/** How often each thing happened: a campaign in which one never does proves less than it says. */
const KINDS = [
  'read',
  'write',
  'zero',
  'discard',
  'flush',
  'failed',
  'waited',
  'cut',
  'cleanAfterCut',
  'staleAfterCut',
  'fault',
  'faultOfLog',
  'returned',
  'held',
  'dropped',
  'requeued',
  'drained',
  'legRemoved',
  'legAdded',
  'logReplaced',
  'primaryMoved',
  'recovering',
  'cutWhileDropped',
  'copied',
  'markedFirst',
  'calledClean',
] as const;

export type Tally = Record<(typeof KINDS)[number], number>;

export const emptyTally = (): Tally => Object.fromEntries(KINDS.map((kind) => [kind, 0])) as Tally;

export function add(total: Tally, one: Tally): void {
  for (const kind of KINDS) total[kind] += one[kind];
}
