/**
 * A volume group as vgcfgbackup keeps it in a file (reference 3, 15.1): the header first, the group
 * indented by tabs, with comments for people. What is read is the same as on disk.
 */
import { ctime } from './ctime.ts';
import { printHeader, vgParts, type PrintedLv } from './export.ts';
import type { MetadataHeader, VolumeGroup } from './model.ts';

/** Comments begin at this tab stop, or one tab behind a longer line. */
const COMMENT_TAB = 5;
const UNITS = ['Kilobytes', 'Megabytes', 'Gigabytes', 'Terabytes', 'Petabytes', 'Exabytes'];

/** How deep volumes lie in the text: in the group, in `logical_volumes`. */
const LV_DEPTH = 2;

/** A byte string that ends in a newline. */
export function exportBackup(vg: VolumeGroup, header: MetadataHeader): string {
  const { before, lvs, after } = vgParts(vg);
  const depth = vg.lvs.length > 0 ? LV_DEPTH : 1;
  const volumes = lvs.map((lv) => indentedLv(lv, vg.extentSize)).join('');
  const [head, tail] = [indented(before, 0, vg.extentSize), indented(after, depth, vg.extentSize)];
  return `${printHeader(header)}${head}${volumes}${tail}`;
}

/** By printed volume: most of a group's are the same from one version to the next. */
const known = new WeakMap<PrintedLv, { readonly extentSize: number; readonly text: string }>();

function indentedLv(lv: PrintedLv, extentSize: number): string {
  const made = known.get(lv);
  if (made?.extentSize === extentSize) return made.text;
  const text = indented(lv.text, LV_DEPTH, extentSize);
  known.set(lv, { extentSize, text });
  return text;
}

/** @param text whole lines. @param outer how many sections are open before the first of them. */
function indented(text: string, outer: number, extentSize: number): string {
  let depth = outer;
  let inside = false;
  const lines = text.split('\n').map((line) => {
    // A text may hold a line break: what stands inside of quotes is left as it is.
    const wasInside = inside;
    inside = quotesOpen(line, inside);
    if (wasInside) return line;
    if (line === '}' || line === ']') depth--;
    const tabs = '\t'.repeat(line === '' ? 0 : Math.max(0, depth));
    if (!inside && (line.endsWith('{') || line.endsWith('= ['))) depth++;
    const comment = inside ? undefined : commentOn(line, depth, extentSize);
    return tabs + line + (comment === undefined ? '' : gap(line, depth) + comment);
  });
  return lines.join('\n');
}

/** Whether a line ends inside of a quoted text. */
function quotesOpen(line: string, inside: boolean): boolean {
  if (!line.includes('"')) return inside;
  let open = inside;
  for (let at = 0; at < line.length; at++) {
    if (open && line[at] === '\\') at++;
    else if (line[at] === '"') open = !open;
  }
  return open;
}

function gap(line: string, depth: number): string {
  const stop = Math.floor((line.length + 8 * depth) / 8);
  return '\t'.repeat(Math.max(1, COMMENT_TAB - stop));
}

function commentOn(line: string, depth: number, extentSize: number): string | undefined {
  const equals = line.indexOf(' = ');
  const comment = equals < 0 ? undefined : COMMENTS.get(`${depth} ${line.slice(0, equals)}`);
  return comment?.(line.slice(equals + 3), extentSize);
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
