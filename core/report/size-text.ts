/** Sizes as LVM prints them (reference 12.3): two decimals, powers of 1024, `<` when rounded up. */
import { SECTOR, type Sectors } from '../base/units.ts';

const LONG = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'];
const LETTERS = ['b', 'k', 'm', 'g', 't', 'p', 'e'];

/** `b s k m g t p e` fixed; `h` human readable; `r` the same with `<` where it was rounded up. */
export type Units = 'r' | 'h' | 's' | 'b' | 'k' | 'm' | 'g' | 't' | 'p' | 'e';

/** `12.00 MiB`, as in messages. */
export function sizeWords(size: Sectors): string {
  const { text, unit } = human(size * SECTOR, true);
  return `${text} ${LONG[unit] ?? ''}`;
}

/** `12.00m`, as in reports; zero is `0 ` with a blank where the unit would be. */
export function sizeColumn(size: Sectors, units: Units = 'r', suffix = true): string {
  if (size === 0) return suffix ? '0 ' : '0';
  const end = (letter: string): string => (suffix ? letter : '');
  if (units === 's') return `${size}${end('S')}`;
  if (units === 'b') return `${BigInt(size) * BigInt(SECTOR)}${end('B')}`;
  if (units === 'h' || units === 'r') {
    const { text, unit } = human(size * SECTOR, units === 'r');
    return `${text}${end(LETTERS[unit] ?? '')}`;
  }
  const unit = LETTERS.indexOf(units);
  return `${((size * SECTOR) / 1024 ** unit).toFixed(2)}${end(units)}`;
}

function human(bytes: number, mark: boolean): { text: string; unit: number } {
  let unit = bytes < 1024 ? 0 : 1;
  while (unit < LONG.length - 1 && bytes >= 1024 ** (unit + 1)) unit++;
  if (unit === 0) return { text: String(bytes), unit: bytes === 0 ? 1 : 0 };
  const exact = bytes / 1024 ** unit;
  const rounded = exact.toFixed(2);
  return { text: `${mark && Number(rounded) > exact ? '<' : ''}${rounded}`, unit };
}
