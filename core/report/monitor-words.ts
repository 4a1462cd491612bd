/** What the monitor says of mirrors and snapshots, in dmeventd's words (reference 7.3, 7.4). */
import type { MirrorHealth } from '../contract/mirrors.ts';
import { percentWords } from './mirror-words.ts';
import type { MirrorPart, MirrorStatus } from '../lvm/activate/mirror-status.ts';

export const monitorWords = {
  inSync: (device: string): string => `${device} is now in-sync.`,
  failure: (device: string): string => `Device failure in ${device}.`,
  repaired: (device: string): string =>
    `Repair of mirrored device ${device} finished successfully.`,
  unrepaired: (device: string): readonly string[] => [
    `Repair of mirrored device ${device} failed.`,
    `Failed to remove faulty devices in ${device}.`,
  ],
};

/** Of the stores of snapshots (reference 7.4). Percent with two decimals. */
export const storeWords = {
  full: (device: string, percent: number): string =>
    `WARNING: Snapshot ${device} is now ${percentWords(percent)} full.`,
  lost: (device: string, state: string): string =>
    `WARNING: Snapshot ${device} changed state to: ${state} and should be removed.`,
  notExtended: (device: string): string => `Failed to extend snapshot ${device}.`,
};

const HOW: Readonly<Partial<Record<MirrorHealth, string>>> = {
  F: 'flush failed',
  S: 'sync failed',
  R: 'read failed',
};

/** One for every part that is not alive, legs first. */
export function failureWords({ legs, log }: MirrorStatus): readonly string[] {
  const said = (what: string, { devno, health }: MirrorPart): readonly string[] =>
    health === 'A' ? [] : [`${what} device ${devno} ${HOW[health] ?? `has failed (${health})`}.`];
  return [
    ...legs.flatMap((leg, index) => said(index === 0 ? 'Primary mirror' : 'Secondary mirror', leg)),
    ...(log ? said('Log', log) : []),
  ];
}
