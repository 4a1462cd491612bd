/**
 * A long byte string in pieces: most of a text is a stretch of an older one, and joining megabytes
 * to write them once is work for nothing. Values are immutable.
 */
import { byteStringToBytes } from './bytes.ts';
import { nativeBytes } from './native.ts';

/** More pieces are joined. */
const MAX_PIECES = 64;

/** A byte string, in one piece or in several. */
export type AnyText = string | ByteText;

export class ByteText {
  private constructor(
    readonly pieces: readonly string[],
    /** Bytes. */
    readonly length: number,
  ) {}

  static of(...parts: readonly (string | ByteText)[]): ByteText {
    const pieces = parts
      .flatMap((part) => (typeof part === 'string' ? [part] : part.pieces))
      .filter((piece) => piece !== '');
    const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
    return new ByteText(pieces.length > MAX_PIECES ? [pieces.join('')] : pieces, length);
  }

  slice(from: number, to = this.length): ByteText {
    const pieces: string[] = [];
    let at = 0;
    for (const piece of this.pieces) {
      const [start, end] = [Math.max(0, from - at), Math.min(piece.length, to - at)];
      if (start < end) pieces.push(piece.slice(start, end));
      at += piece.length;
    }
    return ByteText.of(...pieces);
  }

  /** How many bytes of this value there are. */
  count(byte: string): number {
    let found = 0;
    for (const piece of this.pieces) {
      for (let at = piece.indexOf(byte); at >= 0; at = piece.indexOf(byte, at + 1)) found++;
    }
    return found;
  }

  /** @param out as long as the text at least; what is behind it stays. */
  writeInto(out: Uint8Array): void {
    let at = 0;
    for (const piece of this.pieces) {
      const part = out.subarray(at, (at += piece.length));
      const native = nativeBytes(piece.length);
      if (native) native.writeText(piece, part);
      else part.set(byteStringToBytes(piece));
    }
  }

  toString(): string {
    return this.pieces.join('');
  }
}
