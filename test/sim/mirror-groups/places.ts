/** Where the copies of a volume lie, as the metadata says it, and what is there. */
import { must as present } from '../../../core/base/assert.ts';
import { SECTOR, sectors } from '../../../core/base/units.ts';
import type { PowerLossDisk } from '../../../core/block/wrap/power-loss.ts';
import type { DiskFault } from '../../../core/contract/faults.ts';
import type { AreaState, LvState, VgState } from '../../../core/contract/state.ts';
import { tornStampsOf } from './stamps.ts';

/** A run of a copy on a disk, in sectors; without a disk nothing is there. */
interface Run {
  readonly count: number;
  readonly disk?: number;
  readonly start: number;
}

/** One leg, however many volumes it lies below. */
export type Copy = readonly Run[];

/** PVs know their disk by its path only while it is there. */
export class Members {
  private readonly diskOf = new Map<string, number>();

  constructor(private readonly pathOf: (index: number) => string) {}

  learn(vg: VgState, disks: number): void {
    for (const { id, device } of vg.pvs) {
      for (let index = 0; index < disks; index++) {
        if (this.pathOf(index) === device) this.diskOf.set(id, index);
      }
    }
  }

  disk(pvId: string): number | undefined {
    return this.diskOf.get(pvId);
  }

  copiesOf(vg: VgState, name: string): readonly Copy[] {
    const lv = vg.lvs.find((one) => one.name === name);
    return lv ? this.copies(vg, lv) : [];
  }

  private copies(vg: VgState, lv: LvState): readonly Copy[] {
    const mirror = lv.segments.find(({ type }) => type === 'mirror');
    if (mirror) return mirror.areas.flatMap((area) => this.copiesOf(vg, area.device));
    return [
      lv.segments.map((segment) => {
        const [area] = segment.areas;
        const count = segment.count * vg.extentSize;
        return area?.on === 'pv' ? this.run(vg, area, count) : { count, start: 0 };
      }),
    ];
  }

  private run(vg: VgState, area: AreaState, count: number): Run {
    const pv = present(
      vg.pvs.find(({ id }) => id === area.id),
      'a PV of the group',
    );
    const disk = this.diskOf.get(pv.id);
    const start = pv.peStart + area.start * vg.extentSize;
    return { count, start, ...(disk === undefined ? {} : { disk }) };
  }

  /** Disks on which a volume, or a part of it, has extents. */
  disksUnder(vg: VgState, name: string): ReadonlySet<number> {
    const lv = vg.lvs.find((one) => one.name === name);
    const own = (lv?.segments ?? []).flatMap((segment) => [
      ...segment.areas.flatMap((area) =>
        area.on === 'pv' ? [this.diskOf.get(area.id) ?? -1] : [...this.disksUnder(vg, area.device)],
      ),
      ...(segment.log === undefined ? [] : [...this.disksUnder(vg, segment.log)]),
    ]);
    return new Set(own);
  }
}

/** Where a sector of a copy lies. */
export function placeOf(copy: Copy, at: number): { disk: number; sector: number } | undefined {
  let first = 0;
  for (const { count, disk, start } of copy) {
    if (at < first + count) {
      return disk === undefined ? undefined : { disk, sector: start + at - first };
    }
    first += count;
  }
  return undefined;
}

/** The stamps of all sectors of a copy; undefined where nothing is. */
export function stampsIn(
  copy: Copy,
  disks: readonly PowerLossDisk[],
  length: number,
): readonly (number | undefined)[] {
  const found: (number | undefined)[] = [];
  for (const { count, disk, start } of copy) {
    const data = new Uint8Array(count * SECTOR);
    // A disk that answers at once.
    const device = disk === undefined ? undefined : disks[disk];
    const io = { op: 'read', start: sectors(start), data } as const;
    if (device) void device.submit(io);
    found.push(...tornStampsOf(data).map((stamp) => (device ? stamp : undefined)));
  }
  return Array.from({ length }, (_, at) => found[at]);
}

/** Whether a sector of a disk can be read. */
export const isReadable = (faults: readonly DiskFault[], sector: number): boolean =>
  !faults.some((fault) => {
    if (fault.kind === 'gone') return true;
    if (fault.kind !== 'errors' || fault.on === 'writes') return false;
    const { range } = fault;
    return !range || (sector >= range.start && sector < range.start + range.count);
  });
