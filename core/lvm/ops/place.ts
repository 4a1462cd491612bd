/** Finding the extents of a new or growing volume: what lvcreate and lvextend share. */
import type { LvmId } from '../../base/ids.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { extents, sectors, type Extents, type Sectors } from '../../base/units.ts';
import type { Notice, VolumeError } from '../../contract/errors.ts';
import { allocate } from '../alloc/allocate.ts';
import type { Slot } from '../alloc/free-map.ts';
import type { Present } from '../alloc/round.ts';
import { allocatablePvIds, freeAreasOf, freeOn } from '../format/free-areas.ts';
import type { FreeArea } from '../format/free-extents.ts';
import { isVirtual, type Segment, type StripedSegment, type VolumeGroup } from '../format/model.ts';
import type { ScannedVg } from '../scan-types.ts';
import { readPlaces, type PeRange } from './pv-places.ts';
import type { SizeBase } from './size.ts';

/** 64 KiB. */
const DEFAULT_STRIPE_SIZE = sectors(128);
/** One page. */
const MIN_STRIPE_SIZE = 8;

/** The PVs an allocation may use, and how much of them is free. */
export interface Room {
  readonly vg: VolumeGroup;
  /** In the order in which they are looked at: as named, else as the group has them. */
  readonly areas: ReadonlyMap<LvmId, readonly FreeArea[]>;
  readonly free: Extents;
  /** PVs were named: percentages of PVs are of what is free on these. */
  readonly named: boolean;
  /** About those that were named in vain. */
  readonly notices: readonly Notice[];
}

/** All allocatable PVs of the group, or those of the named ones that have room. */
export function roomIn(
  scanned: ScannedVg,
  words: readonly string[] | undefined,
): Result<Room, VolumeError> {
  const { vg, devices } = scanned;
  const missing = new Set(vg.pvs.filter((pv) => !devices.has(pv.id)).map((pv) => pv.id));
  const all = freeAreasOf(vg);
  const open = allocatablePvIds(vg, missing);
  if (!words || words.length === 0) {
    const areas = new Map(open.map((id) => [id, all.get(id) ?? []]));
    return ok({ vg, areas, free: freeOn(vg, open), named: false, notices: [] });
  }
  const places = readPlaces(scanned, words);
  if (!places.ok) return places;
  const { ranges, notices } = places.value;
  const areas = new Map(
    [...ranges]
      .filter(([id]) => open.includes(id))
      .map(([id, each]) => [id, within(all.get(id) ?? [], each)] as const),
  );
  const counts = [...areas.values()].flat().map(({ count }) => count);
  const free = extents(counts.reduce((sum, count) => sum + count, 0));
  return ok({ vg, areas, free, named: true, notices });
}

/** What of the free areas lies in each range; adjacent ranges stay two areas, as in LVM. */
function within(areas: readonly FreeArea[], ranges: readonly PeRange[]): readonly FreeArea[] {
  return ranges.flatMap(({ first, last }) =>
    areas.flatMap(({ pvId, start, count }): readonly FreeArea[] => {
      const from = Math.max(first, start);
      const to = Math.min(last + 1, start + count);
      return from < to ? [{ pvId, start: extents(from), count: extents(to - from) }] : [];
    }),
  );
}

export function sizeBase(room: Room, present: Extents): SizeBase {
  return { vg: room.vg, free: room.free, named: room.named, present };
}

export interface Striping {
  readonly stripes: number;
  /** 0 with one stripe. */
  readonly stripeSize: Sectors;
  readonly notices: readonly Notice[];
}

/** Checks stripes and stripe size, and fills in the defaults: LVM's, or the last segment's. */
export function resolveStriping(
  room: Room,
  asked: {
    readonly verb: string;
    readonly stripes?: number | undefined;
    readonly stripeSize?: Sectors | undefined;
    readonly usualStripeSize?: Sectors | undefined;
  },
  last?: Segment,
): Result<Striping, VolumeError> {
  const previous = last?.kind === 'striped' && last.areas.length > 1 ? last : undefined;
  const stripes = asked.stripes ?? previous?.areas.length ?? 1;
  if (!Number.isInteger(stripes) || stripes < 1 || stripes > 128) {
    return err({ code: 'stripes-invalid', stripes });
  }
  if (stripes === 1) return ok({ stripes, stripeSize: sectors(0), notices: [] });
  const size =
    asked.stripeSize ?? previous?.stripeSize ?? asked.usualStripeSize ?? DEFAULT_STRIPE_SIZE;
  if (size < MIN_STRIPE_SIZE || !Number.isInteger(Math.log2(size))) {
    return err({ code: 'stripe-size-invalid', size, command: asked.verb });
  }
  const { extentSize } = room.vg;
  const stripeSize = sectors(Math.min(size, extentSize));
  const notices: Notice[] = [];
  if (asked.stripeSize === undefined) {
    const code = previous ? 'stripe-size-of-last-segment' : 'stripe-size-default';
    const extending = asked.verb !== 'lvcreate' && !previous ? ({ extending: true } as const) : {};
    notices.push({ code, size, ...extending });
  } else if (size > extentSize) notices.push({ code: 'stripe-size-reduced', size, extentSize });
  return ok({ stripes, stripeSize, notices });
}

export interface Placement {
  readonly room: Room;
  readonly lv: string;
  /** New logical extents; a multiple of the stripes. */
  readonly count: Extents;
  readonly striping: Striping;
  /** As given, or as the volume has it; `inherit` takes the group's. */
  readonly policy: string;
  readonly approximate: boolean;
  /** The volume's present segments; none for a new one. */
  readonly segments: readonly Segment[];
  /** Tags by which PVs belong together, without `@`. */
  readonly clingTags: readonly string[];
}

/** The volume's segments with the new extents behind them, merged where they continue. */
export function place(wish: Placement): Result<readonly Segment[], VolumeError> {
  const { room, striping } = wish;
  const policy = effectivePolicy(room.vg, wish.policy);
  const last = wish.segments.at(-1);
  const present = presentOf(wish.segments, striping.stripes);
  const pieces = allocate({
    count: wish.count,
    stripes: striping.stripes,
    policy,
    free: room.areas,
    approximate: wish.approximate,
    clingTags: wish.clingTags,
    tagsOf: new Map(room.vg.pvs.map(({ id, tags }) => [id, tags])),
    ...(present ? { present } : {}),
  });
  if (!pieces.ok) {
    const { more } = pieces.error;
    const contiguous = policy === 'contiguous';
    return err({ code: 'no-suitable-extents', lv: wish.lv, contiguous, more });
  }
  if (pieces.value.pieces.length === 0 && !last) {
    return err({ code: 'no-suitable-extents', lv: wish.lv, contiguous: policy === 'contiguous' });
  }
  let start = last ? last.start + last.count : 0;
  const added = pieces.value.pieces.map((piece): StripedSegment => {
    const count = extents(piece.count * striping.stripes);
    const segment: StripedSegment = {
      kind: 'striped',
      start: extents(start),
      count,
      tags: [],
      stripeSize: striping.stripeSize,
      areas: piece.areas.map((area) => ({ on: 'pv', ...area })),
      extra: [],
    };
    start += count;
    return segment;
  });
  return ok(mergeAdjacent([...wish.segments, ...added]));
}

export function effectivePolicy(
  vg: VolumeGroup,
  policy: string,
): 'contiguous' | 'cling' | 'normal' | 'anywhere' {
  const own = policy === 'inherit' ? (vg.allocationPolicy ?? 'normal') : policy;
  switch (own) {
    case 'contiguous':
    case 'cling':
    case 'anywhere':
      return own;
    case 'cling_by_tags':
      // To cling is to cling by tags, as soon as there are tags to cling by.
      return 'cling';
    default:
      return 'normal';
  }
}

/** What new stripes can stay near to: as many as there are at the end of the volume. */
export function presentOf(segments: readonly Segment[], stripes: number): Present | undefined {
  const [first, last] = [segments[0], segments.at(-1)];
  const end = last && endOf(last);
  if (end?.length !== stripes) return undefined;
  const areas = first?.kind === 'striped' ? first.areas : [];
  return { last: end, first: areas.flatMap((area) => (area.on === 'pv' ? [area.pvId] : [])) };
}

/** The first free place behind each stripe of a segment; undefined where it lies on no PV. */
function endOf(segment: Segment): readonly Slot[] | undefined {
  if (segment.kind !== 'striped') return undefined;
  const each = segment.count / segment.areas.length;
  const slots = segment.areas.flatMap((area) =>
    area.on === 'pv' ? [{ pvId: area.pvId, start: extents(area.start + each) }] : [],
  );
  return slots.length === segment.areas.length ? slots : undefined;
}

/** The first `total` extents of these segments. */
export function shortened(segments: readonly Segment[], total: Extents): readonly Segment[] {
  return segments
    .filter(({ start }) => start < total)
    .map((one) => ({ ...one, count: extents(Math.min(one.count, total - one.start)) }));
}

/** Segments that continue one another on every stripe are one (as LVM writes them). */
export function mergeAdjacent(segments: readonly Segment[]): readonly Segment[] {
  const out: Segment[] = [];
  for (const segment of segments) {
    const last = out.at(-1);
    if (last && continues(last, segment)) {
      out[out.length - 1] = { ...last, count: extents(last.count + segment.count) };
    } else out.push(segment);
  }
  return out;
}

function continues(first: Segment, second: Segment): boolean {
  if (isVirtual(first) && isVirtual(second)) {
    const extra = first.extra.length + second.extra.length;
    return first.kind === second.kind && first.tags.join() === second.tags.join() && extra === 0;
  }
  if (first.kind !== 'striped' || second.kind !== 'striped') return false;
  if (first.stripeSize !== second.stripeSize || first.areas.length !== second.areas.length) {
    return false;
  }
  if (first.tags.join() !== second.tags.join()) return false;
  const ends = endOf(first);
  if (!ends || first.extra.length + second.extra.length > 0) return false;
  return second.areas.every(
    (area, stripe) =>
      area.on === 'pv' && area.pvId === ends[stripe]?.pvId && area.start === ends[stripe].start,
  );
}

/** Segments that differ leave open which of them a new one is to be like. */
export function isMixed(
  { stripes, stripeSize }: { readonly stripes?: number; readonly stripeSize?: Sectors },
  segments: readonly Segment[],
): boolean {
  if (stripes === 1) return false;
  const striped = segments.filter((segment) => segment.kind === 'striped');
  const counts = new Set(striped.map(({ areas }) => areas.length));
  const sizes = new Set(striped.filter(({ areas }) => areas.length > 1).map((s) => s.stripeSize));
  return (stripes === undefined && counts.size > 1) || (stripeSize === undefined && sizes.size > 1);
}
