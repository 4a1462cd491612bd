/** Sizes as LVM reads them (reference 12.1): always binary, suffixes in either case. */
import { err, ok, type Result } from '../base/result.ts';
import { extents, SECTOR, type Sectors } from '../base/units.ts';
import type { Sign, SizeSpec } from '../lvm/ops/size.ts';

const POWERS = 'bskmgtpe';

/** What C's strtod takes of a text, hexadecimal and exponents too, and the letter after it. */
const HEXADECIMAL = /0x(?:([\da-f]+)\.?([\da-f]*)|\.([\da-f]+))(?:p([+-]?\d+))?/.source;
const DECIMAL = /((?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)/.source;
const NUMBER = new RegExp(`^\\+?(?:${HEXADECIMAL}|${DECIMAL})(.?)`, 'is');

function numberOf([
  ,
  whole = '',
  part = '',
  onlyPart,
  power = '0',
  decimal,
]: RegExpExecArray): number {
  if (decimal !== undefined) return Number(decimal);
  const digits = onlyPart ?? part;
  return Number(`0x${whole}${digits}`) * 2 ** (Number(power) - 4 * digits.length);
}

/**
 * @param unit what a number without suffix means: `m` for -L, `k` for stripe sizes.
 * @param isCountable default: what can be counted exactly.
 * @returns LVM's sentence on refusal.
 */
export function parseSize(
  text: string,
  unit: 'm' | 'k' | 's',
  isCountable: (sectors: number) => boolean = Number.isSafeInteger,
): Result<Sectors, string> {
  if (/^[+-]{2}/.test(text)) return err('Multiple sign symbols detected.');
  if (text.startsWith('-')) return err('Size may not be negative.');
  const match = NUMBER.exec(text);
  if (!match)
    return err(/\d/.test(text) ? "Can't parse size argument." : 'Size requires number argument.');
  // LVM looks at one letter alone: `4MiB` and `4mm` are `4m`.
  const letter = (match[6] === '' ? unit : (match[6] ?? unit)).toLowerCase();
  const power = POWERS.indexOf(letter);
  if (power < 0) return err("Can't parse size argument.");
  const number = numberOf(match);
  const bytes =
    letter === 'b' ? number : letter === 's' ? number * SECTOR : number * 1024 ** (power - 1);
  if (letter === 'b' && bytes % SECTOR !== 0) {
    const lower = Math.floor(bytes / SECTOR) * SECTOR;
    return err(`Size is not a multiple of 512. Try using ${lower} or ${lower + SECTOR}.`);
  }
  const count = Math.ceil(bytes / SECTOR);
  return isCountable(count) ? ok(count as Sectors) : err('Size is too big (>=16EiB).');
}

/** 16 EiB: LVM counts bytes in 64 bits. No volume has so many; a refusal names what was asked. */
const isBelowLimit = (count: number): boolean => count < 2 ** 55;

const PERCENT_OF = { FREE: 'FREE', VG: 'VG', PVS: 'PVS', LV: 'LV', ORIGIN: 'ORIGIN' } as const;

/** LVM counts extents in 32 bits; what is more counts as that. It reads no more than 64 bits. */
const MOST_EXTENTS = 2 ** 32 - 1;
const MOST_READ = 2n ** 64n - 1n;

/** `-l`: a count of extents or a percentage. LVM does not say what it found wrong in a count. */
export function parseExtents(text: string): Result<SizeSpec, string | undefined> {
  const match = /^([+-]?)(\d+)(?:%([A-Za-z]*))?$/.exec(text);
  if (!match || BigInt(match[2] ?? 0) > MOST_READ) return err(undefined);
  const [, sign] = match;
  const [count, word] = [Math.min(Number(match[2]), MOST_EXTENTS), match[3]];
  const signed = sign === '' ? {} : { sign: sign as Sign };
  if (word === undefined) return ok({ by: 'extents', extents: extents(count), ...signed });
  const of = Object.entries(PERCENT_OF).find(([name]) => name.startsWith(word.toUpperCase()))?.[1];
  if (word === '' || of === undefined) return err(`Specified %${word} is unknown.`);
  return ok({ by: 'percent', percent: count, of, ...signed });
}

/** `-L`: a size, `+` or `-` in front makes it relative. */
export function parseLength(text: string): Result<SizeSpec, string> {
  const sign = /^[+-](?![+-])/.exec(text)?.[0] as Sign | undefined;
  const size = parseSize(sign === undefined ? text : text.slice(1), 'm', isBelowLimit);
  if (!size.ok) return size;
  return ok({ by: 'size', sectors: size.value, ...(sign === undefined ? {} : { sign }) });
}
