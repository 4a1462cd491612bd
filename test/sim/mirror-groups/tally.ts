/** How often each thing happened: a campaign in which one never does proves less than it says. */
const KINDS = [
  ...['read', 'write', 'fua', 'zero', 'discard', 'flush', 'failed', 'waited', 'whileSuspended'],
  ...['commands', 'refused', 'stuck', 'up', 'down', 'log', 'resync', 'refresh', 'extended'],
  ...['reduced', 'splitOff', 'layerGone', 'abandoned', 'whileConverting', 'cycled', 'inactive'],
  ...['openRefused', 'throttled', 'monitorOff', 'reopened', 'reopenedConverting', 'partial'],
  ...['fault', 'faultOfLog', 'legLost', 'primaryLost', 'lostConverting', 'lostRecovering'],
  ...['logLostRecovering', 'degradedFault', 'brokenPlace', 'lied', 'lastCopyLost', 'mended'],
  ...['staleReturn', 'restored', 'removedMissing', 'repaired', 'unrepaired', 'replaced'],
  ...['noRoom', 'cut', 'cutConverting', 'cutBetweenVersions', 'cutDegraded', 'cutRepairing'],
  ...['leftover', 'leftStandIn', 'cleanChecked', 'copiesCompared'],
] as const;

/** One run in hundreds or thousands meets these: the long campaign shows how often. */
const RARE = ['removedConverting', 'olderVersion', 'leftOlder', 'sparedGrowing'] as const;
const ALL = [...KINDS, ...RARE];

export type Kind = (typeof ALL)[number];
export type Tally = Record<string, number>;

export const emptyTally = (): Tally => Object.fromEntries(ALL.map((kind) => [kind, 0]));

/** What never happened of that which happens often enough for a short campaign. */
export const missed = (tally: Tally): readonly string[] => KINDS.filter((kind) => !tally[kind]);

export function add(total: Tally, one: Tally): void {
  for (const kind of ALL) total[kind] = (total[kind] ?? 0) + (one[kind] ?? 0);
}
