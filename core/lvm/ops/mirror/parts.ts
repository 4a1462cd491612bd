/** The volumes a mirror is made of: their names and sizes, versions with and without them. */
import { must } from '../../../base/assert.ts';
import { newLvmId } from '../../../base/ids.ts';
import { extents, sectors, type Extents, type Sectors } from '../../../base/units.ts';
import type { AllocationPolicy } from '../../../contract/state.ts';
import {
  findLv,
  isVisible,
  lvExtentCount,
  type LogicalVolume,
  type MirrorSegment,
  type Segment,
  type VolumeGroup,
} from '../../format/model.ts';
import type { OpContext } from '../context.ts';

/** Where the regions of a mirror are kept: in memory, on a volume, on a volume with two legs. */
export type LogKind = 'core' | 'disk' | 'mirrored';

/** Of a log, by its kind. */
export const COPIES: Readonly<Record<LogKind, number>> = { core: 0, disk: 1, mirrored: 2 };

/** Copies of its data that a mirror may have. */
export const MOST_IMAGES = 8;

export const imageName = (lv: string, number: number): string => `${lv}_mimage_${number}`;
export const layerName = (lv: string, number: number): string => `${lv}_mimagetmp_${number}`;
export const logName = (lv: string): string => `${lv}_mlog`;

/** The segment of a mirror; undefined for any other volume, and for what pvmove made. */
export function mirrorOf(lv: LogicalVolume): MirrorSegment | undefined {
  const [segment, second] = lv.segments;
  if (segment?.kind !== 'mirror' || second || lv.status.includes('PVMOVE')) return undefined;
  return segment;
}

/** Names of the images, the primary first. */
export const imagesOf = ({ areas }: MirrorSegment): readonly string[] =>
  areas.flatMap((area) => (area.on === 'lv' ? [area.lv] : []));

/** A name that `layerName` makes. */
export const isLayer = (name: string): boolean => name.includes('_mimagetmp_');

/** The layer below a mirror that gets more images: what it was before (reference 2.6.3). */
export function layerOf(vg: VolumeGroup, lv: LogicalVolume): LogicalVolume | undefined {
  const segment = mirrorOf(lv);
  const first = segment && imagesOf(segment)[0];
  return first !== undefined && isLayer(first) ? findLv(vg, first) : undefined;
}

/** Its first image is the layer of a conversion. */
export function isConverting(lv: LogicalVolume): boolean {
  const segment = mirrorOf(lv);
  return segment !== undefined && isLayer(imagesOf(segment)[0] ?? '');
}

/** Down to the mirror that has the log and the images in sync. */
export function innermost(vg: VolumeGroup, lv: LogicalVolume): LogicalVolume {
  const layer = layerOf(vg, lv);
  return layer ? innermost(vg, layer) : lv;
}

/** Images of a mirror with all of its layers, those that are in sync first. */
export function allImages(vg: VolumeGroup, lv: LogicalVolume): readonly string[] {
  const segment = mirrorOf(lv);
  if (!segment) return [];
  const layer = layerOf(vg, lv);
  return layer ? [...allImages(vg, layer), ...imagesOf(segment).slice(1)] : imagesOf(segment);
}

export function logKindOf(vg: VolumeGroup, lv: LogicalVolume): LogKind {
  const { log } = mirrorOf(innermost(vg, lv)) ?? {};
  if (log === undefined) return 'core';
  return findLv(vg, log)?.segments[0]?.kind === 'mirror' ? 'mirrored' : 'disk';
}

/** The first number that no image or layer of the volume has, nor one before it had. */
export function nextImageNumber(vg: VolumeGroup, lv: string): number {
  const numbers = vg.lvs.flatMap(({ name }) => {
    const rest = name.startsWith(`${lv}_mimage`) ? name.slice(`${lv}_mimage`.length) : '';
    const found = /^(?:tmp)?_(\d+)$/.exec(rest)?.[1];
    return found === undefined ? [] : [Number(found)];
  });
  return Math.max(-1, ...numbers) + 1;
}

/** A header and a bit for each region, in whole sectors (reference 6.2). */
export function logExtents(size: Sectors, region: Sectors, extentSize: Sectors): Extents {
  const words = Math.ceil(size / region / 32);
  const bytes = 1024 + words * 4;
  return extents(Math.ceil(Math.ceil(bytes / 512) / extentSize));
}

/** A part of another volume: nobody sees it. @param policy default: that of the group */
export function hiddenLv(
  { random, header }: OpContext,
  name: string,
  segments: readonly Segment[],
  policy?: AllocationPolicy,
): LogicalVolume {
  return {
    name,
    id: newLvmId((limit) => random.below(limit)),
    status: ['READ', 'WRITE'],
    flags: [],
    tags: [],
    creationTime: BigInt(header.creationTime),
    creationHost: header.creationHost,
    ...(policy === undefined || policy === 'inherit' ? {} : { allocationPolicy: policy }),
    segments,
    extra: [],
  };
}

/** Between two versions a part that belongs to nobody is a volume of its own, as in LVM. */
export const shown = (lv: LogicalVolume): LogicalVolume =>
  isVisible(lv) ? lv : { ...lv, status: [...lv.status, 'VISIBLE'] };

export const hidden = (lv: LogicalVolume): LogicalVolume =>
  isVisible(lv) ? { ...lv, status: lv.status.filter((word) => word !== 'VISIBLE') } : lv;

export const errorSegment = (count: Extents): Segment => ({
  kind: 'error',
  start: extents(0),
  count,
  tags: [],
  extra: [],
});

/** Over whole volumes. */
export function mirrorSegment(
  count: Extents,
  images: readonly string[],
  rest: Pick<MirrorSegment, 'regionSize' | 'log'>,
): MirrorSegment {
  const areas = images.map((lv) => ({ on: 'lv', lv, start: extents(0) }) as const);
  return { kind: 'mirror', start: extents(0), count, tags: [], areas, ...rest, extra: [] };
}

/** The same with other images. */
export function withImages(segment: MirrorSegment, images: readonly string[]): MirrorSegment {
  return { ...segment, areas: mirrorSegment(segment.count, images, {}).areas };
}

/** Volumes of the same name take the place of those that are there; others come last. */
export function withLvs(vg: VolumeGroup, ...changed: readonly LogicalVolume[]): VolumeGroup {
  const byName = new Map(changed.map((lv) => [lv.name, lv]));
  const kept = vg.lvs.map((lv) => byName.get(lv.name) ?? lv);
  const added = changed.filter(({ name }) => !findLv(vg, name));
  return { ...vg, lvs: [...kept, ...added] };
}

export const withoutLvs = (vg: VolumeGroup, names: readonly string[]): VolumeGroup => ({
  ...vg,
  lvs: vg.lvs.filter(({ name }) => !names.includes(name)),
});

export const lvNamed = (vg: VolumeGroup, name: string): LogicalVolume =>
  must(findLv(vg, name), `volume ${name}`);

export const sizeOf = (vg: VolumeGroup, lv: LogicalVolume): Sectors =>
  sectors(lvExtentCount(lv) * vg.extentSize);
