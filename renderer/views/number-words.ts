/** Times and ranges of numbers in words. */

/** `12 s`, `3 min`, `2 h`. */
export function timeWords(seconds: number): string {
  if (seconds < 100) return `${Math.ceil(seconds)} s`;
  return seconds < 6000 ? `${Math.ceil(seconds / 60)} min` : `${Math.ceil(seconds / 3600)} h`;
}

/** `region 12`, `regions 12-15`. */
export const range = (what: string, first: number, last: number): string =>
  first === last
    ? `${what} ${first.toLocaleString('en')}`
    : `${what}s ${first.toLocaleString('en')}-${last.toLocaleString('en')}`;

/** `12`, `12-15`. */
export const rangeText = (from: number, to: number): string =>
  [...new Set([from, to])].map((number) => number.toLocaleString('en')).join('-');
