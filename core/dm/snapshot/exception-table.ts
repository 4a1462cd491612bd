/**
 * Which chunks of an origin a store keeps, and where. A million of them are nothing unusual, and
 * each write asks: a hash table of numbers in typed arrays, at most 27 bytes for each of many, cut
 * into parts so that none of them takes long to grow.
 */
import { must } from '../../base/assert.ts';

/** Parts of the index; one that is full is built anew, which must not be noticed. */
const PARTS = 256;
/** Rows of one page; a page that begins is all that is ever taken in advance. */
const PAGE = 512;
/** Slots of a part to begin with; a power of two. */
const FEWEST_SLOTS = 8;

interface Page {
  readonly olds: Float64Array;
  readonly news: Float64Array;
}

/** Slots hold a row's number plus one; 0: empty. */
interface Part {
  slots: Uint32Array;
  used: number;
}

export interface Exception {
  /** Chunk of the origin. */
  readonly oldChunk: number;
  /** Chunk of the store. */
  readonly newChunk: number;
}

export class ExceptionTable {
  private readonly pages: Page[] = [];
  private readonly parts: Part[] = [];
  private rows = 0;

  /** Rows: as many as records were added and not removed, also of one chunk. */
  get count(): number {
    return this.rows;
  }

  /** Bytes that it keeps. */
  get bytes(): number {
    const slots = this.parts.reduce((sum, part) => sum + part.slots.byteLength, 0);
    return this.pages.length * PAGE * 16 + slots;
  }

  /** @returns the chunk of the store; undefined: there is no exception */
  find(oldChunk: number): number | undefined {
    const row = this.rowOf(oldChunk);
    return row === undefined ? undefined : this.newAt(row);
  }

  has(oldChunk: number): boolean {
    return this.rowOf(oldChunk) !== undefined;
  }

  /**
   * Of several of one chunk, which only a spoilt store has, the first one counts: a merge, which
   * goes backwards, leaves what that one keeps. The kernel finds one or the other, and leaves the
   * same (observed).
   * @param isAsked false: nobody will ever look for it. Of numbers as large as records can hold
   *   any amount may have the same place in the index, and each would have to pass all others
   */
  add(oldChunk: number, newChunk: number, isAsked = true): void {
    const row = this.rows++;
    const page = (this.pages[Math.floor(row / PAGE)] ??= {
      olds: new Float64Array(PAGE),
      news: new Float64Array(PAGE),
    });
    page.olds[row % PAGE] = oldChunk;
    page.news[row % PAGE] = newChunk;
    if (!isAsked) return;
    const part = this.partOf(oldChunk);
    const slot = this.slotOf(part, oldChunk);
    if (part.slots[slot] !== 0) return;
    part.slots[slot] = row + 1;
    part.used++;
    if (part.used * 4 > part.slots.length * 3) this.grow(part);
  }

  /** The one added last. */
  last(): Exception | undefined {
    return this.rows === 0 ? undefined : this.at(this.rows - 1);
  }

  /** @param row 0 to `count` - 1, in the order added */
  at(row: number): Exception {
    return { oldChunk: this.oldAt(row), newChunk: this.newAt(row) };
  }

  /** Takes back the one added last. */
  removeLast(): void {
    const row = this.rows - 1;
    const oldChunk = this.oldAt(row);
    const part = this.partOf(oldChunk);
    const slot = this.slotOf(part, oldChunk);
    // Another record of the same chunk may have come before it.
    if (part.slots[slot] === row + 1) this.empty(part, slot);
    this.rows = row;
    if (row % PAGE === 0) this.pages.pop();
  }

  private rowOf(oldChunk: number): number | undefined {
    const part = this.partOf(oldChunk);
    const row = part.slots[this.slotOf(part, oldChunk)] ?? 0;
    return row === 0 ? undefined : row - 1;
  }

  private partOf(oldChunk: number): Part {
    const index = mix(oldChunk) & (PARTS - 1);
    return (this.parts[index] ??= { slots: new Uint32Array(FEWEST_SLOTS), used: 0 });
  }

  /** Where a chunk is, or the empty slot where it would be. */
  private slotOf({ slots }: Part, oldChunk: number): number {
    const mask = slots.length - 1;
    for (let slot = firstSlot(oldChunk, mask); ; slot = (slot + 1) & mask) {
      const row = slots[slot] ?? 0;
      if (row === 0 || this.oldAt(row - 1) === oldChunk) return slot;
    }
  }

  private grow(part: Part): void {
    const before = part.slots;
    part.slots = new Uint32Array(before.length * 2);
    for (const row of before) {
      if (row > 0) part.slots[this.slotOf(part, this.oldAt(row - 1))] = row;
    }
  }

  /** Those behind it that it pushed away move back, so that a search still ends at a gap. */
  private empty(part: Part, slot: number): void {
    const { slots } = part;
    const mask = slots.length - 1;
    part.used--;
    let gap = slot;
    for (let at = (slot + 1) & mask; slots[at] !== 0; at = (at + 1) & mask) {
      const row = must(slots[at], 'a slot');
      const home = firstSlot(this.oldAt(row - 1), mask);
      // Whether the gap lies between where it would best be and where it is.
      if (((at - home) & mask) < ((at - gap) & mask)) continue;
      slots[gap] = row;
      gap = at;
    }
    slots[gap] = 0;
  }

  private oldAt(row: number): number {
    return must(this.pages[Math.floor(row / PAGE)]?.olds[row % PAGE], 'a row');
  }

  private newAt(row: number): number {
    return must(this.pages[Math.floor(row / PAGE)]?.news[row % PAGE], 'a row');
  }
}

/** Neighbours far apart, numbers above 2^32 as well. */
function mix(chunk: number): number {
  let bits = (chunk ^ Math.floor(chunk / 2 ** 32)) >>> 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x45d9f3b);
  bits = Math.imul(bits ^ (bits >>> 16), 0x45d9f3b);
  return (bits ^ (bits >>> 16)) >>> 0;
}

/** From other bits than those that choose the part. */
const firstSlot = (chunk: number, mask: number): number => (mix(chunk) >>> 8) & mask;
