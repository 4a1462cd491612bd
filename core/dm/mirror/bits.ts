/** A row of bits as the dirty log keeps them: words of 32 bits, little end first, everywhere. */
const WORD = 4;
const FULL = 0xff;

export class Bits {
  /** @param bytes a whole number of 4-byte words; bit i is bit i % 8 of byte i / 8 */
  constructor(
    readonly bytes: Uint8Array,
    readonly count: number,
  ) {}

  /** Bytes that `count` bits occupy. */
  static bytesFor(count: number): number {
    return Math.ceil(count / (8 * WORD)) * WORD;
  }

  static of(count: number): Bits {
    return new Bits(new Uint8Array(Bits.bytesFor(count)), count);
  }

  get(index: number): boolean {
    return (((this.bytes[index >> 3] ?? 0) >> (index & 7)) & 1) === 1;
  }

  /** @returns whether it was another one before */
  put(index: number, on: boolean): boolean {
    const byte = this.bytes[index >> 3] ?? 0;
    const next = on ? byte | (1 << (index & 7)) : byte & ~(1 << (index & 7));
    this.bytes[index >> 3] = next;
    return byte !== next;
  }

  /** All of them; what follows the last one in its word is 0. */
  fill(from: number, on: boolean): void {
    for (let index = from; index < this.count; index++) this.put(index, on);
    for (let index = this.count; index < this.bytes.length * 8; index++) this.put(index, false);
  }

  get ones(): number {
    let ones = 0;
    for (const byte of this.bytes) {
      for (let left = byte; left !== 0; left &= left - 1) ones++;
    }
    return ones;
  }

  /** The first 0 from an index on; `count` where there is none. */
  nextZero(from: number): number {
    for (let index = from; index < this.count; index++) {
      if ((index & 7) === 0 && this.bytes[index >> 3] === FULL) index += 7;
      else if (!this.get(index)) return index;
    }
    return this.count;
  }
}
