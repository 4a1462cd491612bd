/** What a command of LVM is here: its options, and what it makes of them. */
import { err, ok, type Result } from '../base/result.ts';
import type { Sectors } from '../base/units.ts';
import type { AllocationPolicy, PvCreation, Request, SizeSpec } from '../contract/requests.ts';
import type { OptionSpec, ParsedOptions } from './getopt.ts';
import { parseExtents, parseLength, parseSize } from './sizes.ts';

/** Why a command line is refused, exit status 3; `help` adds LVM's hint to read the manual. */
export interface UsageError {
  readonly why: string;
  readonly help: boolean;
}

export type Parsed<T> = Result<T, UsageError>;

/** A changing command: a line of it is one request or several. */
export interface ChangeCommand {
  readonly name: string;
  readonly options: readonly OptionSpec[];
  parse(line: ParsedOptions, groups: GroupNames): Parsed<readonly Request[]>;
}

/** Names of the volumes of a group, for commands that take a whole group. */
export type GroupNames = (vg: string) => readonly string[];

export const usage = (why: string, help = true): { ok: false; error: UsageError } =>
  err({ why, help });

export const flag = (long: string, short?: string): OptionSpec => ({
  long,
  takes: 'nothing',
  ...(short === undefined ? {} : { short }),
});
export const valued = (long: string, short?: string): OptionSpec => ({
  long,
  takes: 'value',
  ...(short === undefined ? {} : { short }),
});

/** Understood by every command. */
export const COMMON: readonly OptionSpec[] = [
  flag('yes', 'y'),
  flag('force', 'f'),
  flag('verbose', 'v'),
  flag('quiet', 'q'),
  flag('test', 't'),
];

export const PV_CREATION: readonly OptionSpec[] = [
  valued('metadatasize'),
  valued('pvmetadatacopies'),
  valued('dataalignment'),
];

export const times = (line: ParsedOptions, long: string): number =>
  line.values.get(long)?.length ?? 0;

export const last = (line: ParsedOptions, long: string): string | undefined =>
  line.values.get(long)?.at(-1);

/** An option whose text is turned into something else, or is absent. */
export function read<T>(
  line: ParsedOptions,
  long: string,
  parse: (text: string) => Result<T, string>,
): Parsed<T | undefined> {
  const text = last(line, long);
  if (text === undefined) return ok(undefined);
  const value = parse(text);
  return value.ok
    ? value
    : usage(`Invalid argument for --${long}: ${text}`.concat(`\n${value.error}`));
}

export const wholeNumber = (text: string): Result<number, string> =>
  /^\d{1,9}$/.test(text) ? ok(Number(text)) : err('Not a number.');

const POLICIES: readonly AllocationPolicy[] = [
  'contiguous',
  'cling',
  'cling_by_tags',
  'normal',
  'anywhere',
  'inherit',
];

export const policy = (text: string): Result<AllocationPolicy, string> => {
  const found = POLICIES.find((one) => one === text);
  return found ? ok(found) : err(`Unrecognised allocation policy ${text}`);
};

export const yesNo = (text: string): Result<boolean, string> => {
  if (['y', 'ay', '1', 'yes'].includes(text)) return ok(true);
  return ['n', 'an', '0', 'no'].includes(text) ? ok(false) : err('Answer y or n.');
};

/** -L and -l: exactly one of them. */
export function sizeOf(line: ParsedOptions): Parsed<SizeSpec> {
  const length = read(line, 'size', parseLength);
  if (!length.ok) return length;
  const count = read(line, 'extents', parseExtents);
  if (!count.ok) return count;
  if (length.value && count.value) return usage('Please specify either size or extents, not both.');
  const spec = length.value ?? count.value;
  return spec ? ok(spec) : usage('Please specify either size or extents.');
}

export interface Striping {
  readonly stripes?: number;
  readonly stripeSize?: Sectors;
}

export function stripingOf(line: ParsedOptions): Parsed<Striping> {
  const stripes = read(line, 'stripes', wholeNumber);
  if (!stripes.ok) return stripes;
  const stripeSize = read(line, 'stripesize', (text) => parseSize(text, 'k'));
  if (!stripeSize.ok) return stripeSize;
  return ok({
    ...(stripes.value === undefined ? {} : { stripes: stripes.value }),
    ...(stripeSize.value === undefined ? {} : { stripeSize: stripeSize.value }),
  });
}

export function pvCreationOf(line: ParsedOptions): Parsed<PvCreation> {
  const size = read(line, 'metadatasize', (text) => parseSize(text, 'm'));
  if (!size.ok) return size;
  const alignment = read(line, 'dataalignment', (text) => parseSize(text, 'k'));
  if (!alignment.ok) return alignment;
  const copies = read(line, 'pvmetadatacopies', (text) =>
    text === '0' || text === '1' || text === '2'
      ? ok(Number(text) as 0 | 1 | 2)
      : err('0, 1 or 2.'),
  );
  if (!copies.ok) return copies;
  return ok({
    ...(size.value === undefined ? {} : { metadataSize: size.value }),
    ...(alignment.value === undefined ? {} : { dataAlignment: alignment.value }),
    ...(copies.value === undefined ? {} : { metadataCopies: copies.value }),
  });
}

/** `vg/lv`, `/dev/vg/lv`; undefined for anything else. */
export function splitLvPath(
  text: string,
): { readonly vg: string; readonly lv: string } | undefined {
  const parts = text.replace(/^\/dev\//, '').split('/');
  const [vg, lv] = parts;
  return parts.length === 2 && vg && lv ? { vg, lv } : undefined;
}
