/**
 * The command lines of moves. Each names the extents that go and exactly as many as they go to, so
 * that no allocator has a choice. Whole pieces of a PV that go to one run in LVM's own order share
 * a line: it puts the pieces of a line one behind the other into the only area that it may use. A
 * line that cuts a piece of one volume beside those of another is none: LVM 2.03.16 ends it with an
 * internal error (as seen on Linux).
 */
import type { LvmId } from '../../base/ids.ts';
import { isPlain, type VolumeGroup } from '../format/model.ts';
import { areasOf } from '../format/segtypes/index.ts';
import { endOf } from './board.ts';
import { lvmOrder } from './order.ts';
import type { Move } from './types.ts';

export interface MoveLine {
  /** Without the program: `['pvmove', '/dev/sda:0-9', '/dev/sdb:20-29']`. */
  readonly argv: readonly string[];
  readonly moves: readonly Move[];
}

/** @param pathOf the device of a PV of the group */
export function linesOf(
  vg: VolumeGroup,
  moves: readonly Move[],
  pathOf: (pvId: LvmId) => string,
): readonly MoveLine[] {
  const groups: Move[][] = [];
  const order = lvmOrder(vg);
  const simple = new Set(vg.lvs.filter(isPlain).map(({ name }) => name));
  const wholes = wholeAreas(vg);
  const isWhole = (move: Move): boolean =>
    simple.has(move.piece.lv) && wholes.has(keyOf(move.piece, move.piece.count));
  for (const move of moves) {
    const last = groups.at(-1);
    const [first] = last ?? [];
    const joins = first && isWhole(first) && isWhole(move) && follows(order, last?.at(-1), move);
    if (last && joins) last.push(move);
    else groups.push([move]);
  }
  return groups.map((group) => ({ argv: argvOf(group, pathOf), moves: group }));
}

type AreaKey = Pick<Move['piece'], 'lv' | 'segment' | 'area' | 'offset'>;

const keyOf = ({ lv, segment, area, offset }: AreaKey, count: number): string =>
  `${lv} ${segment} ${area} ${offset} ${count}`;

/** Of the group as it is: pieces that are all that a segment has in an area. */
function wholeAreas(vg: VolumeGroup): ReadonlySet<string> {
  const keys = vg.lvs.flatMap(({ name: lv, segments }) =>
    segments.flatMap((one, segment) =>
      areasOf(vg, one).map(({ count }, area) => keyOf({ lv, segment, area, offset: 0 }, count)),
    ),
  );
  return new Set(keys);
}

function follows(order: ReturnType<typeof lvmOrder>, last: Move | undefined, next: Move): boolean {
  if (!last || last.aside || next.aside) return false;
  const { piece, to } = last;
  // On one PV a place may be free only when the move before it is done.
  if (piece.pvId === to.pvId) return false;
  if (next.piece.pvId !== piece.pvId || next.to.pvId !== to.pvId) return false;
  return next.to.start === to.start + piece.count && order(piece, next.piece) < 0;
}

function argvOf(group: readonly Move[], pathOf: (pvId: LvmId) => string): readonly string[] {
  const [first] = group;
  if (!first) return [];
  const count = group.reduce((sum, { piece }) => sum + piece.count, 0);
  const { pvId, start } = first.to;
  return [
    'pvmove',
    ...(group.some(({ anywhere }) => anywhere) ? ['--alloc', 'anywhere'] : []),
    `${pathOf(first.piece.pvId)}${sourceRanges(group)}`,
    `${pathOf(pvId)}:${start}-${start + count - 1}`,
  ];
}

/** `:0-3:8-9`, in PE order; ranges that touch are one. */
function sourceRanges(group: readonly Move[]): string {
  const ranges: { first: number; end: number }[] = [];
  for (const { piece } of group.toSorted((a, b) => a.piece.start - b.piece.start)) {
    const last = ranges.at(-1);
    if (last?.end === piece.start) last.end = endOf(piece);
    else ranges.push({ first: piece.start, end: endOf(piece) });
  }
  return ranges.map(({ first, end }) => `:${first}-${end - 1}`).join('');
}
