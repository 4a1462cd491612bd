/**
 * A device above a mirror that only passes everything on (the way out that the mailing list's post
 * on snapshots of failing mirrors proposes). Whoever has to stop the volume's I/O suspends this
 * one, and waits; the mirror below can be suspended and repaired meanwhile, without a race for one
 * device, and without I/O that has to fail or waits for ever.
 */
import type { DmDeviceState } from '../../contract/state.ts';
import { findLv, isVisible, type LogicalVolume, type VolumeGroup } from '../format/model.ts';
import type { SnapshotLink } from '../format/snapshots.ts';
import type { Era } from './device-tree.ts';
import { COW, dmUuid, REAL } from './names.ts';
import type { DeviceNode } from './tree.ts';

type Find = (uuid: string) => DmDeviceState | undefined;

/**
 * Mirrors that come up have one where the era says so. One that is there stays until the volume
 * goes down, whatever becomes of the mirror: taking it away would need it suspended.
 */
export const passesThrough =
  (era: Era | undefined, find: Find) =>
  (vg: VolumeGroup, lv: LogicalVolume): boolean => {
    if (era?.aboveMirrors !== 'pass-through' || !isVisible(lv)) return false;
    const isMirror = lv.segments.some(({ kind }) => kind === 'mirror');
    return isMirror || find(dmUuid(vg.id, lv.id, REAL)) !== undefined;
  };

/**
 * A snapshot that is to merge does so once neither it nor its origin is open; what has begun goes
 * on (reference 10.10).
 */
export const merges =
  (find: Find) =>
  (vg: VolumeGroup, { origin, store }: SnapshotLink): boolean => {
    const [above, beside] = [origin, store].map((name) => {
      const lv = findLv(vg, name);
      return lv && find(dmUuid(vg.id, lv.id));
    });
    if (above?.live?.some(({ type }) => type === 'snapshot-merge')) return true;
    return (above?.openCount ?? 0) === 0 && (beside?.openCount ?? 0) === 0;
  };

/** The device that has a volume's own segments: its own, or the one below that. */
export const realDevice = (
  find: Find,
  { id: vgId }: Pick<VolumeGroup, 'id'>,
  { id }: Pick<LogicalVolume, 'id'>,
): DmDeviceState | undefined =>
  find(dmUuid(vgId, id, REAL)) ?? find(dmUuid(vgId, id, COW)) ?? find(dmUuid(vgId, id));

/** @param own the device of a volume, which becomes the one below */
export function underPassThrough(own: DeviceNode, name: string, uuid: string): DeviceNode {
  const { minor: _minor, readAhead: _readAhead, ...rest } = own;
  const real: DeviceNode = { ...rest, name, uuid };
  const table = [`0 ${own.size} linear ${name} 0`];
  return { ...own, table, children: [real], passesThrough: true };
}
