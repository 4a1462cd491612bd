/** Where the parts of a new PV lie (reference 1.8). */
import { newLvmId, type LvmId } from '../../base/ids.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { SECTOR, sectors, type Extents, type Sectors } from '../../base/units.ts';
import type { PvLayoutRefusal, VolumeError } from '../../contract/errors.ts';
import type { PvLayout } from '../../contract/plan.ts';
import type { Random } from '../../env/prng.ts';
import type { DiskRange } from '../format/disk-types.ts';
import { LABEL_SCAN } from '../format/label.ts';
import type { OpDisk } from './context.ts';

/** Options that pvcreate, vgcreate and vgextend share when they make PVs. */
export interface PvCreation {
  /** Metadata areas per PV: 0, 1 (default) or 2, the second at the device's end. */
  readonly metadataCopies?: 0 | 1 | 2;
  /** Size of one metadata area asked for; rounded so that data stays aligned. Default ~1 MiB. */
  readonly metadataSize?: Sectors;
  /** Alignment of the first extent. Default, also for 0: 1 MiB (2048 sectors). */
  readonly dataAlignment?: Sectors;
  /** Moves the aligned start of the first extent by so much; at most the alignment. */
  readonly dataAlignmentOffset?: Sectors;
  /** Kept free for a boot loader in front of the extents; rounded up to the alignment. */
  readonly bootloaderSize?: Sectors;
  /** 0 to 3; default 1. */
  readonly labelSector?: number;
  /** Zeroes the first four sectors; default: yes, but not for a PV that is made again. */
  readonly zero?: boolean;
  /** New metadata areas are set aside. */
  readonly metadataIgnore?: boolean;
}

/** What a PV had that is made again: its extents have to be where they were. */
export interface FormerPv {
  readonly peStart: Sectors;
  readonly peCount: Extents;
  readonly extentSize: Sectors;
  readonly bootloader?: DiskRange;
}

/** `devices/pv_min_size`: 2048 KiB. */
export const MIN_DEVICE = sectors(4096);
/** Areas begin on a page of their own, and are of eight at least. */
const PAGE = 8;
const MIN_AREA = 8 * PAGE;
const DEFAULT_ALIGNMENT = 2048;
const LABEL_SECTOR = 1;
/** 1 MiB less one page: data then starts at 1 MiB. */
const DEFAULT_AREA = 2040;

type Parts = Pick<PvLayout, 'peStart' | 'areas'> & { readonly bootloader?: DiskRange };

/** Sectors: devices that are smaller are not looked at. */
export const LEAST_SIZE = MIN_DEVICE;

/** Refuses devices that are too small for a PV, or for what was asked of this one. */
export function layoutPv(
  disk: OpDisk,
  wish: PvCreation & { readonly pvId?: LvmId; readonly former?: FormerPv },
  random: Random,
): Result<PvLayout, VolumeError> {
  const { path: device, size } = disk;
  if (size < MIN_DEVICE) return err({ code: 'device-too-small', device, size });
  const parts = new Placement(size, wish, wish.former).place();
  if (!parts.ok) return err({ code: 'pv-layout-refused', device, why: parts.error });
  return ok({
    pvId: wish.pvId ?? newLvmId((limit) => random.below(limit)),
    deviceSize: size,
    labelSector: wish.labelSector ?? LABEL_SECTOR,
    zero: wish.zero ?? wish.pvId === undefined,
    ignored: wish.metadataIgnore ?? false,
    ...parts.value,
  });
}

/**
 * LVM's own steps, one after the other: data and boot loader as they would lie without areas, then
 * the first area, which moves them on unless they have to stay, then the second.
 */
class Placement {
  private readonly alignment: number;
  private readonly offset: number;
  private peStart = 0;
  private bootloader: { start: number; size: number } | undefined;

  constructor(
    private readonly size: number,
    private readonly wish: PvCreation,
    private readonly former: FormerPv | undefined,
  ) {
    const asked = wish.dataAlignment ?? 0;
    const unfit = former !== undefined && asked > 0 && former.peStart % asked !== 0;
    // 0 asks for the default, as in LVM.
    this.alignment = unfit || asked === 0 ? DEFAULT_ALIGNMENT : asked;
    this.offset = wish.dataAlignmentOffset ?? 0;
  }

  place(): Result<Parts, PvLayoutRefusal> {
    const refused = this.former ? this.keep(this.former) : this.begin();
    if (refused) return err(refused);
    const areas: DiskRange[] = [];
    for (let index = 0; index < (this.wish.metadataCopies ?? 1); index++) {
      const area = index === 0 ? this.first() : this.second();
      if (!area) return err({ kind: 'no-space', index });
      if (area.size === 0) continue;
      if (area.size < MIN_AREA) {
        const [bytes, least] = [area.size * SECTOR, MIN_AREA * SECTOR];
        return err({ kind: 'area-too-small', index, bytes, least });
      }
      areas.push(area);
    }
    const { bootloader } = this;
    return ok({
      peStart: sectors(this.peStart),
      areas,
      ...(bootloader ? { bootloader: range(bootloader.start, bootloader.size) } : {}),
    });
  }

  private begin(): PvLayoutRefusal | undefined {
    const { alignment, offset, size } = this;
    const aligned = alignment + offset;
    const asked = this.wish.bootloaderSize ?? 0;
    if (alignment < offset) return { kind: 'offset-above-alignment', alignment, offset };
    if (size < aligned) return { kind: 'alignment-beyond-device' };
    if (size < aligned + asked) return { kind: 'bootloader-beyond-device' };
    this.peStart = aligned;
    if (asked === 0) return undefined;
    const length = Math.min(alignUp(asked, alignment), size - aligned);
    this.bootloader = { start: aligned, size: length };
    this.peStart = aligned + length;
    return undefined;
  }

  private keep(former: FormerPv): PvLayoutRefusal | undefined {
    const { peStart, peCount, extentSize, bootloader } = former;
    if (peStart + peCount * extentSize - 1 > this.size) return { kind: 'extents-beyond-device' };
    this.peStart = peStart;
    if (!bootloader || bootloader.size === 0) return undefined;
    if (bootloader.start + bootloader.size > peStart) return { kind: 'bootloader-overlaps' };
    this.bootloader = { ...bootloader };
    return undefined;
  }

  /** A PV that is made again gets all the room there is. */
  private get asked(): number {
    return this.wish.metadataSize || (this.former ? this.peStart : DEFAULT_AREA);
  }

  /** Behind the label; undefined where it does not fit. */
  private first(): DiskRange | undefined {
    const { alignment, offset } = this;
    const limit = (this.former ? this.peStart : this.size) - (this.bootloader?.size ?? 0);
    if (limit < LABEL_SCAN) return undefined;
    const start = limit - LABEL_SCAN >= MIN_AREA ? PAGE : LABEL_SCAN;
    let size = this.asked;
    const aligned = alignUp(start + size, alignment) - start;
    if (start + aligned <= limit) size = aligned;
    if ((start + size) % alignment === 0 && start + size + offset <= limit) size += offset;
    if (start + size > limit) {
      size = limit - start;
      if (!this.former && size > alignment * 2) {
        size = alignUp(limit - alignment * 2, alignment) - start;
      }
    }
    if (!this.former) this.follow(start + size);
    return range(start, size);
  }

  /** Boot loader and data move behind the first area. */
  private follow(end: number): void {
    const { bootloader } = this;
    if (bootloader) bootloader.start = end;
    this.peStart = end + (bootloader?.size ?? 0);
  }

  /** At the end of the device, behind all extents; undefined where it does not fit. */
  private second(): DiskRange | undefined {
    const { former, size: end } = this;
    const kept = former ? former.peCount * former.extentSize : 0;
    const limit = this.peStart + kept;
    if (limit >= end) return undefined;
    const asked = this.asked;
    if (end - asked < limit) return range(limit, end - limit);
    const start = end - asked;
    const aligned = start - (start % this.alignment);
    return aligned >= limit ? range(aligned, end - aligned) : range(start, asked);
  }
}

const range = (start: number, size: number): DiskRange => ({
  start: sectors(start),
  size: sectors(size),
});

/** Extents that fit between the first extent and the second metadata area or the end. */
export function extentCountOf(
  layout: Pick<PvLayout, 'deviceSize' | 'peStart' | 'areas'>,
  extentSize: Sectors,
): number {
  const behind = layout.areas.find(({ start }) => start >= layout.peStart);
  const last = behind?.start ?? layout.deviceSize;
  return Math.max(0, Math.floor((last - layout.peStart) / extentSize));
}

const alignUp = (value: number, to: number): number => Math.ceil(value / to) * to;
