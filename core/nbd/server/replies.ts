/** Replies, written into the buffer of their request: header and data lie in one row. */
import { byteStringToBytes, utf8ToByteString } from '../../base/bytes.ts';
import type { IoError } from '../../block/device.ts';
import { errorLines } from '../../report/errors.ts';
import {
  CHUNK,
  CHUNK_FLAG,
  CHUNK_LENGTH,
  CHUNK_MAGIC,
  COMMAND,
  NBD_ERROR,
  SIMPLE_REPLY_LENGTH,
  SIMPLE_REPLY_MAGIC,
} from '../protocol.ts';
import { HEAD, type Slot } from './memory.ts';
import type { Fault, Request } from './request.ts';

/** Bytes of a sentence to the client. */
const SENTENCE = 1000;

/** A reply without chunks. @param length of the data that lies in the slot */
export function simpleReply(request: Request, slot: Slot, length = 0, error = 0): Uint8Array {
  const at = HEAD - SIMPLE_REPLY_LENGTH;
  slot.view.setUint32(at, SIMPLE_REPLY_MAGIC);
  slot.view.setUint32(at + 4, error);
  slot.view.setUint32(at + 8, request.cookieHigh);
  slot.view.setUint32(at + 12, request.cookieLow);
  return slot.bytes.subarray(at, HEAD + length);
}

function putChunk(
  view: DataView,
  at: number,
  { cookieHigh, cookieLow }: Request,
  type: number,
  length: number,
  flags: number,
): void {
  view.setUint32(at, CHUNK_MAGIC);
  view.setUint16(at + 4, flags);
  view.setUint16(at + 6, type);
  view.setUint32(at + 8, cookieHigh);
  view.setUint32(at + 12, cookieLow);
  view.setUint32(at + 16, length);
}

/** The whole of a read in one chunk. */
export function dataReply(request: Request, slot: Slot): Uint8Array {
  const { length, offsetHigh, offsetLow } = request;
  const at = HEAD - CHUNK_LENGTH - 8;
  putChunk(slot.view, at, request, CHUNK.offsetData, 8 + length, CHUNK_FLAG.done);
  slot.view.setUint32(HEAD - 8, offsetHigh);
  slot.view.setUint32(HEAD - 4, offsetLow);
  return slot.bytes.subarray(at, HEAD + length);
}

/** A reply of one chunk that has nothing in it. */
export function emptyReply(request: Request, slot: Slot): Uint8Array {
  putChunk(slot.view, HEAD - CHUNK_LENGTH, request, CHUNK.none, 0, CHUNK_FLAG.done);
  return slot.bytes.subarray(HEAD - CHUNK_LENGTH, HEAD);
}

/** @param length of what lies in the slot: the context's number and the descriptors */
export function statusReply(request: Request, slot: Slot, length: number): Uint8Array {
  const at = HEAD - CHUNK_LENGTH;
  putChunk(slot.view, at, request, CHUNK.blockStatus, length, CHUNK_FLAG.done);
  return slot.bytes.subarray(at, HEAD + length);
}

/** A header for a chunk of a reply that has more of them. */
export function chunkHeader(
  request: Request,
  type: number,
  length: number,
  last: boolean,
): DataView {
  // Holes are described behind the header, and so is the place of data.
  const inside = type === CHUNK.offsetHole ? 12 : 8;
  const header = new DataView(new ArrayBuffer(CHUNK_LENGTH + inside));
  putChunk(header, 0, request, type, length, last ? CHUNK_FLAG.done : 0);
  return header;
}

/** An error, with a sentence where the client can take one. */
export function errorReply(
  request: Request,
  slot: Slot,
  { error, why }: Fault,
  structured: boolean,
): Uint8Array {
  if (!structured) return simpleReply(request, slot, 0, NBD_ERROR[error]);
  const text = byteStringToBytes(utf8ToByteString(why)).subarray(0, SENTENCE);
  const at = HEAD - CHUNK_LENGTH - 6;
  putChunk(slot.view, at, request, CHUNK.error, 6 + text.length, CHUNK_FLAG.done);
  slot.view.setUint32(HEAD - 6, NBD_ERROR[error]);
  slot.view.setUint16(HEAD - 2, text.length);
  slot.bytes.set(text, HEAD);
  return slot.bytes.subarray(at, HEAD + text.length);
}

/** What a system says when there is no more room. */
const FULL = /no space left|disk quota exceeded|file too large/i;

/** A device's error in the protocol's terms. */
export function faultOfIo(error: IoError, type: number): Fault {
  const why = errorLines(error).join(' ');
  switch (error.code) {
    case 'read-only':
      return { error: 'EPERM', why };
    case 'out-of-range':
      return { error: type === COMMAND.write ? 'ENOSPC' : 'EINVAL', why };
    case 'io-failed':
      return { error: FULL.test(error.why) ? 'ENOSPC' : 'EIO', why };
  }
}
