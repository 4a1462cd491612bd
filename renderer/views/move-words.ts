/** Moves of extents in words. */
import type { MirrorState, WritesMet } from '../../core/contract/mirrors.ts';
import { countOf, type Flight, type Move, type MoveCount, type MovePlace } from '../viz/moves.ts';

/** `5 of 9 extents moved, 55 %`. */
export function countWords({ moved, total }: MoveCount): string {
  const percent = total === 0 ? 100 : Math.floor((100 * moved) / total);
  return `${number(moved)} of ${number(total)} extents moved, ${percent} %`;
}

/**
 * `piece 2 of 2: LE 5-8 of pvmove0, PE 5-8 of /dev/sda to PE 5-8 of /dev/sdc`; of one that lies in
 * several places the first.
 */
export function pieceWords(move: Move): string {
  const { pieces, running, flights, layer } = move;
  const piece = pieces[running];
  if (!piece) return 'all pieces are at their destination';
  const parts = flights.filter((flight) => flight.piece === running);
  const [first] = parts;
  const where = first ? `, ${sideWords(first, first.from)} to ${sideWords(first, first.to)}` : '';
  const others = parts.length - 1;
  const more = others > 0 ? ` and ${number(others)} ${others === 1 ? 'place' : 'places'} more` : '';
  return (
    `piece ${number(running + 1)} of ${number(pieces.length)}: ` +
    `LE ${range(piece.start, piece.count)} of ${layer}${where}${more}`
  );
}

const sideWords = ({ count }: Flight, { start, device }: MovePlace): string =>
  `PE ${range(start, count)} of ${device}`;

/** `the front is at PE 6 of /dev/sda`: the first extent that is not there yet. */
export function frontWords({ flights, running, pieces }: Move, front: number): string {
  const at = Math.floor(front);
  const flight = flights.find((one) => one.piece === running && at < one.at + one.count);
  if (!flight || !pieces[running]) return '';
  const { device, start } = flight.from;
  return `the front is at PE ${number(start + at - flight.at)} of ${device}`;
}

const MET: Readonly<Record<keyof WritesMet, string>> = {
  ahead: 'ahead of the front (to the source alone)',
  at: 'at the front (waited for the copy)',
  behind: 'behind it (to both sides)',
};

/** `Writes: 3 ahead of the front (to the source alone)`; nothing where there was none. */
export function metWords({ met }: Pick<MirrorState, 'met'>): string {
  const kinds = (['ahead', 'at', 'behind'] as const).flatMap((kind) => {
    const count = met?.[kind]?.count;
    return count === undefined ? [] : `${number(count)} ${MET[kind]}`;
  });
  return kinds.length === 0 ? '' : `Writes: ${kinds.join(', ')}`;
}

/** Volumes that are named one by one. */
const MOST_NAMED = 8;

/**
 * Each volume that moves: `home: 5 of 5 extents moved, 100 %`.
 * @param nameOf the volume that a part of a mirror belongs to
 */
export function ownerWords(
  move: Move,
  front: number,
  nameOf: (lv: string) => string,
): readonly string[] {
  const names = [...new Set(move.flights.map(({ owner }) => nameOf(owner.lv)))];
  const lines = names.slice(0, MOST_NAMED).map((name) => {
    const count = countOf(move, front, ({ owner }) => nameOf(owner.lv) === name);
    return `${name}: ${countWords(count)}`;
  });
  const rest = names.length - lines.length;
  return rest > 0 ? [...lines, `${number(rest)} volumes more`] : lines;
}

const range = (start: number, count: number): string =>
  count === 1 ? number(start) : `${number(start)}-${number(start + count - 1)}`;

const number = (value: number): string => value.toLocaleString('en');
