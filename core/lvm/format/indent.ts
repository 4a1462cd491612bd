/**
 * Metadata as it is on disk, made readable: indented by tabs, with comments (reference 3). Texts
 * are megabytes long, and every archive is indented anew: bytes are copied one by one.
 */
import { ByteText } from '../../base/byte-text.ts';
import { commentOn, mayHaveComment } from './comments.ts';
import type { LvsText } from './lvs-text.ts';

const TAB = 0x09;
const NEWLINE = 0x0a;
const BLANK = 0x20;
const QUOTE = 0x22;
const EQUALS = 0x3d;
const BACKSLASH = 0x5c;
const [OPEN_LIST, CLOSE_LIST] = [0x5b, 0x5d];
const [OPEN_SECTION, CLOSE_SECTION] = [0x7b, 0x7d];

/** Room for the tabs and the comment of a line. Bytes. */
const BESIDE_LINE = 512;

export class Indenter {
  /** By depth and line: many volumes have lines in common. */
  private readonly comments: Map<string, string>[] = [];
  private out = new Uint8Array();
  private length = 0;
  private depth = 0;
  /** A text may hold a line break: what stands inside of quotes is left as it is. */
  private inside = false;

  /** @param extentSize sectors, for the comments on extents. */
  constructor(private readonly extentSize: number) {}

  /**
   * @param text whole lines of a byte string.
   * @param outer how many sections are open before the first of them.
   * @param ends offsets of line starts, ascending; where they are in the result is told with it.
   */
  indent(text: string, outer: number, ends: Uint32Array = new Uint32Array()): LvsText {
    [this.out, this.length] = [new Uint8Array(text.length * 2 + BESIDE_LINE), 0];
    [this.depth, this.inside] = [outer, false];
    const moved = new Uint32Array(ends.length);
    let next = 0;
    for (let at = 0; at < text.length;) {
      at = this.line(text, at);
      while (next < ends.length && (ends[next] ?? 0) <= at) moved[next++] = this.length;
    }
    const out = this.out.subarray(0, this.length);
    this.out = new Uint8Array();
    return { text: ByteText.of(out), ends: moved };
  }

  /** Gives where the next one begins. */
  private line(text: string, start: number): number {
    this.makeRoom(text.length - start + BESIDE_LINE);
    const { out } = this;
    const wasInside = this.inside;
    const first = text.charCodeAt(start);
    if (!wasInside && first !== NEWLINE) {
      if (first === CLOSE_SECTION || first === CLOSE_LIST) this.closes(text, start);
      for (let depth = this.depth; depth > 0; depth--) out[this.length++] = TAB;
    }
    const end = this.copy(text, start);
    if (!wasInside && !this.inside) {
      if (opens(text, end)) this.depth++;
      else if (mayHaveComment(first, this.depth)) this.comment(text, start, end);
    }
    if (end < text.length) out[this.length++] = NEWLINE;
    return end + 1;
  }

  private closes(text: string, at: number): void {
    const alone = at + 1 === text.length || text.charCodeAt(at + 1) === NEWLINE;
    if (alone) this.depth--;
  }

  /** Up to the end of the line; gives where that is. */
  private copy(text: string, start: number): number {
    const { out } = this;
    let { inside, length } = this;
    let at = start;
    for (; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === NEWLINE) break;
      out[length++] = code;
      if (code === QUOTE) inside = !inside;
      else if (code === BACKSLASH && inside && at + 1 < text.length) {
        // A line break behind it ends the line all the same.
        if (text.charCodeAt(at + 1) !== NEWLINE) out[length++] = text.charCodeAt(++at);
      }
    }
    this.inside = inside;
    this.length = length;
    return at;
  }

  private comment(text: string, start: number, end: number): void {
    const line = text.slice(start, end);
    const known = (this.comments[this.depth] ??= new Map<string, string>());
    let comment = known.get(line);
    if (comment === undefined) {
      comment = commentOn(line, this.depth, this.extentSize);
      known.set(line, comment);
    }
    for (let at = 0; at < comment.length; at++) {
      this.out[this.length++] = comment.charCodeAt(at);
    }
  }

  private makeRoom(needed: number): void {
    // Tabs of hostile depths count, too.
    const wanted = this.length + needed + Math.max(0, this.depth);
    if (wanted <= this.out.length) return;
    const larger = new Uint8Array(wanted * 2);
    larger.set(this.out.subarray(0, this.length));
    this.out = larger;
  }
}

/** A section, or a list over several lines. */
function opens(text: string, end: number): boolean {
  const last = text.charCodeAt(end - 1);
  if (last === OPEN_SECTION) return true;
  return (
    last === OPEN_LIST && text.charCodeAt(end - 2) === BLANK && text.charCodeAt(end - 3) === EQUALS
  );
}
