/** What vgcfgbackup writes behind a line for people (reference 3). */
import { ctime } from './ctime.ts';

/** Comments begin at this tab stop, or one tab behind a longer line. */
const COMMENT_TAB = 5;
const UNITS = ['Kilobytes', 'Megabytes', 'Gigabytes', 'Terabytes', 'Petabytes', 'Exabytes'];

/**
 * What stands behind a line, with the gap before it; empty: nothing.
 * @param depth how many sections are open.
 */
export function commentOn(line: string, depth: number, extentSize: number): string {
  const equals = line.indexOf(' = ');
  const comment = equals < 0 ? undefined : COMMENTS.get(`${depth} ${line.slice(0, equals)}`);
  const said = comment?.(line.slice(equals + 3), extentSize);
  return said === undefined ? '' : gap(line, depth) + said;
}

/** Whether lines that begin with this character may have a comment: most are ruled out by it. */
export const mayHaveComment = (code: number, depth: number): boolean =>
  FIRST.has(depth * 256 + code);

function gap(line: string, depth: number): string {
  const stop = Math.floor((line.length + 8 * depth) / 8);
  return '\t'.repeat(Math.max(1, COMMENT_TAB - stop));
}

type Comment = (value: string, extentSize: number) => string | undefined;

/** Of a whole number only; another kind of value under the same name gets none. */
const ofNumber =
  (comment: (value: number, extentSize: number) => string | undefined): Comment =>
  (value, extentSize) =>
    /^\d+$/.test(value) ? comment(Number(value), extentSize) : undefined;

const inSectors = ofNumber((value) => sizeComment(value));
const inExtents = ofNumber((value, extentSize) => sizeComment(value * extentSize));

/** By depth and name. */
const COMMENTS: ReadonlyMap<string, Comment> = new Map<string, Comment>([
  ['1 format', () => '# informational'],
  ['1 extent_size', inSectors],
  ['3 device', () => '# Hint only'],
  ['3 dev_size', inSectors],
  ['3 pe_count', inExtents],
  ['3 creation_time', ofNumber((value) => `# ${isoTime(value)}`)],
  ['4 extent_count', inExtents],
  ['4 stripe_size', inSectors],
  ['4 stripe_count', ofNumber((value) => (value === 1 ? '# linear' : undefined))],
]);

const FIRST: ReadonlySet<number> = new Set(
  [...COMMENTS.keys()].map((key) => Number(key[0]) * 256 + key.charCodeAt(2)),
);

/** As C's %g prints it: six significant digits. */
function sizeComment(sectors: number): string {
  let size = sectors / 2;
  let unit = 0;
  while (size > 1024 && unit < UNITS.length - 1) {
    size /= 1024;
    unit++;
  }
  return `# ${Number(size.toPrecision(6))} ${UNITS[unit] ?? ''}`;
}

/** `2026-11-20 23:18:23 +0000`. */
function isoTime(time: number): string {
  const [, month = '', day = '', clock = '', year = ''] = ctime(time).split(/ +/);
  const number = 'JanFebMarAprMayJunJulAugSepOctNovDec'.indexOf(month) / 3 + 1;
  return `${year}-${String(number).padStart(2, '0')}-${day.padStart(2, '0')} ${clock} +0000`;
}
