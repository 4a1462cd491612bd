/** Amounts as an operator types them for lvstudio's own options. */

const UNITS: Readonly<Record<string, number>> = {
  b: 1,
  s: 512,
  k: 2 ** 10,
  m: 2 ** 20,
  g: 2 ** 30,
  t: 2 ** 40,
  p: 2 ** 50,
};

/**
 * Bytes, rounded down: `512`, `4k`, `1.5g`. Units are powers of two, small or capital; a bare
 * number counts `bare`. Undefined where it is no amount or not below 2^53.
 */
export function parseByteCount(text: string, bare: 'b' | 'm'): number | undefined {
  const [, digits, unit] = /^(\d{1,16}(?:\.\d{1,9})?)([bskmgtp]?)$/i.exec(text) ?? [];
  if (digits === undefined || unit === undefined) return undefined;
  const count = Math.floor(Number(digits) * (UNITS[unit.toLowerCase() || bare] ?? 1));
  return Number.isSafeInteger(count) ? count : undefined;
}
