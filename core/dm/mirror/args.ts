/** The arguments of a mirror, refused in the kernel's words (reference 5.4). */
import { err, ok, type Result } from '../../base/result.ts';
import type { Sectors } from '../../base/units.ts';
import type { DevNo } from '../../contract/units.ts';
import { invalid, parseSector, type Refusal, type TargetHost } from '../target.ts';
import { logSectors } from './disk-log.ts';
import type { LegPlace } from './legs.ts';
import type { SyncWord } from './log.ts';

/** The kernel copies to 8 places at once. */
const MOST_LEGS = 9;

export interface LogArgs {
  readonly kind: 'core' | 'disk';
  /** Of a log on disk. */
  readonly devno?: DevNo;
  readonly regionSize: Sectors;
  readonly word: SyncWord;
  /** How older kernels were told to handle errors. */
  readonly blockOnError: boolean;
}

export interface MirrorOptions {
  /** Without it failed writes are reported as success. */
  readonly handleErrors: boolean;
  /** What becomes of a failed write: kept until somebody has repaired the mirror, or not. */
  readonly onFailure: 'hold' | 'go-on' | 'drop';
}

export interface MirrorArgs {
  readonly log: LogArgs;
  readonly legs: readonly LegPlace[];
  readonly options: MirrorOptions;
  /** In the order in which the kernel prints them. */
  readonly features: readonly string[];
}

/** Behind the other arguments of a log. */
export const BLOCK = 'block_on_error';
const FEATURES = ['handle_errors', 'keep_log', 'drop_failed_legs'];
const noLog = (): { ok: false; error: Refusal } => invalid('Error creating mirror dirty log');

export function parseMirror(
  args: readonly string[],
  host: TargetHost,
): Result<MirrorArgs, Refusal> {
  const [type, countText] = args;
  if (type === undefined || countText === undefined) {
    return invalid('Insufficient mirror log arguments');
  }
  const count = parseSector(countText);
  if (count === undefined) return invalid('Invalid mirror log argument count');
  if (args.length < 2 + count) return invalid('Insufficient mirror log arguments');
  const log = parseLog(type, args.slice(2, 2 + count), host);
  if (!log.ok) return log;
  const rest = args.slice(2 + count);
  const mirrors = parseSector(rest[0]);
  if (mirrors === undefined || mirrors < 2 || mirrors > MOST_LEGS) {
    return invalid('Invalid number of mirrors');
  }
  if (rest.length < 1 + mirrors * 2) return invalid('Too few mirror arguments');
  const legs = openLegs(rest.slice(1, 1 + mirrors * 2), host);
  if (!legs.ok) return legs;
  const features = parseFeatures(rest.slice(1 + mirrors * 2), log.value.kind);
  if (!features.ok) return features;
  const has = (name: string): boolean => features.value.includes(name);
  const onFailure = has('drop_failed_legs') ? 'drop' : has('keep_log') ? 'go-on' : 'hold';
  const options = {
    handleErrors: has('handle_errors') || log.value.blockOnError,
    onFailure,
  } as const;
  return ok({ log: log.value, legs: legs.value, options, features: features.value });
}

function parseLog(
  type: string,
  args: readonly string[],
  host: TargetHost,
): Result<LogArgs, Refusal> {
  if (type !== 'core' && type !== 'disk') return noLog();
  const [device, ...own] = type === 'disk' ? args : [undefined, ...args];
  const regionSize = parseSector(own[0]);
  if (regionSize === undefined || !isRegionSize(regionSize, host.length)) return noLog();
  const words = own.slice(1);
  const blockOnError = words.at(-1) === BLOCK;
  if (blockOnError) words.pop();
  const [word] = words;
  if (words.length > 1 || !isSyncWord(word)) return noLog();
  const log: LogArgs = { kind: type, regionSize, word, blockOnError };
  if (device === undefined) return ok(log);
  const opened = host.open(device);
  if (!opened.ok) return err({ ...opened.error, reason: 'Error creating mirror dirty log' });
  const regions = Math.ceil(host.length / regionSize);
  const fits = logSectors(regions) <= host.device(opened.value).size;
  return fits ? ok({ ...log, devno: opened.value }) : noLog();
}

const isSyncWord = (word: string | undefined): word is SyncWord =>
  word === undefined || word === 'sync' || word === 'nosync';

/** A power of two of at least 2 sectors, no larger than the target. */
function isRegionSize(size: number, length: number): boolean {
  return size >= 2 && size <= length && Number.isInteger(Math.log2(size));
}

function openLegs(args: readonly string[], host: TargetHost): Result<readonly LegPlace[], Refusal> {
  const legs: LegPlace[] = [];
  for (let at = 0; at < args.length; at += 2) {
    const start = parseSector(args[at + 1]);
    if (start === undefined) return invalid('Invalid offset');
    const opened = host.open(args[at] ?? '');
    if (!opened.ok) return err({ ...opened.error, reason: 'Device lookup failure' });
    legs.push({ devno: opened.value, start, device: host.device(opened.value) });
  }
  return ok(legs);
}

function parseFeatures(
  args: readonly string[],
  log: LogArgs['kind'],
): Result<readonly string[], Refusal> {
  if (args.length === 0) return ok([]);
  const count = parseSector(args[0]);
  if (count === undefined) return invalid('Invalid number of features');
  const words = args.slice(1);
  if (words.length < count) {
    return invalid('Not enough arguments to support feature count');
  }
  const named = words.slice(0, count);
  if (named.some((word) => !FEATURES.includes(word))) {
    return invalid('Unrecognised feature requested');
  }
  if (words.length > count) return invalid('Too many mirror arguments');
  for (const word of ['keep_log', 'drop_failed_legs']) {
    if (!named.includes(word)) continue;
    if (!named.includes('handle_errors')) {
      return invalid(`${word} feature requires the handle_errors feature`);
    }
  }
  if (named.includes('drop_failed_legs')) {
    if (log === 'core') return invalid('drop_failed_legs feature requires a disk log');
    if (named.includes('keep_log')) {
      return invalid('drop_failed_legs feature excludes the keep_log feature');
    }
  }
  return ok(FEATURES.filter((word) => named.includes(word)));
}
