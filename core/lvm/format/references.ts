/** Which volumes a segment names, and under which key (reference 2.6). */
import {
  hasAreas,
  type ConfigEntry,
  type ConfigScalar,
  type LogicalVolume,
  type Segment,
  type VolumeGroup,
} from './model.ts';
import { plainType } from './segtypes/foreign.ts';
import { storeKey } from './segtypes/snapshot.ts';
import { areaNamesOf } from './segtypes/type.ts';

/** Types of LVM in which every one of the keys names a volume; of others nobody can tell. */
const TYPES: ReadonlySet<string> = new Set([
  'snapshot',
  'thin',
  'thin-pool',
  'cache',
  'cache-pool',
  'writecache',
  'integrity',
  'vdo',
  'vdo-pool',
]);

/** `key` is the key of the text: `mirrors`, `mirror_log`, `raids`, `thin_pool`, `cow_store`... */
export interface Reference {
  readonly key: string;
  readonly lv: string;
}

/** Keys whose strings are names of volumes, in every type that is known to have them. */
const KEYS: ReadonlySet<string> = new Set([
  // raid
  'raids',
  'raid0_lvs',
  // snapshots of a later kind; `origin` also of thin, cache, writecache and integrity
  'origin',
  'cow_store',
  'merging_store',
  // thin-pool (`metadata` also of cache-pool), thin
  'pool',
  'metadata',
  'thin_pool',
  'external_origin',
  'merge',
  // cache-pool and vdo-pool, cache, writecache, integrity, vdo
  'data',
  'cache_pool',
  'writecache',
  'meta_dev',
  'vdo_pool',
  // striped over volumes
  'stripes',
]);

/**
 * In the order of the text: of `raids` that is metadata and image of each leg in turn. A name that
 * is a PV's section is not a volume.
 */
export function references(vg: VolumeGroup, segment: Segment): readonly Reference[] {
  if (segment.kind === 'striped') {
    return segment.areas.flatMap((area) =>
      area.on === 'lv' ? [{ key: 'stripes', lv: area.lv }] : [],
    );
  }
  if (segment.kind === 'mirror') {
    const images = segment.areas.flatMap((area) =>
      area.on === 'lv' ? [{ key: 'mirrors', lv: area.lv }] : [],
    );
    return segment.log === undefined ? images : [{ key: 'mirror_log', lv: segment.log }, ...images];
  }
  if (segment.kind === 'snapshot') {
    return [
      { key: 'origin', lv: segment.origin },
      { key: storeKey(segment), lv: segment.store },
    ];
  }
  if (segment.kind !== 'foreign') return [];
  const names = areaNamesOf(vg);
  return segment.entries.flatMap((entry) =>
    namesIn(entry)
      .filter((name) => names.pvId(name) === undefined)
      .map((lv) => ({ key: entry.name, lv })),
  );
}

/**
 * What a segment names and the group does not have. Linux refuses to read such a group, unless the
 * type is one that it does not know either.
 */
export function danglingReferences(vg: VolumeGroup, segment: Segment): readonly Reference[] {
  if (segment.kind === 'foreign') {
    const type = plainType(segment);
    if (!TYPES.has(type) && !type.startsWith('raid')) return [];
  }
  return references(vg, segment).filter(({ lv }) => !areaNamesOf(vg).hasLv(lv));
}

/**
 * The group with a volume under another name, in its own section and wherever a segment names it.
 * The new name must be free; parts that carry the old name in theirs keep it.
 */
export function withLvRenamed(vg: VolumeGroup, from: string, to: string): VolumeGroup {
  const rename = (name: string): string => (name === from ? to : name);
  const lvs = vg.lvs.map((lv): LogicalVolume => ({
    ...lv,
    name: rename(lv.name),
    segments: lv.segments.map((segment) => renamedIn(vg, segment, rename)),
  }));
  return { ...vg, lvs };
}

function renamedIn(vg: VolumeGroup, segment: Segment, rename: (name: string) => string): Segment {
  if (hasAreas(segment)) {
    const areas = segment.areas.map((area) =>
      area.on === 'lv' ? { ...area, lv: rename(area.lv) } : area,
    );
    if (segment.kind === 'striped' || segment.log === undefined) return { ...segment, areas };
    return { ...segment, areas, log: rename(segment.log) };
  }
  if (segment.kind === 'snapshot') {
    return { ...segment, origin: rename(segment.origin), store: rename(segment.store) };
  }
  if (segment.kind !== 'foreign') return segment;
  const names = areaNamesOf(vg);
  const scalar = (item: ConfigScalar): ConfigScalar =>
    item.kind === 'string' && names.pvId(item.value) === undefined
      ? { ...item, value: rename(item.value) }
      : item;
  const entries = segment.entries.map((entry): ConfigEntry => {
    if (namesIn(entry).length === 0 || entry.kind !== 'value') return entry;
    const { value } = entry;
    const renamed =
      value.kind === 'array' ? { ...value, items: value.items.map(scalar) } : scalar(value);
    return { ...entry, value: renamed };
  });
  return { ...segment, entries };
}

function namesIn(entry: ConfigEntry): readonly string[] {
  if (entry.kind !== 'value' || !KEYS.has(entry.name)) return [];
  const items = entry.value.kind === 'array' ? entry.value.items : [entry.value];
  return items.flatMap((item) => (item.kind === 'string' ? [item.value] : []));
}
