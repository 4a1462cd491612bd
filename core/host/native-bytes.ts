/** Byte strings and checksums by the routines of Node. */
import { crc32 } from 'node:zlib';
import { useNativeBytes } from '../base/native.ts';

const over = (data: Uint8Array): Buffer =>
  Buffer.from(data.buffer, data.byteOffset, data.byteLength);

useNativeBytes({
  writeText: (text, out) => over(out).write(text, 'latin1'),
  readText: (data) => over(data).toString('latin1'),
  indexOf: (data, byte, from) => over(data).indexOf(byte, from),
  equal: (one, other) => over(one).equals(other),
  crc32: (data, from) => crc32(data, from),
});
