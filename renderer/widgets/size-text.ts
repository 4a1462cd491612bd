/** Sizes for people: one binary unit, two decimals; exact counts stand beside it. */
const UNITS = ['KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

/** @param sectors of 512 bytes */
export function sizeText(sectors: number): string {
  let value = sectors / 2;
  let unit = 0;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${value.toFixed(2)} ${UNITS[unit] ?? ''}`;
}

/** A count of bytes, whatever its size. */
export const bytesText = (bytes: number): string =>
  bytes < 1024 ? `${bytes} B` : sizeText(bytes / 512);
