/** What becomes larger or smaller of origins and stores (reference 10.5). */
import { extents, extentsToSectors } from '../../../base/units.ts';
import type { VolumeError } from '../../../contract/errors.ts';
import { findLv, lvExtentCount, type LogicalVolume, type VolumeGroup } from '../../format/model.ts';
import { snapshotOn, snapshotsTaken } from '../../format/snapshots.ts';
import type { OpContext } from '../context.ts';
import { isActive } from '../find.ts';
import type { ResolvedSize, SizeBase } from '../size.ts';
import { mostUseful } from './sizes.ts';

/** An origin in use stays as it is, and none gets smaller: its snapshots count its chunks. */
export function refuseFamilyResize(
  context: OpContext,
  vg: VolumeGroup,
  lv: LogicalVolume,
  shrinks: boolean,
): VolumeError | undefined {
  if (snapshotsTaken(vg, lv.name).length === 0) return undefined;
  const stays = shrinks || isActive(context, vg, lv);
  return stays ? { code: 'origin-resize', shrinks } : undefined;
}

/** What a percentage of the origin means for a store that is there. */
export function shareOf(vg: VolumeGroup, lv: LogicalVolume): Pick<SizeBase, 'ofOrigin'> {
  const origin = originOf(vg, lv);
  if (!origin) return {};
  const count = lvExtentCount(origin);
  return { ofOrigin: (percent) => extents(Math.ceil((count * percent) / 100)) };
}

/** A store grows up to what its origin could ever fill. */
export function withinUse(vg: VolumeGroup, lv: LogicalVolume, size: ResolvedSize): ResolvedSize {
  const link = snapshotOn(vg, lv.name);
  const origin = originOf(vg, lv);
  if (!link || !origin) return size;
  const most = mostUseful(vg, lvExtentCount(origin), link.chunkSize);
  if (size.total <= most) return size;
  const total = extents(Math.max(most, lvExtentCount(lv)));
  const notice = {
    code: 'store-at-most',
    size: extentsToSectors(most, vg.extentSize),
    count: most,
  } as const;
  return { ...size, total, notices: [...size.notices, notice] };
}

function originOf(vg: VolumeGroup, lv: LogicalVolume): LogicalVolume | undefined {
  const link = snapshotOn(vg, lv.name);
  return link && findLv(vg, link.origin);
}
