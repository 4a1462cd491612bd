/**
 * LVM's checksum (reference 1.3): CRC-32 with the reflected polynomial 0xEDB88320, initial value
 * 0xF597A6CF and no final inversion. It is not zlib's.
 */
const INITIAL = 0xf597a6cf;

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? 0xedb88320 ^ (crc >>> 1) : crc >>> 1;
  return crc;
});

/** Unsigned 32-bit. `from` continues an earlier sum, for data in two pieces. */
export function lvmCrc(data: Uint8Array, from = INITIAL): number {
  let crc = from;
  for (const byte of data) crc = (crc >>> 8) ^ (TABLE[(crc ^ byte) & 0xff] ?? 0);
  return crc >>> 0;
}
