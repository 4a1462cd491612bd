/** A request cut where its chunks lie in different places. */
import { SECTOR, sectors, type Sectors } from '../../base/units.ts';
import { partOf, type DataIo } from '../../block/device.ts';
import type { TargetIo } from '../target.ts';

/** A part of a request. */
export interface Piece<Kind> {
  /** Sectors from the start of the target. */
  readonly offset: number;
  readonly count: number;
  readonly kind: Kind;
}

/** What a chunk is, as far as the next one can be like it. */
export interface ChunkKind {
  /** Whether the chunk behind it belongs to the same piece. */
  joins(next: this): boolean;
}

export const ioCount = (io: TargetIo): number =>
  'data' in io ? io.data.length / SECTOR : io.count;

/**
 * Chunk by chunk, those that join as one. It asks only when the piece is taken: a piece that is
 * begun may change what the chunks behind it are.
 * @param whole whether the request covers the chunk
 */
export function* cutAtChunks<Kind extends ChunkKind>(
  { offset, count }: { readonly offset: number; readonly count: number },
  chunkSize: number,
  kindOf: (chunk: number, whole: boolean) => Kind,
): Generator<Piece<Kind>> {
  const end = offset + count;
  let piece: { offset: number; count: number; readonly kind: Kind; last: Kind } | undefined;
  for (let at = offset; at < end;) {
    const chunk = Math.floor(at / chunkSize);
    const next = Math.min(end, (chunk + 1) * chunkSize);
    const kind = kindOf(chunk, next - at === chunkSize);
    if (piece?.last.joins(kind) === true) {
      piece.count += next - at;
      piece.last = kind;
    } else {
      if (piece) yield piece;
      piece = { offset: at, count: next - at, kind, last: kind };
    }
    at = next;
  }
  if (piece) yield piece;
}

/** A piece of a request as one of its own. */
export function pieceOf(
  io: TargetIo,
  { offset, count }: Pick<Piece<unknown>, 'offset' | 'count'>,
  start: number = offset,
): DataIo {
  return partOf({ ...io, start: io.offset }, offset - io.offset, count, sectors(start));
}

/** The same, still counted from the start of the target. */
export function asTargetIo(io: DataIo): TargetIo {
  return { ...io, offset: io.start };
}

/** The chunks of a run of sectors. */
export const chunksOf = (
  start: number,
  count: number,
  chunkSize: Sectors,
): { readonly first: number; readonly last: number } => ({
  first: Math.floor(start / chunkSize),
  last: Math.floor((start + count - 1) / chunkSize),
});
