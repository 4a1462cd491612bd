/** Options about mirrors: how many images, what kind of log, how large a region. */
import { err, ok, type Result } from '../base/result.ts';
import { sectors, type Sectors } from '../base/units.ts';
import type { MirrorWish } from '../lvm/ops/lvcreate.ts';
import { MOST_IMAGES, type LogKind } from '../lvm/ops/mirror/parts.ts';
import { defined, misuse, unwantedOption, type Parsed } from './command.ts';
import { overriddenFlag, overriddenNumber, overriddenText } from './config-option.ts';
import { flag, valued, type OptionSpec } from './getopt.ts';
import type { LineReader } from './line-reader.ts';
import { parseSize } from './sizes.ts';

export const MIRRORS = valued('mirrors', 'm', '[+|-]Number');
export const MIRROR_LOG = valued('mirrorlog', undefined, 'core|disk');
export const REGION_SIZE = valued('regionsize', 'R', 'Size[m|UNIT]');
/** An older word for `--mirrorlog core`: LVM puts that in its place. */
export const CORE_LOG = flag('corelog');
export const OF_NEW_MIRRORS: readonly OptionSpec[] = [
  flag('nosync'),
  REGION_SIZE,
  MIRROR_LOG,
  CORE_LOG,
];

const LOGS: readonly LogKind[] = ['core', 'disk', 'mirrored'];
/** Sectors of a page of memory. */
const PAGE = 8;

export const logKind = (text: string): Result<LogKind, string> => {
  const found = LOGS.find((one) => one === text);
  return found ? ok(found) : err(`Mirror log type "${text}" is unknown.`);
};

/**
 * The kind of log that a line asks for, in one way or the other.
 * @param both what is said where the two contradict each other
 */
export function logAsked(line: LineReader, both: string): Parsed<LogKind | undefined> {
  const log = line.read(MIRROR_LOG.long, logKind);
  if (!line.has(CORE_LOG.long)) return ok(log);
  return log === undefined || log === 'core' ? ok('core') : misuse(both);
}

/** A line that has to do with no log refuses one. */
export const unwantedLog = (line: LineReader): Parsed<never> =>
  unwantedOption(MIRROR_LOG.long, line.text(MIRROR_LOG.long));

/** A power of two in whole pages. */
export function regionSize(text: string): Result<Sectors, string> {
  if (text.startsWith('-')) return err('Region size may not be negative.');
  const size = parseSize(text, 'm');
  if (!size.ok) return size;
  if (size.value === 0) return err('Region size may not be zero.');
  if (size.value % PAGE !== 0) {
    return err('Region size must be a multiple of machine memory page size (4096 bytes).');
  }
  return Number.isInteger(Math.log2(size.value))
    ? ok(sectors(size.value))
    : err('Region size must be a power of 2.');
}

/** `activation/raid_region_size`, in KiB; one that no line could ask for counts for nothing. */
export function regionSetting({ settings }: Pick<LineReader, 'settings'>): Sectors | undefined {
  const kib = overriddenNumber(settings, 'activation/raid_region_size');
  const size = kib === undefined ? undefined : regionSize(`${kib}k`);
  return size?.ok ? size.value : undefined;
}

/** What a line without `--type` means by copies. */
export const mirrorsAreMirrors = (line: LineReader): boolean =>
  overriddenText(line.settings, 'global/mirror_segtype_default') === 'mirror';

/** Mirrored logs are there for what has them already, in Linux as here. */
export const mayMirrorLogs = (line: LineReader): boolean =>
  overriddenFlag(line.settings, 'global/support_mirrored_mirror_log') === true;

/** Of a line of lvcreate that asks for a mirror; all of its options are read. */
export function newMirror(line: LineReader): Parsed<MirrorWish> {
  const copies = line.count('mirrors') ?? 1;
  const asked = logAsked(line, 'Please use only one of --corelog or --mirrorlog.');
  if (!asked.ok) return asked;
  const log = asked.value;
  const region = line.read('regionsize', regionSize);
  if (copies < 1) return misuse('--mirrors must be at least 1 with segment type mirror.');
  if (copies >= MOST_IMAGES) {
    return misuse(`Only up to ${MOST_IMAGES} mirrors in mirror supported currently.`);
  }
  const isDeprecated = log === 'mirrored' && !mayMirrorLogs(line);
  return ok({
    images: copies + 1,
    log: log ?? 'disk',
    ...defined({
      nosync: line.has('nosync') ? (true as const) : undefined,
      regionSize: region ?? regionSetting(line),
      deprecatedLog: isDeprecated ? (true as const) : undefined,
    }),
  });
}
