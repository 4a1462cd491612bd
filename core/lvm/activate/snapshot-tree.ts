/**
 * The devices of an origin and its snapshots (reference 8.3). What an origin was before is below
 * it, and below all of its snapshots: a store, with the layer `cow`, says what of it to read.
 */
import { ok, type Result } from '../../base/result.ts';
import { extentsToSectors } from '../../base/units.ts';
import type { VolumeError } from '../../contract/errors.ts';
import { findLv, type LogicalVolume, type VolumeGroup } from '../format/model.ts';
import { isSnapshot, linkFault, snapshotsTaken, type SnapshotLink } from '../format/snapshots.ts';
import { COW, dmName, dmUuid, REAL } from './names.ts';
import type { DeviceNode } from './tree.ts';

/** Builds a volume's own device, as if it had no snapshots. */
export type Build = (lv: LogicalVolume) => Result<DeviceNode, VolumeError>;

/** Above all others of a level: what writes to an origin starts a copy has to find ready. */
const AFTER_SNAPSHOTS = 1;
/** What had the store lets it go before. */
const AFTER_ORIGIN = 2;

/**
 * @param merges whether a snapshot that is to merge does so now, or goes on as a snapshot
 * @returns the origin's device, with those of its snapshots beside it
 */
export function snapshotTree(
  vg: VolumeGroup,
  origin: LogicalVolume,
  merges: (link: SnapshotLink) => boolean,
  build: Build,
): Result<DeviceNode, VolumeError> {
  const links = snapshotsTaken(vg, origin.name);
  const faults = links.flatMap(({ pseudo }) =>
    pseudo.segments.filter(isSnapshot).flatMap((one) => linkFault(vg, one) ?? []),
  );
  if (faults.length > 0) return invalid(vg, faults);
  const own = build(origin);
  if (!own.ok) return own;
  const merging = links.find((link) => link.merging && merges(link));
  const real = layered(vg, origin, own.value, REAL, merging === undefined);
  const { size } = own.value;
  let top = underLayer(own.value, [`0 ${size} snapshot-origin ${real.name}`], [real]);
  const beside: DeviceNode[] = [];
  for (const link of links) {
    const store = findLv(vg, link.store);
    const stored = store ? build(store) : invalid(vg, [`there is no store ${link.store}`]);
    if (!store || !stored.ok) return stored;
    const cow: DeviceNode = { ...layered(vg, store, stored.value, COW), readOnly: false };
    const children = [real, cow];
    const length = extentsToSectors(link.count, vg.extentSize);
    const args = `${real.name} ${cow.name} P ${link.chunkSize}`;
    const node = { ...underLayer(stored.value, [], []), size: length };
    if (link === merging) {
      top = { ...top, table: [`0 ${size} snapshot-merge ${args}`], children };
      beside.push({ ...node, table: [`0 ${length} error`], priority: AFTER_ORIGIN });
    } else beside.push({ ...node, table: [`0 ${length} snapshot ${args}`], children });
  }
  return ok({ ...top, priority: AFTER_SNAPSHOTS, beside });
}

function invalid(vg: VolumeGroup, faults: readonly string[]): Result<never, VolumeError> {
  return { ok: false, error: { code: 'metadata-invalid', vg: vg.name, faults } };
}

/** A volume's own device as the layer below the one that has its name. */
function layered(
  vg: VolumeGroup,
  lv: LogicalVolume,
  own: DeviceNode,
  layer: string,
  startsLate = false,
): DeviceNode {
  const { minor: _minor, readAhead: _readAhead, ...rest } = own;
  const name = dmName(vg.name, lv.name, layer);
  const node: DeviceNode = { ...rest, name, uuid: dmUuid(vg.id, lv.id, layer) };
  return startsLate ? { ...node, startsLate: 'always' } : node;
}

const underLayer = (
  own: DeviceNode,
  table: readonly string[],
  children: readonly DeviceNode[],
): DeviceNode => ({ ...own, table, children });
