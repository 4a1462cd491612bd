/**
 * Bytes and byte strings. A byte string holds one byte per character (Latin-1), so that text from
 * a disk, whatever it contains, survives reading and writing unchanged.
 */
import { nativeBytes } from './native.ts';

export function view(data: Uint8Array): DataView {
  return new DataView(data.buffer, data.byteOffset, data.byteLength);
}

/**
 * Characters above 255 are a defect: encode them as UTF-8 first (`utf8ToByteString`).
 * @param length of the result; what the text does not fill is zero.
 */
export function byteStringToBytes(text: string, length = text.length): Uint8Array {
  const out = new Uint8Array(length);
  const native = nativeBytes(text.length);
  if (native) native.writeText(text, out);
  else for (let i = 0; i < text.length; i++) out[i] = text.charCodeAt(i);
  return out;
}

export function bytesToByteString(data: Uint8Array): string {
  const native = nativeBytes(data.length);
  if (native) return native.readText(data);
  // In pieces: an argument list has a limit of its own.
  const parts: string[] = [];
  for (let at = 0; at < data.length; at += 8192) {
    // apply takes the bytes as they are; a spread would make an array of them first.
    const part = data.subarray(at, at + 8192) as unknown as number[];
    parts.push(String.fromCharCode.apply(undefined, part));
  }
  return parts.join('');
}

/** What an operator typed, as the bytes a terminal would have sent. */
export function utf8ToByteString(text: string): string {
  let out = '';
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x80) out += character;
    else if (code < 0x800) out += octets(0xc0 | (code >> 6), tail(code));
    else if (code < 0x10000) out += octets(0xe0 | (code >> 12), tail(code >> 6), tail(code));
    else out += octets(0xf0 | (code >> 18), tail(code >> 12), tail(code >> 6), tail(code));
  }
  return out;
}

/** Back again; bytes that are no UTF-8 stay as they are, one character each. */
export function byteStringToUtf8(text: string): string {
  const hex = (byte: string): string => byte.charCodeAt(0).toString(16).padStart(2, '0');
  try {
    return decodeURIComponent(text.replace(/[%\x80-\xff]/g, (byte) => `%${hex(byte)}`));
  } catch {
    return text;
  }
}

const octets = (...codes: number[]): string => String.fromCharCode(...codes);
const tail = (code: number): number => 0x80 | (code & 0x3f);

/** Where a byte of this value is for the first time, or -1. */
export function indexOf(data: Uint8Array, byte: number, from: number): number {
  return nativeBytes(data.length)?.indexOf(data, byte, from) ?? data.indexOf(byte, from);
}

export function sameBytes(one: Uint8Array, other: Uint8Array): boolean {
  if (one.length !== other.length) return false;
  const native = nativeBytes(one.length);
  if (native) return native.equal(one, other);
  // A call for each byte would cost more than all the rest of a look at the disks.
  for (let at = 0; at < one.length; at++) if (one[at] !== other[at]) return false;
  return true;
}

/** Whether these bytes stand there; what lies behind the end is none of them. */
export function hasBytesAt(data: Uint8Array, at: number, wanted: Uint8Array): boolean {
  for (let index = 0; index < wanted.length; index++) {
    if (data[at + index] !== wanted[index]) return false;
  }
  return true;
}

/** One part is given back as it is. */
export function concatBytes(parts: readonly Uint8Array[]): Uint8Array {
  const [first] = parts;
  if (first && parts.length === 1) return first;
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
