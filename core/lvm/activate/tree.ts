/**
 * From a logical volume to the mapped devices it needs (reference 8.3): one node per device, its
 * table as text, children first.
 */
import { must } from '../../base/assert.ts';
import type { LvmId } from '../../base/ids.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { extentsToSectors, sectors, type Extents, type Sectors } from '../../base/units.ts';
import type { VolumeError } from '../../contract/errors.ts';
import { findLv, findPv, isMissing, isWritable, lvExtentCount } from '../format/model.ts';
import type {
  Area,
  LogicalVolume,
  MirrorSegment,
  Segment,
  StripedSegment,
  VolumeGroup,
} from '../format/model.ts';
import { minorOf } from '../format/device-number.ts';
import { logUsersOf } from '../format/mirror-parts.ts';
import { isMoved, isPvmove, runningPiece } from '../format/pvmove.ts';
import { fittingRegion } from '../format/region-size.ts';
import { foreignUserOf } from '../format/foreign-users.ts';
import { familyOrigin, type SnapshotLink } from '../format/snapshots.ts';
import { dmName, dmUuid, REAL } from './names.ts';
import { underPassThrough } from './pass-through.ts';
import { snapshotTree } from './snapshot-tree.ts';

export interface DeviceNode {
  readonly name: string;
  readonly uuid: string;
  /** Lines as `dmsetup table` prints them; a mapped device below is given by name. */
  readonly table: readonly string[];
  readonly readOnly: boolean;
  readonly size: Sectors;
  /** The number that the metadata asks for; absent: the lowest that is free. */
  readonly minor?: number;
  /** In sectors, where the metadata says so. */
  readonly readAhead?: number;
  readonly children: readonly DeviceNode[];
  /**
   * New, it begins to work only with what lies on it, where that runs already (a pvmove would copy
   * too soon) or whether it does or not (an origin's own).
   */
  readonly startsLate?: 'if-used' | 'always';
  /** On one level those with a higher one go on later; absent: 0 (reference 8.4). */
  readonly priority?: number;
  /** Other devices at the top that come and go with this one: the snapshots of an origin. */
  readonly beside?: readonly DeviceNode[];
  /** The only child does its work; its own table never changes while the volume's size stays. */
  readonly passesThrough?: true;
}

/** What the tree needs to know beside the metadata. */
export interface Surroundings {
  /** The number of the device that carries a PV. */
  devNoOf(pvId: LvmId): string | undefined;
  /** Whether the device of a volume passes everything on to another one (pass-through.ts). */
  passesThrough(vg: VolumeGroup, lv: LogicalVolume): boolean;
  /** Whether a snapshot that is to merge may do so now: it waits while somebody has it open. */
  merges(vg: VolumeGroup, link: SnapshotLink): boolean;
}

/**
 * Of a snapshot it is that of its origin. Refuses segments of a type that cannot be run here, and
 * volumes with missing pieces.
 * @param partial devices that fail all I/O stand for the pieces instead (reference 11.2).
 * @param inSync the legs of its mirrors are taken to be the same: known to the command that makes
 *   or changes them; LVM does not remember it, whatever the metadata says of how they were made
 */
export function deviceTree(
  vg: VolumeGroup,
  lv: LogicalVolume,
  around: Surroundings,
  partial = false,
  inSync = false,
  above: readonly string[] = [],
): Result<DeviceNode, VolumeError> {
  if (above.includes(lv.name)) {
    const fault = `logical volume ${lv.name} contains itself`;
    return err({ code: 'metadata-invalid', vg: vg.name, faults: [fault] });
  }
  const type = foreignUserOf(vg, lv.name);
  if (type !== undefined) {
    return err({ code: 'segment-type-unsupported', vg: vg.name, lv: lv.name, type, user: true });
  }
  const how = { partial, inSync };
  const build = (one: LogicalVolume) =>
    new TreeBuilder(vg, one, around, how, [...above, one.name]).build();
  const origin = familyOrigin(vg, lv.name);
  if (origin && above.length > 0) {
    const fault = `logical volume ${lv.name} has to do with snapshots, and is a part of another`;
    return err({ code: 'metadata-invalid', vg: vg.name, faults: [fault] });
  }
  if (origin) return snapshotTree(vg, origin, (link) => around.merges(vg, link), build);
  const own = build(lv);
  if (!own.ok || above.length > 0 || !around.passesThrough(vg, lv)) return own;
  return ok(
    underPassThrough(own.value, dmName(vg.name, lv.name, REAL), dmUuid(vg.id, lv.id, REAL)),
  );
}

/** Of a mirror whose metadata does not say: 512 KiB, as Linux takes it to be. */
const DEFAULT_REGION = sectors(1024);

class TreeBuilder {
  private readonly children: DeviceNode[] = [];

  constructor(
    private readonly vg: VolumeGroup,
    private readonly lv: LogicalVolume,
    private readonly around: Surroundings,
    private readonly how: { readonly partial: boolean; readonly inSync: boolean },
    private readonly above: readonly string[],
  ) {}

  build(): Result<DeviceNode, VolumeError> {
    const table: string[] = [];
    for (const segment of this.lv.segments) {
      const target = this.target(segment);
      if (!target.ok) return target;
      const [start, length] = [this.toSectors(segment.start), this.toSectors(segment.count)];
      table.push(`${start} ${length} ${target.value}`);
    }
    const { vg, lv } = this;
    const { readAhead = 0n } = lv;
    const size = this.toSectors(lvExtentCount(lv));
    const minor = minorOf(lv);
    return ok({
      name: dmName(vg.name, lv.name),
      uuid: dmUuid(vg.id, lv.id),
      table,
      readOnly: !isWritable(lv),
      size,
      ...(minor === undefined ? {} : { minor }),
      ...(readAhead === 0n ? {} : { readAhead: Math.max(0, Number(readAhead)) }),
      ...(isPvmove(lv) ? late(this.children) : { children: this.children }),
    });
  }

  private target(segment: Segment): Result<string, VolumeError> {
    switch (segment.kind) {
      case 'striped':
        return this.striped(segment);
      case 'mirror':
        return isPvmove(this.lv) ? this.moving(segment) : this.mirror(segment);
      case 'error':
      case 'zero':
        return ok(segment.kind);
      case 'snapshot':
      case 'foreign':
        return this.unsupported(segment.kind === 'foreign' ? segment.type : segment.kind);
    }
  }

  private unsupported(type: string): Result<never, VolumeError> {
    const { vg, lv } = this;
    return err({ code: 'segment-type-unsupported', vg: vg.name, lv: lv.name, type });
  }

  private striped(segment: StripedSegment): Result<string, VolumeError> {
    const places: string[] = [];
    for (const [index, area] of segment.areas.entries()) {
      const place = this.place(area, segment, index);
      if (!place.ok) return place;
      places.push(place.value);
    }
    if (places.length === 1) return ok(`linear ${must(places[0], 'the only area')}`);
    return ok(`striped ${places.length} ${segment.stripeSize} ${places.join(' ')}`);
  }

  /**
   * One piece of a move is copied at a time: those before it are at their destination, those behind
   * it still where they were. Nothing holds writes that fail (reference 5.4, 10.9).
   */
  private moving(segment: MirrorSegment): Result<string, VolumeError> {
    const last = segment.areas.length - 1;
    const isRunning = runningPiece(this.lv) === segment && last > 0;
    const only = isMoved(segment) ? last : 0;
    const places: string[] = [];
    for (const [index, area] of segment.areas.entries()) {
      // Nothing stands for a place of which nothing is read.
      const isUsed = isRunning || index === only;
      if (!isUsed && this.how.partial) continue;
      const place = this.place(area, segment, index);
      if (!place.ok) return place;
      if (isUsed) places.push(place.value);
    }
    if (!isRunning) return ok(`linear ${must(places[0], 'a place')}`);
    // Each piece is a mirror by itself, and has regions that fit into it.
    const region = fittingRegion(
      segment.regionSize ?? DEFAULT_REGION,
      this.toSectors(segment.count),
    );
    return ok(['mirror core 1', region, places.length, ...places].join(' '));
  }

  /** Two that write one log would each forget what the other marked. */
  private otherUserOf({ log }: MirrorSegment): string | undefined {
    const names = log === undefined ? [] : logUsersOf(this.vg, log);
    return names.find((one) => one !== this.lv.name);
  }

  /** As LVM writes it (reference 5.4): the log first, which the kernel opens first. */
  private mirror(segment: MirrorSegment): Result<string, VolumeError> {
    const [first, second] = segment.areas;
    if (first && !second) {
      // LVM has it mapped without a mirror, and without its log.
      const only = this.place(first, segment, 0);
      return only.ok ? ok(`linear ${only.value}`) : only;
    }
    const shared = this.otherUserOf(segment);
    if (shared !== undefined) {
      const fault = `log ${segment.log} of ${this.lv.name} is that of ${shared}, too`;
      return err({ code: 'metadata-invalid', vg: this.vg.name, faults: [fault] });
    }
    const region = segment.regionSize ?? DEFAULT_REGION;
    const sync = this.how.inSync ? ['nosync'] : [];
    const log = segment.log === undefined ? ok(undefined) : this.volume(segment.log);
    if (!log.ok) return log;
    const args = [...(log.value === undefined ? [] : [log.value]), region, ...sync];
    const places: string[] = [];
    for (const [index, area] of segment.areas.entries()) {
      const place = this.place(area, segment, index);
      if (!place.ok) return place;
      places.push(place.value);
    }
    const kind = log.value === undefined ? 'core' : 'disk';
    const words = ['mirror', kind, args.length, ...args, places.length, ...places];
    return ok([...words, '1 handle_errors'].join(' '));
  }

  /** The device of a volume below; its name. */
  private volume(lv: string): Result<string, VolumeError> {
    const below = must(findLv(this.vg, lv), 'the LV of an area');
    const { partial, inSync } = this.how;
    const child = deviceTree(this.vg, below, this.around, partial, inSync, this.above);
    if (!child.ok) return child;
    this.children.push(child.value);
    return ok(child.value.name);
  }

  /** `device offset` of the first sector of an area. */
  private place(area: Area, segment: Segment, index: number): Result<string, VolumeError> {
    const offset = this.toSectors(area.start);
    if (area.on === 'pv') {
      const pv = must(findPv(this.vg, area.pvId), 'the PV of an area');
      // A disk that came back after it was written off holds old data: it stays absent.
      const devno = isMissing(pv) ? undefined : this.around.devNoOf(pv.id);
      if (devno === undefined && this.how.partial)
        return ok(`${this.missingPiece(segment, index)} 0`);
      if (devno === undefined) {
        return err({ code: 'vg-missing-pvs', vg: this.vg.name, pvIds: [pv.id] });
      }
      return ok(`${devno} ${sectors(pv.peStart + offset)}`);
    }
    const below = this.volume(area.lv);
    return below.ok ? ok(`${below.value} ${offset}`) : below;
  }

  /** A device in place of an area, as long as the whole segment; its name. */
  private missingPiece(segment: Segment, index: number): string {
    const { vg, lv } = this;
    const layer = `missing_${lv.segments.indexOf(segment)}_${index}`;
    const name = dmName(vg.name, lv.name, layer);
    const size = this.toSectors(segment.count);
    this.children.push({
      name,
      uuid: dmUuid(vg.id, lv.id, layer),
      table: [`0 ${size} error`],
      readOnly: false,
      size,
      children: [],
    });
    return name;
  }

  private toSectors(count: Extents): Sectors {
    return extentsToSectors(count, this.vg.extentSize);
  }
}

const late = (children: readonly DeviceNode[]): Pick<DeviceNode, 'children' | 'startsLate'> => ({
  children: children.map((one) => ({ ...one, ...late(one.children) })),
  startsLate: 'if-used',
});

/** The devices at the top: a volume's own, and those beside it. */
export const topsOf = (root: DeviceNode): readonly DeviceNode[] => [root, ...(root.beside ?? [])];

/** Every device of the tree and of those beside it once, children before parents. */
export function bottomUp(root: DeviceNode): readonly DeviceNode[] {
  const seen = new Map<string, DeviceNode>();
  const visit = (node: DeviceNode): void => {
    for (const child of node.children) visit(child);
    seen.set(node.name, node);
  };
  for (const one of topsOf(root)) visit(one);
  return [...seen.values()];
}
