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
import { freeCountOf } from '../format/free-areas.ts';
import type { VolumeGroup } from '../format/model.ts';

/** `+` and `-` make a size relative to the volume as it is. */
export type Sign = '+' | '-';

/** How much, in the three ways LVM lets one say it. */
export type SizeSpec =
  /** Below 16 EiB; what is larger than 4 EiB is not exact. */
  | { readonly by: 'size'; readonly sectors: Sectors; readonly sign?: Sign }
  | { readonly by: 'extents'; readonly extents: Extents; readonly sign?: Sign }
  | {
      readonly by: 'percent';
      /** 1 or more; above 100 is refused by the operation where it makes no sense. */
      readonly percent: number;
      readonly of: 'FREE' | 'VG' | 'PVS' | 'LV' | 'ORIGIN';
      readonly sign?: Sign;
    };

/** What the percentages are taken of. */
export interface SizeBase {
  readonly vg: VolumeGroup;
  /** Free on the PVs that may be used. */
  readonly free: Extents;
  /**
   * PVs were named: %PVS is of what is free on them, otherwise of the whole group. %FREE is of the
   * group either way.
   */
  readonly named: boolean;
  /** The volume as it is; %LV, and what a `+` is added to. 0 for a new one. */
  readonly present: Extents;
  /** Extents that a percentage of the origin means; absent: there is no origin. */
  readonly ofOrigin?: (percent: number) => Extents;
}

export interface ResolvedSize {
  /** The new total; 0 where a reduction leaves nothing. */
  readonly total: Extents;
  readonly notices: readonly Notice[];
  /** Percentages are an upper bound: less is taken where not all of it fits. */
  readonly approximate: boolean;
}

/** LVM counts them in 32 bits. */
const MOST_EXTENTS = 2 ** 32 - 1;

export function resolveSize(
  size: SizeSpec,
  base: SizeBase,
  command: string,
): Result<ResolvedSize, VolumeError> {
  const notices: Notice[] = [];
  if (size.by === 'percent' && size.of === 'LV' && command === 'lvcreate') {
    const ofOrigin = base.ofOrigin ? ({ ofOrigin: true } as const) : {};
    return err({ code: 'size-of-new-lv', ...ofOrigin });
  }
  if (size.by === 'percent' && size.of === 'ORIGIN' && !base.ofOrigin) {
    return err({ code: 'size-of-no-origin', isNew: command === 'lvcreate' });
  }
  if (size.by === 'size' && size.sectors > MOST_EXTENTS * base.vg.extentSize) {
    return err({ code: 'volume-too-large', size: size.sectors, extentSize: base.vg.extentSize });
  }
  const asked = size.by === 'size' ? fromSectors(size, base, notices) : fromCount(size, base);
  if (asked === 0 && size.by !== 'percent' && size.sign !== '-') {
    return err({ code: 'size-zero', command });
  }
  const wanted = extents(signed(asked, size.sign, base.present));
  const total = withinFree(size, wanted, base, notices);
  if (total === 0 && command === 'lvcreate') return err({ code: 'size-comes-to-zero' });
  return ok({ total, notices, approximate: isUpperBound(size, base) });
}

/** More of a group than is free means what is free, where no sign says otherwise. */
function withinFree(
  size: SizeSpec,
  wanted: Extents,
  { vg, present }: SizeBase,
  notices: Notice[],
): Extents {
  if (size.by !== 'percent' || size.of !== 'VG' || size.sign !== undefined) return wanted;
  const most = extents(present + freeCountOf(vg));
  if (wanted <= most) return wanted;
  const { percent } = size;
  notices.push({
    code: 'reduced-to-free',
    percent,
    size: extentsToSectors(most, vg.extentSize),
  });
  return most;
}

/** What is added in parts of a whole group has to fit; other percentages take what there is. */
function isUpperBound(size: SizeSpec, { named }: SizeBase): boolean {
  if (size.by !== 'percent' || size.of === 'LV' || size.of === 'ORIGIN') return false;
  return size.sign === undefined || size.of === 'FREE' || (size.of === 'PVS' && named);
}

function signed(count: number, sign: Sign | undefined, present: number): number {
  if (sign === undefined) return count;
  return sign === '+' ? present + count : Math.max(0, present - count);
}

function fromSectors(
  size: SizeSpec & { readonly by: 'size' },
  { vg, present }: SizeBase,
  notices: Notice[],
): number {
  // What is taken away is rounded down: more than asked for is never cut.
  const up = sectorsToExtentsCeil(size.sectors, vg.extentSize);
  const count = size.sign === '-' ? Math.floor(size.sectors / vg.extentSize) : up;
  const rounded = extentsToSectors(extents(count), vg.extentSize);
  if (rounded !== size.sectors) {
    const code = present === 0 ? 'rounded-up' : 'rounded-to-boundary';
    notices.push({ code, size: rounded });
  }
  return count;
}

function fromCount(size: Exclude<SizeSpec, { by: 'size' }>, base: SizeBase): number {
  if (size.by === 'extents') return size.extents;
  if (size.of === 'ORIGIN') return base.ofOrigin?.(size.percent) ?? 0;
  const all = totalOf(base.vg);
  const pvs = base.named ? base.free : all;
  const whole = { FREE: freeCountOf(base.vg), VG: all, PVS: pvs, LV: base.present }[size.of];
  // A new volume is rounded down, and so is what is taken away.
  const round = base.present > 0 && size.sign !== '-' ? Math.ceil : Math.floor;
  return round((whole * size.percent) / 100);
}

const totalOf = (vg: VolumeGroup): number => vg.pvs.reduce((sum, pv) => sum + pv.peCount, 0);
