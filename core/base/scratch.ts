/** Large buffers, used again: memory that is new costs more than what is written into it. */

/** Bytes by which what is needed may grow before it takes another buffer. */
const SPARE_ROOM = 64 * 1024;
/** More are left to be collected. */
const MAX_SPARE = 4;

/** Keeps the buffers that were given back last. */
export class Scratch {
  private readonly spare: Uint8Array[] = [];

  /** So many bytes, with whatever was in them, which nobody else has until they are given back. */
  take(bytes: number): Uint8Array {
    const at = this.spare.findIndex(({ length }) => length >= bytes);
    const [found] = at < 0 ? [] : this.spare.splice(at, 1);
    return (found ?? new Uint8Array(bytes + SPARE_ROOM)).subarray(0, bytes);
  }

  /** @param taken from here; it is used by nobody any more. */
  giveBack({ buffer }: Uint8Array): void {
    this.spare.push(new Uint8Array(buffer));
    if (this.spare.length > MAX_SPARE) this.spare.shift();
  }
}
