/** Where the pieces of a move go. */
import type { LvmId } from '../../../base/ids.ts';
import { err, ok, type Result } from '../../../base/result.ts';
import { extents, type Extents } from '../../../base/units.ts';
import type { VolumeError } from '../../../contract/errors.ts';
import { allocate } from '../../alloc/allocate.ts';
import type { ScannedVg } from '../../scan-types.ts';
import { effectivePolicy, roomIn, type Room } from '../place.ts';
import type { Layered } from './source.ts';

export interface Destinations {
  /** As typed, with ranges; absent: the whole group. */
  readonly words?: readonly string[] | undefined;
  readonly policy: string;
  readonly clingTags: readonly string[];
}

/** A run of a piece that has found its place. */
export interface Placed {
  readonly from: { readonly pvId: LvmId; readonly start: Extents };
  readonly to: { readonly pvId: LvmId; readonly start: Extents };
  readonly count: Extents;
}

/** What may take them: not the source itself, unless they may go anywhere. */
export function roomBeside(
  scanned: ScannedVg,
  source: LvmId,
  { words, policy }: Destinations,
): Result<Room, VolumeError> {
  const found = roomIn(scanned, words);
  if (!found.ok || effectivePolicy(scanned.vg, policy) === 'anywhere') return found;
  const room = without(found.value, new Set([source]));
  const isAlone = scanned.vg.pvs.every(({ id }) => id === source);
  const none = room.named ? room.areas.size === 0 : isAlone;
  return none ? err({ code: 'no-extents-to-move-to' }) : ok(room);
}

function without(room: Room, pvs: ReadonlySet<LvmId>): Room {
  const areas = new Map([...room.areas].filter(([id]) => !pvs.has(id)));
  const free = [...areas.values()].flat().reduce((sum, { count }) => sum + count, 0);
  return { ...room, areas, free: extents(free) };
}

/** Runs in the order of the pieces; a piece is more than one where it does not fit together. */
export function placePieces(
  all: Room,
  source: LvmId,
  { pieces, beside }: Pick<Layered, 'pieces' | 'beside'>,
  { policy: wanted, clingTags }: Destinations,
  layer: string,
): Result<readonly Placed[], VolumeError> {
  const policy = effectivePolicy(all.vg, wanted);
  // As in LVM nothing goes there, whatever it is of.
  const room = policy === 'anywhere' ? all : without(all, beside);
  const count = pieces.reduce((sum, piece) => sum + piece.count, 0);
  const { free, vg } = room;
  const refusal = (more: number): VolumeError => {
    const contiguous = policy === 'contiguous';
    const why: VolumeError =
      free < count
        ? { code: 'pvs-short', needed: extents(count), free }
        : { code: 'no-suitable-extents', lv: '', contiguous, more: extents(more) };
    return {
      code: 'several',
      errors: [why, { code: 'no-room-for-move', vg: vg.name, lv: layer }],
    };
  };
  const found = allocate({
    count: extents(count),
    stripes: 1,
    policy,
    free: room.areas,
    clingTags,
    tagsOf: new Map(room.vg.pvs.map(({ id, tags }) => [id, tags])),
    runs: pieces,
  });
  if (!found.ok) return err(refusal(found.error.more));
  const taken = [...found.value.pieces];
  const placed: Placed[] = [];
  for (const { start, count: wished } of pieces) {
    for (let done = 0; done < wished;) {
      const run = taken.shift();
      const to = run?.areas[0];
      if (!run || !to) return err(refusal(wished - done));
      const from = { pvId: source, start: extents(start + done) };
      placed.push({ from, to, count: run.count });
      done += run.count;
    }
  }
  return ok(placed);
}
