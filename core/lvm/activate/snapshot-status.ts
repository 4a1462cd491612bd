/** What the status line of a snapshot target says (reference 5.5), and what LVM makes of it. */
import type { DmDeviceState } from '../../contract/state.ts';
import type { LogicalVolume, VolumeGroup } from '../format/model.ts';
import { snapshotOn, snapshotsTaken } from '../format/snapshots.ts';
import { dmUuid } from './names.ts';

export type SnapshotStatus =
  /** In sectors: up to the next free chunk, all, and of these header and tables. */
  | {
      readonly is: 'good';
      readonly allocated: number;
      readonly total: number;
      readonly metadata: number;
    }
  | { readonly is: 'invalid' | 'overflowed' | 'merge-failed' | 'unknown' };

const WORDS: ReadonlyMap<string, Exclude<SnapshotStatus['is'], 'good'>> = new Map([
  ['Invalid', 'invalid'],
  ['Overflow', 'overflowed'],
  ['Merge failed', 'merge-failed'],
  ['Unknown', 'unknown'],
]);

/** @param text `816/8192 16`, or a word; undefined where it is something else */
export function parseSnapshotStatus(text: string): SnapshotStatus | undefined {
  const word = WORDS.get(text.trim());
  if (word) return { is: word };
  const found = /^(\d+)\/(\d+) (\d+)$/.exec(text.trim());
  if (!found) return undefined;
  const [allocated = 0, total = 0, metadata = 0] = found.slice(1).map((part) => Number(part));
  return { is: 'good', allocated, total, metadata };
}

/** Of the first target of a device's live table. */
export function snapshotStatusOf(device: DmDeviceState | undefined): SnapshotStatus | undefined {
  const [first] = device?.live ?? [];
  if (first?.type !== 'snapshot' && first?.type !== 'snapshot-merge') return undefined;
  return parseSnapshotStatus(first.status);
}

/** Of a snapshot, or of one that merges: that runs on the device of its origin. */
export function statusOfSnapshot(
  find: (uuid: string) => DmDeviceState | undefined,
  vg: VolumeGroup,
  lv: LogicalVolume,
): SnapshotStatus | undefined {
  const link = snapshotOn(vg, lv.name);
  if (!link) return undefined;
  const own = snapshotStatusOf(find(dmUuid(vg.id, lv.id)));
  if (own || !link.merging) return own;
  const origin = vg.lvs.find(({ name }) => name === link.origin);
  return origin && snapshotStatusOf(find(dmUuid(vg.id, origin.id)));
}

/** Of an origin into which a snapshot merges at this time. */
export const statusOfMerge = (
  find: (uuid: string) => DmDeviceState | undefined,
  vg: VolumeGroup,
  lv: LogicalVolume,
): SnapshotStatus | undefined => {
  const merging = snapshotsTaken(vg, lv.name).some((link) => link.merging);
  const device = find(dmUuid(vg.id, lv.id));
  return merging && device?.live?.[0]?.type === 'snapshot-merge'
    ? snapshotStatusOf(device)
    : undefined;
};

/** 0 to 100, as LVM counts it: a store that keeps nothing yet is at 0, one that is lost at 100. */
export function fullPercent(status: SnapshotStatus | undefined): number | undefined {
  if (!status || status.is === 'unknown') return undefined;
  if (status.is !== 'good') return 100;
  const { allocated, total, metadata } = status;
  if (allocated === metadata || total === 0) return 0;
  return allocated >= total ? 100 : Math.min(99.99, Math.max(0.01, (100 * allocated) / total));
}
