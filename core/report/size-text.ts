/** Sizes as LVM prints them (reference 12.3): two decimals, powers of 1024, `<` when rounded up. */
import { SECTOR, type Sectors } from '../base/units.ts';

const LONG = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'];
const LETTERS = 'bkmgtpe';

/** What `--units` asks for. */
export type Units =
  /** The unit that fits; `marked`: `<` where it was rounded up. `base` 1024 or 1000. */
  | { readonly kind: 'human'; readonly base: 1024 | 1000; readonly marked: boolean }
  /** `bytes` of one unit; `suffix` is its letter, `U` for a unit of one's own. */
  | { readonly kind: 'fixed'; readonly bytes: number; readonly suffix: string };

export interface SizeStyle {
  readonly units: Units;
  /** False: `--nosuffix`. */
  readonly suffix: boolean;
}

export const DEFAULT_UNITS: Units = { kind: 'human', base: 1024, marked: true };

/** `--units`: one letter, capitals for powers of 1000, or a number with one: `4m`. */
export function parseUnits(word: string): Units | undefined {
  const match = /^(\d*\.?\d*)([a-zA-Z])$/.exec(word);
  if (!match) return undefined;
  const [, number = '', letter = ''] = match;
  const count = number === '' ? 1 : Number(number);
  if (!(count > 0)) return undefined;
  const low = letter.toLowerCase();
  const base = low === letter ? 1024 : 1000;
  if (low === 'r' || low === 'h') return { kind: 'human', base, marked: low === 'r' };
  const bytes = low === 's' ? SECTOR : base ** LETTERS.indexOf(low);
  if (low !== 's' && !LETTERS.includes(low)) return undefined;
  const least = Math.floor(count);
  if (!Number.isFinite(count * bytes) || least >= 2 ** 64 / bytes) return undefined;
  // LVM looks at the whole part of the number alone: of one it is still the unit's letter.
  if (number !== '' && least !== 1) return { kind: 'fixed', bytes: count * bytes, suffix: 'U' };
  const suffix = 'bs'.includes(low) ? letter.toUpperCase() : letter;
  return { kind: 'fixed', bytes: count * bytes, suffix };
}

/** `12.00 MiB`, as in messages. */
export function sizeWords(size: Sectors): string {
  const { text, unit } = human(size, 1024, true);
  return `${text} ${LONG[unit] ?? ''}`;
}

const UNIT_WORDS = {
  1024: ['B ', ...LONG.slice(1)],
  1000: ['B ', 'KB ', 'MB ', 'GB ', 'TB ', 'PB ', 'EB '],
} as const;

/** `12.00 MiB` in the units asked for, as pvdisplay and its like have it; three places of unit. */
export function longSize(size: Sectors, { units, suffix }: SizeStyle): string {
  const end = (word: string): string => (suffix ? ` ${word}` : '');
  if (units.kind === 'human') {
    if (size === 0) return `0${end('  ')}`;
    const { text, unit } = human(size, units.base, units.marked);
    return text + end(UNIT_WORDS[units.base][unit] ?? '');
  }
  const number = sizeText(size, { units, suffix: false });
  if (units.suffix === 'U') return number + end('Un ');
  if (units.suffix === 'S') return number + end('Se ');
  const base = units.suffix === units.suffix.toLowerCase() ? 1024 : 1000;
  return number + end(UNIT_WORDS[base][LETTERS.indexOf(units.suffix.toLowerCase())] ?? '');
}

/** `12.00m`, as in reports; zero is `0 ` with a blank where the unit would be, or `0m`. */
export function sizeText(size: Sectors, { units, suffix }: SizeStyle): string {
  const end = (letter: string): string => (suffix ? letter : '');
  if (size === 0) return `0${end(units.kind === 'fixed' ? units.suffix : ' ')}`;
  if (units.kind === 'human') {
    const { text, unit } = human(size, units.base, units.marked);
    const letter = LETTERS.charAt(unit);
    return text + end(units.base === 1000 ? letter.toUpperCase() : letter);
  }
  const { bytes } = units;
  if (bytes === 1) return `${BigInt(size) * BigInt(SECTOR)}${end(units.suffix)}`;
  if (bytes === SECTOR && units.suffix === 'S') return `${size}${end('S')}`;
  return twoDecimals((size * SECTOR) / bytes) + end(units.suffix);
}

function human(size: Sectors, base: number, mark: boolean): { text: string; unit: number } {
  const bytes = size * SECTOR;
  let unit = bytes < base ? 0 : 1;
  while (unit < LONG.length - 1 && bytes >= base ** (unit + 1)) unit++;
  if (unit === 0) return { text: String(bytes), unit: bytes === 0 ? 1 : 0 };
  const exact = bytes / base ** unit;
  const rounded = twoDecimals(exact);
  return { text: `${mark && Number(rounded) > exact ? '<' : ''}${rounded}`, unit };
}

/** As C prints `%.2f`: what lies exactly between goes to the even digit. */
export function twoDecimals(value: number): string {
  const eighths = value * 8;
  if (!Number.isInteger(eighths) || eighths % 2 === 0) return value.toFixed(2);
  const below = Math.floor(value * 100);
  return ((below % 2 === 0 ? below : below + 1) / 100).toFixed(2);
}
