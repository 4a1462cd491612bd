/**
 * Work on bytes that a host can do many times faster than a loop, with the same result. Without a
 * host the loops do it (decision 011).
 */
export interface NativeBytes {
  /** Writes the low byte of every character; `out` is at least as long as the text. */
  writeText(text: string, out: Uint8Array): void;
  /** One character per byte. */
  readText(data: Uint8Array): string;
  /** Where this byte is for the first time, or -1. */
  indexOf(data: Uint8Array, byte: number, from: number): number;
  equal(one: Uint8Array, other: Uint8Array): boolean;
  /** zlib's sum: inverted before and after. Unsigned 32-bit. */
  crc32(data: Uint8Array, from: number): number;
}

let native: NativeBytes | undefined;

/** Below this many bytes a call costs more than the loop. */
const WORTH_A_CALL = 64;

/** @param bytes undefined takes it away again. */
export function useNativeBytes(bytes: NativeBytes | undefined): void {
  native = bytes;
}

/** What the host has for so many bytes. */
export const nativeBytes = (length: number): NativeBytes | undefined =>
  length >= WORTH_A_CALL ? native : undefined;
