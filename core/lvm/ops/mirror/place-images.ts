/** Extents for new images and logs of a mirror (reference 9.2). */
import type { LvmId } from '../../../base/ids.ts';
import { err, ok, type Result } from '../../../base/result.ts';
import { extents, sectors, type Extents } from '../../../base/units.ts';
import type { VolumeError } from '../../../contract/errors.ts';
import {
  allocate,
  type LogWish,
  type Piece,
  type Places,
  type Shortage,
} from '../../alloc/allocate.ts';
import { areasOf } from '../../format/segtypes/index.ts';
import { findLv, type LogicalVolume, type Segment, type VolumeGroup } from '../../format/model.ts';
import { references } from '../../format/references.ts';
import { effectivePolicy, mergeAdjacent, type Room, type Striping } from '../place.ts';

interface ImageWish {
  readonly room: Room;
  /** For messages. */
  readonly lv: string;
  /** Extents of each image. */
  readonly count: Extents;
  readonly images: number;
  /** Of each image. */
  readonly striping: Pick<Striping, 'stripes' | 'stripeSize'>;
  readonly logs: LogWish;
  readonly policy: string;
  readonly approximate?: boolean;
  readonly clingTags?: readonly string[];
  /** PVs that hold what a new image or log is to survive. */
  readonly avoid: ReadonlySet<LvmId>;
}

export interface PlacedImages {
  /** Segments of each image. */
  readonly images: readonly (readonly Segment[])[];
  readonly logs: readonly (readonly Segment[])[];
}

export function placeImages(wish: ImageWish): Result<PlacedImages, VolumeError> {
  const { room, images, striping, logs, lv } = wish;
  const policy = effectivePolicy(room.vg, wish.policy);
  // Who lets it go anywhere wants it on any PV, also beside the other images.
  const open = [...room.areas].filter(([id]) => policy === 'anywhere' || !wish.avoid.has(id));
  const found = allocate({
    count: extents(wish.count * images),
    stripes: images * striping.stripes,
    policy,
    free: new Map(open),
    approximate: wish.approximate ?? false,
    clingTags: wish.clingTags ?? [],
    tagsOf: new Map(room.vg.pvs.map(({ id, tags }) => [id, tags])),
    logs,
  });
  const contiguous = policy === 'contiguous';
  if (!found.ok) return refuse(found.error, lv, contiguous);
  if (images > 0 && found.value.pieces.length === 0) {
    return err({ code: 'no-suitable-extents', lv, contiguous });
  }
  return ok({
    images: Array.from({ length: images }, (_, image) =>
      imageSegments(found.value.pieces, image, striping),
    ),
    logs: logSegments(found.value, logs.extents),
  });
}

function refuse({ more, of }: Shortage, lv: string, contiguous: boolean) {
  if (of === 'images') return err({ code: 'no-suitable-extents', lv, contiguous, more } as const);
  const short = { code: 'pvs-short', needed: more, free: extents(0) } as const;
  return err({ code: 'several', errors: [short, { code: 'no-room-for-log' }] } as const);
}

export function imageSegments(
  pieces: readonly Piece[],
  image: number,
  { stripes, stripeSize }: ImageWish['striping'],
): readonly Segment[] {
  let start = 0;
  const segments = pieces.map((piece): Segment => {
    const count = extents(piece.count * stripes);
    const own = piece.areas.slice(image * stripes, (image + 1) * stripes);
    const areas = own.map((area) => ({ on: 'pv', ...area }) as const);
    const at = extents(start);
    start += count;
    return { kind: 'striped', start: at, count, tags: [], stripeSize, areas, extra: [] };
  });
  return mergeAdjacent(segments);
}

function logSegments({ logs }: Places, count: Extents): readonly (readonly Segment[])[] {
  return logs.map(({ pvId, start }) => [
    {
      kind: 'striped',
      start: extents(0),
      count,
      tags: [],
      stripeSize: sectors(0),
      areas: [{ on: 'pv', pvId, start }],
      extra: [],
    },
  ]);
}

/** PVs under a volume and everything that it is made of. */
export function pvsUnder(vg: VolumeGroup, lv: LogicalVolume): ReadonlySet<LvmId> {
  const found = new Set<LvmId>();
  const visit = ({ segments }: LogicalVolume): void => {
    for (const segment of segments) {
      for (const area of areasOf(vg, segment)) if (area.on === 'pv') found.add(area.pvId);
      for (const { lv: name } of references(vg, segment)) {
        const below = findLv(vg, name);
        if (below) visit(below);
      }
    }
  };
  visit(lv);
  return found;
}
