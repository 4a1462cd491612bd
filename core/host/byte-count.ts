/** Amounts as an operator types them for lvstudio's own options. */

import { SECTOR, sectors, type Sectors } from '../base/units.ts';

const UNITS: Readonly<Record<string, number>> = {
  b: 1,
  s: 512,
  k: 2 ** 10,
  m: 2 ** 20,
  g: 2 ** 30,
  t: 2 ** 40,
  p: 2 ** 50,
  e: 2 ** 60,
};

/**
 * Bytes, rounded down: `512`, `4k`, `1.5g`. Units are powers of two, small or capital; a bare
 * number counts `bare`. Undefined where it is no amount or not below 2^53.
 */
export function parseByteCount(text: string, bare: 'b' | 'm'): number | undefined {
  const amount = parse(text, bare);
  return amount && safe(Math.floor(amount.number * amount.unit));
}

/** Sectors, rounded up; undefined where it is no amount or not below 2^53 sectors (4 EiB). */
export function parseSectorCount(text: string, bare: 'b' | 'm'): Sectors | undefined {
  const amount = parse(text, bare);
  const count = amount && safe(Math.ceil(amount.number * (amount.unit / SECTOR)));
  return count === undefined ? undefined : sectors(count);
}

function parse(text: string, bare: 'b' | 'm') {
  const [, digits, unit] = /^(\d{1,16}(?:\.\d{1,9})?)([bskmgtpe]?)$/i.exec(text) ?? [];
  if (digits === undefined || unit === undefined) return undefined;
  return { number: Number(digits), unit: UNITS[unit.toLowerCase() || bare] ?? 1 };
}

const safe = (count: number): number | undefined =>
  Number.isSafeInteger(count) ? count : undefined;
