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
  ...[
    'removedConverting',
    'leftover',
    'leftStandIn',
    'olderVersion',
    'leftOlder',
    'cleanChecked',
    'copiesCompared',
  ],
] as const;

export type Kind = (typeof KINDS)[number];
export type Tally = Record<string, number>;

export const emptyTally = (): Tally => Object.fromEntries(KINDS.map((kind) => [kind, 0]));

export function add(total: Tally, one: Tally): void {
  for (const kind of KINDS) total[kind] = (total[kind] ?? 0) + (one[kind] ?? 0);
}
