/** To add a segment type: write one file beside this one, then add one line here. */
import { assert, must } from '../../../base/assert.ts';
import type { Segment, VolumeGroup } from '../model.ts';
import { foreign } from './foreign.ts';
import { mirror } from './mirror.ts';
import { snapshot } from './snapshot.ts';
import { striped } from './striped.ts';
import { areaNamesOf, type SegmentArea, type SegmentType } from './type.ts';
import { error, zero } from './virtual.ts';

const ALL: readonly SegmentType[] = [striped, mirror, snapshot, error, zero, foreign];

const byKind = new Map(ALL.map((type) => [type.kind, type]));
const byWord = new Map(ALL.flatMap((type) => type.words.map((word) => [word, type] as const)));
assert(byKind.size === ALL.length, 'two segment types share a kind');

/** The type that reads `type = "<word>"`. */
export const typeForWord = (word: string): SegmentType => byWord.get(word) ?? foreign;

export const typeOf = (segment: Segment): SegmentType =>
  must(byKind.get(segment.kind), `the segment type ${segment.kind}`);

/** As reports call it: `linear`, `striped`, `error`, `raid1`, `thin-pool`. */
export const segmentTypeName = (segment: Segment): string => typeOf(segment).reportName(segment);

/**
 * What lies directly below a segment, each with its length in extents. Of a foreign type: the parts
 * of PVs that it names; its volumes are in `references` (references.ts).
 */
export const areasOf = (vg: VolumeGroup, segment: Segment): readonly SegmentArea[] =>
  // Asked for only by types that mix both: names of a large group take their time.
  typeOf(segment).areas(segment, { pvId: (name) => areaNamesOf(vg).pvId(name) });
