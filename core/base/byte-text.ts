/**
 * A long byte string in pieces: most of a text is a stretch of an older one, and joining megabytes
 * to write them once is work for nothing. Values are immutable, and so are the bytes they share.
 */
import { byteStringToBytes, bytesToByteString, concatBytes, indexOf, sameBytes } from './bytes.ts';

/** More pieces are joined. */
const MAX_PIECES = 64;
/** Bytes of a piece that is joined with those beside it first: what one command changes. */
const SMALL = 64 * 1024;

/** A byte string, in one piece or in several. */
export type AnyText = string | ByteText;

export class ByteText {
  private constructor(
    readonly pieces: readonly Uint8Array[],
    /** Bytes. */
    readonly length: number,
  ) {}

  /** Bytes that are given are kept as they are: nobody may change them any more. */
  static of(...parts: readonly (AnyText | Uint8Array)[]): ByteText {
    const pieces = parts.flatMap(piecesOf).filter((piece) => piece.length > 0);
    const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
    return new ByteText(pieces.length > MAX_PIECES ? joined(pieces) : pieces, length);
  }

  slice(from: number, to = this.length): ByteText {
    const pieces: Uint8Array[] = [];
    let at = 0;
    for (const piece of this.pieces) {
      const [start, end] = [Math.max(0, from - at), Math.min(piece.length, to - at)];
      const whole = start === 0 && end === piece.length;
      if (start < end) pieces.push(whole ? piece : piece.subarray(start, end));
      at += piece.length;
    }
    return ByteText.of(...pieces);
  }

  /** How many bytes of this value there are. */
  count(byte: number): number {
    let found = 0;
    for (const piece of this.pieces) {
      for (let at = indexOf(piece, byte, 0); at >= 0; at = indexOf(piece, byte, at + 1)) found++;
    }
    return found;
  }

  /** @param out as long as the text at least; what is behind it stays. */
  writeInto(out: Uint8Array): void {
    let at = 0;
    for (const piece of this.pieces) {
      out.set(piece, at);
      at += piece.length;
    }
  }

  /** Whether it is just these bytes. */
  equals(data: Uint8Array): boolean {
    if (data.length !== this.length) return false;
    let at = 0;
    return this.pieces.every((piece) => sameBytes(piece, data.subarray(at, (at += piece.length))));
  }

  toString(): string {
    return this.pieces.map(bytesToByteString).join('');
  }
}

function piecesOf(part: AnyText | Uint8Array): readonly Uint8Array[] {
  if (typeof part === 'string') return [byteStringToBytes(part)];
  return part instanceof ByteText ? part.pieces : [part];
}

/** The small ones that lie side by side; all of them, where that is not enough. */
function joined(pieces: readonly Uint8Array[]): readonly Uint8Array[] {
  const runs: Uint8Array[][] = [];
  for (const piece of pieces) {
    const run = runs.at(-1);
    if (run?.[0] && isSmall(run[0]) && isSmall(piece)) run.push(piece);
    else runs.push([piece]);
  }
  const fewer = runs.map(concatBytes);
  return fewer.length > MAX_PIECES / 2 ? [concatBytes(pieces)] : fewer;
}

const isSmall = ({ length }: Uint8Array): boolean => length < SMALL;
