/** How many extents a size means, with LVM's rounding (reference 9.3). */
import { err, ok, type Result } from '../../base/result.ts';
import {
  extents,
  extentsToSectors,
  sectorsToExtentsCeil,
  type Extents,
  type Sectors,
} from '../../base/units.ts';
import type { Notice, VolumeError } from '../../contract/errors.ts';
import type { VolumeGroup } from '../format/model.ts';

/** How much, in the three ways LVM lets one say it. `sign` makes it relative . */
export type SizeSpec =
  | { readonly by: 'size'; readonly sectors: Sectors; readonly sign?: '+' }
  | { readonly by: 'extents'; readonly extents: Extents; readonly sign?: '+' }
  | {
      readonly by: 'percent';
      /** 1 or more; above 100 is refused by the operation where it makes no sense. */
      readonly percent: number;
      readonly of: 'FREE' | 'VG' | 'PVS' | 'LV';
      readonly sign?: '+';
    };

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
  const asked = size.by === 'size' ? fromSectors(size, base, notices) : fromCount(size, base);
  if (asked === 0) return err({ code: 'size-zero', command });
  const total = extents(asked + (size.sign === '+' ? base.present : 0));
  return ok({ total, notices, approximate: size.by === 'percent' && size.of !== 'LV' });
}

function fromSectors(
  size: SizeSpec & { readonly by: 'size' },
  { vg, present }: SizeBase,
  notices: Notice[],
): number {
  const count = sectorsToExtentsCeil(size.sectors, vg.extentSize);
  const rounded = extentsToSectors(count, vg.extentSize);
  if (rounded !== size.sectors) {
    const code = present === 0 ? 'rounded-up' : 'rounded-to-boundary';
    notices.push({ code, size: rounded });
  }
  return count;
}

function fromCount(size: Exclude<SizeSpec, { by: 'size' }>, base: SizeBase): number {
  if (size.by === 'extents') return size.extents;
  const whole = { FREE: base.free, VG: totalOf(base.vg), PVS: base.pvs, LV: base.present }[size.of];
  return Math.floor((whole * size.percent) / 100);
}

const totalOf = (vg: VolumeGroup): number => vg.pvs.reduce((sum, pv) => sum + pv.peCount, 0);
