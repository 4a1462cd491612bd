/** Where the parts of a new PV lie (reference 1.8). */
import { newLvmId } from '../../base/ids.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { sectors, type Sectors } from '../../base/units.ts';
import type { VolumeError } from '../../contract/errors.ts';
import type { PvLayout } from '../../contract/plan.ts';
import type { Random } from '../../env/prng.ts';
import type { OpDisk } from './context.ts';

/** Options that pvcreate, vgcreate and vgextend share when they make PVs. */
export interface PvCreation {
  /** Metadata areas per PV: 0, 1 (default) or 2, the second at the device's end. */
  readonly metadataCopies?: 0 | 1 | 2;
  /** Size of one metadata area asked for; rounded so that data stays aligned. Default ~1 MiB. */
  readonly metadataSize?: Sectors;
  /** Alignment of the first extent. Default, also for 0: 1 MiB (2048 sectors). */
  readonly dataAlignment?: Sectors;
}

/** `devices/pv_min_size`: 2048 KiB. */
const MIN_DEVICE = sectors(4096);
/** The first area starts behind the sectors scanned for a label, on a page of its own. */
const FIRST_AREA = sectors(8);
const DEFAULT_ALIGNMENT = sectors(2048);
/** 1 MiB less one page: data then starts at 1 MiB. */
const DEFAULT_AREA = sectors(2040);
/** Eight pages. */
const MIN_AREA = sectors(64);

/** Refuses devices that are too small for a PV, or for what was asked of this one. */
export function layoutPv(
  disk: OpDisk,
  wish: PvCreation,
  random: Random,
): Result<PvLayout, VolumeError> {
  const tooSmall: VolumeError = { code: 'device-too-small', device: disk.path, size: disk.size };
  if (disk.size < MIN_DEVICE) return err(tooSmall);
  // 0 asks for the default, as in LVM.
  const alignment = wish.dataAlignment || DEFAULT_ALIGNMENT;
  const asked = Math.max(wish.metadataSize ?? DEFAULT_AREA, MIN_AREA);
  const copies = wish.metadataCopies ?? 1;

  const firstEnd = copies > 0 ? alignUp(FIRST_AREA + asked, alignment) : alignUp(8, alignment);
  const secondStart = copies > 1 ? alignDown(disk.size - asked, alignment) : disk.size;
  if (firstEnd >= secondStart) return err(tooSmall);

  const areas = [];
  if (copies > 0) areas.push({ start: FIRST_AREA, size: sectors(firstEnd - FIRST_AREA) });
  if (copies > 1) {
    areas.push({ start: sectors(secondStart), size: sectors(disk.size - secondStart) });
  }
  return ok({
    pvId: newLvmId((limit) => random.below(limit)),
    deviceSize: disk.size,
    peStart: sectors(firstEnd),
    areas,
  });
}

/** Extents that fit between the first extent and the second metadata area or the end. */
export function extentCountOf(layout: PvLayout, extentSize: Sectors): number {
  const last = layout.areas[1]?.start ?? layout.deviceSize;
  return Math.max(0, Math.floor((last - layout.peStart) / extentSize));
}

const alignUp = (value: number, to: number): number => Math.ceil(value / to) * to;
const alignDown = (value: number, to: number): number => Math.floor(value / to) * to;
