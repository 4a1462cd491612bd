/** Options about the device of a volume: its number, and how far it reads ahead. */
import { err, ok } from '../base/result.ts';
import type { Notice } from '../contract/errors.ts';
import { misuse, unwantedOption, type Parsed } from './command.ts';
import { valued, type OptionSpec } from './getopt.ts';
import type { LineReader } from './line-reader.ts';
import { STATUS } from './output.ts';
import { parseSize } from './sizes.ts';

export const READ_AHEAD = valued('readahead', 'r', 'auto|none|Number');
export const NUMBERS: readonly OptionSpec[] = [
  valued('persistent', 'M', 'y|n'),
  valued('major', 'j', 'Number'),
  valued('minor', undefined, 'Number'),
];

interface ReadAhead {
  /** In sectors, a multiple of a page; 0: LVM finds out, -1: none. */
  readonly readAhead?: bigint;
  readonly notices?: readonly Notice[];
}

/** Sectors of a page of memory. */
const PAGE = 8;
/** LVM counts in 32 bits; the highest number is its word for `auto`. */
const AUTO = 2 ** 32 - 1;

export function readAheadOf(line: LineReader): ReadAhead {
  const sectors = line.read<number>('readahead', (text) => {
    if (text === 'auto') return ok(0);
    if (text === 'none') return ok(-1);
    if (text.startsWith('-')) return err(undefined);
    const size = parseSize(text, 's', () => true);
    if (!size.ok) return size;
    if (size.value === 0) return ok(-1);
    return ok(size.value >= AUTO ? 0 : size.value);
  });
  if (sectors === undefined) return {};
  if (sectors <= 0) return { readAhead: BigInt(sectors) };
  const readAhead = Math.max(1, Math.floor(sectors / PAGE)) * PAGE;
  if (readAhead === sectors) return { readAhead: BigInt(sectors) };
  return { readAhead: BigInt(readAhead), notices: [{ code: 'read-ahead-rounded', readAhead }] };
}

/** Of a new volume: the minor number it is to have, if any. */
export function newNumber(line: LineReader): Parsed<number | undefined> {
  const persistent = line.yesNo('persistent');
  const [major, minor] = [line.count('major'), line.count('minor')];
  const failed = (why: string): Parsed<never> => err({ kind: 'plain', status: STATUS.failed, why });
  if (persistent === false && (major ?? minor) !== undefined) {
    return failed('Options --major and --minor are incompatible with -Mn.');
  }
  if (persistent === true && minor === undefined) {
    return failed('Please specify minor number with --minor when using -My.');
  }
  return ok(minor);
}

/** The kernel chooses the other half of the number. */
export function majorNotices(line: LineReader): readonly Notice[] {
  const major = line.count('major');
  return major === undefined ? [] : [{ code: 'major-ignored', major }];
}

/** `-m0` is what a volume has anyway; more images are a volume of another type. */
export function mirrorsOf(line: LineReader): Parsed<readonly Notice[]> {
  const count = line.read('mirrors', (text) => {
    if (text.startsWith('-')) return err('Number may not be negative.');
    return /^\d{1,9}$/.test(text) ? ok(Number(text)) : err(undefined);
  });
  if (count === undefined) return ok([]);
  if (count > 0) return misuse('Volumes of type raid1 cannot be created here yet.');
  if (line.text('type') === 'linear') return ok([]);
  if (line.has('type')) return unwantedOption('mirrors', String(count));
  return ok([{ code: 'mirrors-redundant' }]);
}
