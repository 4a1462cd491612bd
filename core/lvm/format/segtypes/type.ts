/** What a segment type has to say for itself. */
import type { LvmId } from '../../../base/ids.ts';
import type { Extents } from '../../../base/units.ts';
import type { Fields } from '../config/fields.ts';
import type { Area, Segment, VolumeGroup } from '../model.ts';

/** What every segment has, whatever its type. */
export interface SegmentHead {
  readonly start: Extents;
  readonly count: Extents;
  readonly tags: readonly string[];
}

/**
 * An area with its length; `key` is the key of the text that lists it. Of a type that is not known
 * the length is an estimate: good enough to stay away from, not to find fault with.
 */
export type SegmentArea = Area & {
  readonly count: Extents;
  readonly key: string;
  readonly exact: boolean;
};

/** Finds what a name in a list of areas means: a PV section first, then a volume. */
export interface AreaNames {
  pvId(name: string): LvmId | undefined;
  hasLv(name: string): boolean;
}

/** The other way round: the section name of a PV. */
export type SectionName = (pvId: LvmId) => string;

export interface SegmentType<S extends Segment = Segment> {
  readonly kind: S['kind'];
  /** The `type` words of the text that it takes; the foreign type takes all the others. */
  readonly words: readonly string[];
  /** Faults go to the sink of `fields`; what is returned then does not matter. */
  parse(head: SegmentHead, word: string, fields: Fields, names: AreaNames): S;
  /** As it is written behind `type =`. */
  word(segment: S): string;
  /** The lines between the extent count and the type; most types have none. */
  printHead?(segment: S): string;
  /** The lines behind type and tags. */
  print(segment: S, section: SectionName): string;
  /** As reports call it: `linear`, `striped`, `raid1`. */
  reportName(segment: S): string;
  areas(segment: S, names: Pick<AreaNames, 'pvId'>): readonly SegmentArea[];
}

const known = new WeakMap<VolumeGroup, AreaNames>();

/** Computed once per group: groups are immutable. */
export function areaNamesOf(vg: VolumeGroup): AreaNames {
  const cached = known.get(vg);
  if (cached !== undefined) return cached;
  const pvs = new Map(vg.pvs.map((pv) => [pv.section, pv.id]));
  const lvs = new Set(vg.lvs.map((lv) => lv.name));
  const names: AreaNames = { pvId: (name) => pvs.get(name), hasLv: (name) => lvs.has(name) };
  known.set(vg, names);
  return names;
}
