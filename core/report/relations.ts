/**
 * Which volume is a part of which (reference 2.6). The metadata names parts by role inside the
 * segment of their owner; reports need the question the other way round. Types that this program
 * does not run are understood as far as a report shows them.
 */
import type { ConfigEntry, LogicalVolume, Segment, VolumeGroup } from '../lvm/format/model.ts';
import { snapshotsOf, type Snapshots } from '../lvm/format/snapshots.ts';

/** What a volume is to the volume that owns it. */
export type PartRole =
  | 'mirror-image'
  | 'mirror-log'
  | 'raid-image'
  | 'raid-metadata'
  | 'thin-pool-data'
  | 'thin-pool-metadata'
  | 'cache-pool'
  | 'cache-pool-data'
  | 'cache-pool-metadata'
  | 'cache-origin'
  | 'cache-volume'
  | 'writecache-origin'
  | 'writecache-volume'
  | 'integrity-origin'
  | 'integrity-metadata'
  | 'vdo-pool-data'
  /** Carries extents of an ordinary segment, as a pvmove volume does. */
  | 'layer';

export interface Part {
  readonly role: PartRole;
  readonly owner: LogicalVolume;
}

/** No report lists the pseudo volumes of snapshots. */
export interface Relations extends Snapshots {
  /** By name of the part. */
  readonly parts: ReadonlyMap<string, Part>;
  /** Names of volumes that thin volumes were cloned from. */
  readonly thinOrigins: ReadonlySet<string>;
  /** Names of read-only volumes under thin volumes. */
  readonly externalOrigins: ReadonlySet<string>;
  readonly byName: ReadonlyMap<string, LogicalVolume>;
}

const known = new WeakMap<VolumeGroup, Relations>();

/** Computed once per group: groups are immutable. */
export function relationsOf(vg: VolumeGroup): Relations {
  const cached = known.get(vg);
  if (cached !== undefined) return cached;
  const relations = build(vg);
  known.set(vg, relations);
  return relations;
}

/** The type without the words that newer features append: `cache-pool+METADATA_FORMAT`. */
export function plainType(segment: Segment): string {
  return segment.kind === 'foreign' ? (segment.type.split('+')[0] ?? '') : segment.kind;
}

/** Raid of any level, `raid0` included. */
export const isRaidType = (type: string): boolean => /^raid\d/.test(type);

/** The type of a volume is that of its first segment. */
export function typeOfLv(lv: LogicalVolume): string {
  const first = lv.segments[0];
  return first === undefined ? '' : plainType(first);
}

/** `lvol0_pmspare`: reserved for the repair of pool metadata, owned by no volume. */
export function isPoolSpare(lv: LogicalVolume): boolean {
  return lv.name.endsWith('_pmspare');
}

/**
 * A mirror that is getting another leg has its old self, a volume of its own, as its first image
 * (reference 2.6.3): the name of that one.
 */
export function convertedLayer({ segments: [first] }: LogicalVolume): string | undefined {
  const image = first?.kind === 'mirror' ? first.areas[0] : undefined;
  return image?.on === 'lv' && image.lv.includes('_mimagetmp') ? image.lv : undefined;
}

/** The first segment's own keys; empty for a type that this program runs. */
export function keysOfLv(lv: LogicalVolume): readonly ConfigEntry[] {
  const first = lv.segments[0];
  return first?.kind === 'foreign' ? first.entries : [];
}

function build(vg: VolumeGroup): Relations {
  const parts = new Map<string, Part>();
  const thinOrigins = new Set<string>();
  const externalOrigins = new Set<string>();
  const byName = new Map(vg.lvs.map((lv) => [lv.name, lv]));
  // A name in a list of areas is a PV's section before it is a volume (reference 2.2).
  const sections = new Set(vg.pvs.map((pv) => pv.section));
  for (const lv of vg.lvs) {
    for (const segment of lv.segments) {
      for (const [name, role] of partsOf(segment)) {
        // What moves lies on such a volume, and has no part in it.
        const isMove = byName.get(name)?.status.includes('PVMOVE') === true;
        if (!sections.has(name) && !isMove) parts.set(name, { role, owner: lv });
      }
      if (segment.kind !== 'foreign' || plainType(segment) !== 'thin') continue;
      addName(thinOrigins, segment.entries, 'origin');
      addName(externalOrigins, segment.entries, 'external_origin');
    }
  }
  return { ...snapshotsOf(vg), parts, thinOrigins, externalOrigins, byName };
}

function addName(names: Set<string>, entries: readonly ConfigEntry[], key: string): void {
  const name = textOf(entries, key);
  if (name !== undefined) names.add(name);
}

/** Keys that name one volume, by segment type. */
const SINGLE: Readonly<Record<string, readonly (readonly [key: string, role: PartRole])[]>> = {
  'thin-pool': [
    ['metadata', 'thin-pool-metadata'],
    ['pool', 'thin-pool-data'],
  ],
  'cache-pool': [
    ['metadata', 'cache-pool-metadata'],
    ['data', 'cache-pool-data'],
  ],
  cache: [['origin', 'cache-origin']],
  writecache: [
    ['origin', 'writecache-origin'],
    ['writecache', 'writecache-volume'],
  ],
  integrity: [
    ['origin', 'integrity-origin'],
    ['meta_dev', 'integrity-metadata'],
  ],
  'vdo-pool': [['data', 'vdo-pool-data']],
};

function partsOf(segment: Segment): (readonly [name: string, role: PartRole])[] {
  if (segment.kind === 'striped') {
    return segment.areas.flatMap((area) => (area.on === 'lv' ? [[area.lv, 'layer'] as const] : []));
  }
  if (segment.kind === 'mirror') {
    const { areas, log } = segment;
    const images = areas.flatMap((area) =>
      area.on === 'lv' ? [[area.lv, 'mirror-image'] as const] : [],
    );
    return log === undefined ? images : [[log, 'mirror-log'], ...images];
  }
  if (segment.kind !== 'foreign') return [];
  const { entries } = segment;
  const type = plainType(segment);
  const found: (readonly [string, PartRole])[] = [];
  // The type is a word from a disk: `constructor` is none of these.
  for (const [key, role] of (Object.hasOwn(SINGLE, type) && SINGLE[type]) || []) {
    const name = textOf(entries, key);
    if (name !== undefined) found.push([name, role]);
  }
  if (isRaidType(type)) {
    for (const { name } of imagesOf(segment)) found.push([name, 'raid-image']);
    for (const name of raidMetadataOf(segment)) found.push([name, 'raid-metadata']);
  }
  if (type === 'cache') {
    // One key for both kinds of fast volume; only the metadata settings tell them apart.
    const fast = textOf(entries, 'cache_pool');
    const whole = intOf(entries, 'metadata_start') !== undefined;
    if (fast !== undefined) found.push([fast, whole ? 'cache-volume' : 'cache-pool']);
  }
  return found;
}

/** The images of a raid segment: names with the extent each begins at. */
export function imagesOf(segment: Segment): readonly { name: string; start: number }[] {
  if (segment.kind !== 'foreign') return [];
  const { entries } = segment;
  const striped = listOf(entries, 'raid0_lvs');
  if (striped.length > 0) return striped.map((name) => ({ name: String(name), start: 0 }));
  const raids = listOf(entries, 'raids');
  return raids.flatMap((name, at) => (at % 2 === 1 ? [{ name: String(name), start: 0 }] : []));
}

export function raidMetadataOf(segment: Segment): string[] {
  if (segment.kind !== 'foreign') return [];
  return listOf(segment.entries, 'raids').flatMap((name, at) =>
    at % 2 === 0 ? [String(name)] : [],
  );
}

/** A string key of a segment; undefined where it is absent or something else. */
export function textOf(entries: readonly ConfigEntry[], key: string): string | undefined {
  const value = valueOf(entries, key);
  return value?.kind === 'string' ? value.value : undefined;
}

/** An integer key of a segment. */
export function intOf(entries: readonly ConfigEntry[], key: string): bigint | undefined {
  const value = valueOf(entries, key);
  return value?.kind === 'int' ? value.value : undefined;
}

function valueOf(entries: readonly ConfigEntry[], key: string) {
  const entry = entries.findLast((candidate) => candidate.name === key);
  return entry?.kind === 'value' ? entry.value : undefined;
}

function listOf(entries: readonly ConfigEntry[], key: string): (string | bigint)[] {
  const value = valueOf(entries, key);
  if (value?.kind !== 'array') return [];
  return value.items.map((item) => (item.kind === 'float' ? item.text : item.value));
}
