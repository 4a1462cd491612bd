/** What lies on the disks of a mirror, looked at without the engine: its log, and its legs. */
import { must } from '../../../core/base/assert.ts';
import type { LvmId } from '../../../core/base/ids.ts';
import { SECTOR } from '../../../core/base/units.ts';
import { RamDisk } from '../../../core/block/ram-disk.ts';
import type { SectorStore } from '../../../core/block/sector-store.ts';
import { Bits } from '../../../core/dm/mirror/bits.ts';
import { BITMAP, MAGIC, VERSION } from '../../../core/dm/mirror/disk-log.ts';
import {
  findLv,
  lvExtentCount,
  type LogicalVolume,
  type VolumeGroup,
} from '../../../core/lvm/format/model.ts';
import { imagesOf, mirrorOf } from '../../../core/lvm/ops/mirror/parts.ts';
import { scanDisks } from '../../../core/lvm/scan.ts';
import type { ScannedVg } from '../../../core/lvm/scan-types.ts';
import { DISK_SIZE, PATHS, type Platters } from './machine.ts';

/** A leg, or a log: its bytes in pieces, in their order. */
type Lies = readonly {
  readonly store: SectorStore;
  readonly start: number;
  readonly count: number;
}[];

/** The newest sound version of the group. */
export async function groupOn(platters: Platters): Promise<ScannedVg> {
  const disks = PATHS.map((path, at) => {
    const store = must(platters[at], 'a disk');
    return { path, device: new RamDisk(path, DISK_SIZE, store) };
  });
  const { vgs } = await scanDisks(disks);
  return must(vgs[0], 'a group');
}

/**
 * Every mirror with a log on disk: where the log says that a region is clean, all legs that are
 * there hold the same.
 * @returns how many clean regions were compared
 */
export async function compareClean(platters: Platters, where: string): Promise<number> {
  const { vg, devices } = await groupOn(platters);
  const look = new Look(vg, (id) => platters[PATHS.indexOf(devices.get(id)?.path ?? '')]);
  let compared = 0;
  for (const lv of vg.lvs) {
    const segment = mirrorOf(lv);
    if (segment?.log === undefined) continue;
    const length = lvExtentCount(lv) * vg.extentSize;
    const regionSize = must(segment.regionSize, 'a region size');
    const clean = look.cleanIn(segment.log, Math.ceil(length / regionSize));
    const legs = look.legs(imagesOf(segment));
    for (const region of clean) {
      const start = region * regionSize;
      const count = Math.min(regionSize, length - start);
      const odd = unlike(legs, start, count);
      if (odd !== undefined) {
        throw new Error(`${where}: ${lv.name}, region ${region} is clean, and legs differ: ${odd}`);
      }
      compared++;
    }
  }
  return compared;
}

/** At rest: all legs of the volume hold the same. @returns how many there are of it */
export async function compareLegs(
  platters: Platters,
  name: string,
  where: string,
): Promise<number> {
  const { vg, devices } = await groupOn(platters);
  const look = new Look(vg, (id) => platters[PATHS.indexOf(devices.get(id)?.path ?? '')]);
  const lv = must(findLv(vg, name), `volume ${name}`);
  const legs = look.legs(look.imagesBelow(lv));
  const odd = unlike(legs, 0, lvExtentCount(lv) * vg.extentSize);
  if (odd !== undefined) throw new Error(`${where}: legs of ${name} differ: ${odd}`);
  return legs.length;
}

class Look {
  constructor(
    private readonly vg: VolumeGroup,
    private readonly platter: (pvId: LvmId) => SectorStore | undefined,
  ) {}

  imagesBelow(lv: LogicalVolume): readonly string[] {
    const segment = mirrorOf(lv);
    if (!segment) return [lv.name];
    return imagesOf(segment).flatMap((name) => this.imagesBelow(this.lv(name)));
  }

  private lv(name: string): LogicalVolume {
    return must(findLv(this.vg, name), `volume ${name}`);
  }

  /** Those that are there. */
  legs(images: readonly string[]): readonly Lies[] {
    return images.flatMap((name) => {
      const leg = this.volume(name);
      return leg ? [leg] : [];
    });
  }

  /** Undefined where a disk is not there. Of a mirror, its first image. */
  volume(name: string): Lies | undefined {
    const lv = this.lv(name);
    const mirror = mirrorOf(lv);
    if (mirror) return this.volume(must(imagesOf(mirror)[0], 'an image'));
    const { extentSize, pvs } = this.vg;
    const lies: { store: SectorStore; start: number; count: number }[] = [];
    for (const segment of lv.segments) {
      const [area] = segment.kind === 'striped' ? segment.areas : [];
      const store = area?.on === 'pv' ? this.platter(area.pvId) : undefined;
      if (area?.on !== 'pv' || !store) return undefined;
      const { peStart } = must(
        pvs.find(({ id }) => id === area.pvId),
        'a PV',
      );
      const start = peStart + area.start * extentSize;
      lies.push({ store, start, count: segment.count * extentSize });
    }
    return lies;
  }

  /** The regions that a log calls clean; none where it cannot be read, or is none. */
  cleanIn(name: string, regions: number): readonly number[] {
    const lies = this.volume(name);
    if (!lies) return [];
    const bytes = new Uint8Array(BITMAP + Math.ceil(Bits.bytesFor(regions) / SECTOR) * SECTOR);
    readFrom(lies, 0, bytes);
    const view = new DataView(bytes.buffer);
    if (view.getUint32(0, true) !== MAGIC || view.getUint32(4, true) !== VERSION) return [];
    const known = Math.min(regions, Number(view.getBigUint64(8, true)));
    const bits = new Bits(bytes.subarray(BITMAP, BITMAP + Bits.bytesFor(regions)), regions);
    return Array.from({ length: known }, (_, at) => at).filter((at) => bits.get(at));
  }
}

function readFrom(lies: Lies, start: number, into: Uint8Array): void {
  let first = 0;
  const end = start + into.length / SECTOR;
  for (const { store, start: at, count } of lies) {
    const [from, to] = [Math.max(start, first), Math.min(end, first + count)];
    if (from < to) {
      const part = into.subarray((from - start) * SECTOR, (to - start) * SECTOR);
      store.read(at + from - first, part);
    }
    first += count;
  }
}

/** Where legs hold something else than the first; undefined: nowhere. */
function unlike(legs: readonly Lies[], start: number, count: number): string | undefined {
  const [first, ...others] = legs.map((leg) => {
    const data = new Uint8Array(count * SECTOR);
    readFrom(leg, start, data);
    return data;
  });
  if (!first) return undefined;
  for (const [at, other] of others.entries()) {
    if (Buffer.compare(first, other) === 0) continue;
    const byte = first.findIndex((one, index) => one !== other[index]);
    const sector = Math.floor(byte / SECTOR);
    const of = (data: Uint8Array): number =>
      new DataView(data.buffer).getUint32(sector * SECTOR, true);
    return `sector ${start + sector}: ${of(first)} and, on leg ${at + 1}, ${of(other)}`;
  }
  return undefined;
}
