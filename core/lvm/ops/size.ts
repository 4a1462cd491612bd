/** How many extents a size means, with LVM's rounding (reference 9.3). */
import { err, ok, type Result } from '../../base/result.ts';
import { extents, extentsToSectors, sectorsToExtentsCeil, type Extents } from '../../base/units.ts';
import type { Notice, VolumeError } from '../../contract/errors.ts';
import type { SizeSpec } from '../../contract/requests.ts';
import type { VolumeGroup } from '../format/model.ts';

/** What the percentages are taken of. */
export interface SizeBase {
  readonly vg: VolumeGroup;
  /** Free on the PVs that may be used; %FREE. */
  readonly free: Extents;
  /** All extents of the PVs that may be used; %PVS. */
  readonly pvs: Extents;
  /** The volume as it is; %LV, and what a `+` is added to. 0 for a new one. */
  readonly present: Extents;
}

export interface ResolvedSize {
  /** The new total, at least 1. */
  readonly total: Extents;
  readonly notices: readonly Notice[];
  /** Percentages are an upper bound: less is taken where not all of it fits. */
  readonly approximate: boolean;
}

export function resolveSize(
  size: SizeSpec,
  base: SizeBase,
  command: string,
): Result<ResolvedSize, VolumeError> {
  const notices: Notice[] = [];
  const asked = size.by === 'size' ? fromSectors(size, base.vg, notices) : fromCount(size, base);
  if (asked === 0) return err({ code: 'size-zero', command });
  const total = extents(asked + (size.sign === '+' ? base.present : 0));
  return ok({ total, notices, approximate: size.by === 'percent' && size.of !== 'LV' });
}

function fromSectors(
  size: SizeSpec & { readonly by: 'size' },
  vg: VolumeGroup,
  notices: Notice[],
): number {
  const count = sectorsToExtentsCeil(size.sectors, vg.extentSize);
  const rounded = extentsToSectors(count, vg.extentSize);
  if (rounded !== size.sectors) notices.push({ code: 'rounded-up', size: rounded });
  return count;
}

function fromCount(size: Exclude<SizeSpec, { by: 'size' }>, base: SizeBase): number {
  if (size.by === 'extents') return size.extents;
  const whole = { FREE: base.free, VG: totalOf(base.vg), PVS: base.pvs, LV: base.present }[size.of];
  return Math.floor((whole * size.percent) / 100);
}

const totalOf = (vg: VolumeGroup): number => vg.pvs.reduce((sum, pv) => sum + pv.peCount, 0);
