/** What a command of LVM is here: its forms, its options, and what it makes of a line. */
import { err, ok, type Result } from '../base/result.ts';
import type { CommandResult } from '../contract/api.ts';
import type { Notice, VolumeError } from '../contract/errors.ts';
import type { UnfitReason } from '../contract/state.ts';
import type { Stored, StoredMetadata } from '../engine/backup-store.ts';
import type { CommandEngine } from '../engine/types.ts';
import { splitDmName } from '../lvm/activate/names.ts';
import { nameRefusal } from '../lvm/format/names.ts';
import type { Request } from '../lvm/ops/index.ts';
import type { ScanDisk } from '../lvm/scan-types.ts';
import { flag, repeated, valued, type OptionSpec } from './getopt.ts';
import type { LineReader } from './line-reader.ts';
import type { Walk } from './log-walk.ts';

/** Why a command line is refused, exit status 3. */
export type UsageError =
  /** `why` in LVM's words; LVM's hint to read the manual follows. */
  | { readonly kind: 'misuse'; readonly why: string }
  /** An option's value that cannot be read. */
  | {
      readonly kind: 'argument';
      readonly option: string;
      readonly text: string;
      readonly why?: string;
    }
  /** Something that the line names could not be had. */
  | { readonly kind: 'failed'; readonly error: VolumeError }
  /** It was answered already. */
  | { readonly kind: 'said'; readonly result: CommandResult }
  /** Words or options that the command needs are missing. */
  | { readonly kind: 'syntax' }
  /** One line, without a hint to read the help. */
  | { readonly kind: 'plain'; readonly status: number; readonly why: string }
  /** A word or an option too many: `argument: x`, `option: --stripes 2`. */
  | { readonly kind: 'unwanted'; readonly what: string };

export type Parsed<T> = Result<T, UsageError>;

/** What `--help` prints, and what getopt accepts. */
export interface CommandSyntax {
  readonly name: string;
  /** One line, as an imperative without a full stop: `Rename a logical volume`. */
  readonly about: string;
  /** The positional words, one text per form: `VG LV LV_new`. */
  readonly forms: readonly string[];
  /** Beside those that every command has. */
  readonly options: readonly OptionSpec[];
}

/** A changing command: a line of it is one request or several. */
export interface ChangeCommand extends CommandSyntax {
  parse(
    line: LineReader,
    known: Known,
  ): Parsed<readonly Request[]> | Promise<Parsed<readonly Request[]>>;
  /** What LVM looks at, and so warns of; default: groups and all below them. */
  readonly warnsOf?: 'orphans' | 'groups' | 'devices' | 'nothing';
  /** What is said before all else. */
  preface?(line: LineReader): readonly string[];
  /** Options with which it only looks; undefined where the line has none of them. */
  look?(line: LineReader, engine: CommandEngine, known: Known): Promise<Answer | undefined>;
  /** Of what a look at the disks finds odd: what this command is there to put right. */
  readonly unsaid?: readonly Notice['code'][];
  /** Its lines may wait for a copy, and say how far it is. */
  readonly waits?: true;
  /** Said last, where a command counts the objects it went through. */
  summary?(said: readonly Notice[], failures: readonly VolumeError[]): string;
}

/** What a command answers; `walk` is what of it belongs into a log, where it keeps one. */
export interface Answer extends CommandResult {
  readonly walk?: Walk;
}

/** A command that only looks. */
export interface QueryCommand extends CommandSyntax {
  run(line: LineReader, engine: CommandEngine): Promise<Answer>;
}

/** What there is, for words and options that stand for more than themselves. */
export interface Known {
  /** The line is shown to somebody who may yet decide against it. */
  readonly previews?: boolean;
  vgs(): readonly string[];
  /** Paths of all PVs, group by group, then those in none. */
  pvs(): readonly string[];
  /** Visible volumes; undefined where there is no such group. */
  lvsOf(vg: string): readonly string[] | undefined;
  /** The backup of a group, or a file that is named. */
  backupOf(vg: string, file: string | undefined): Stored<StoredMetadata>;
  /** One that LVM looks at. */
  disk(path: string): ScanDisk | undefined;
  /** Why it does not look at a disk that is there. */
  unfit(path: string): UnfitReason | undefined;
  /** What is in a file that is named: a byte string. */
  fileText(file: string): Stored<string>;
  /** Volumes through which extents move, group by group. */
  moves(): readonly { readonly vg: string; readonly lv: string }[];
  /** Paths of the PVs that are there; undefined where there is no such group. */
  pvsOf(vg: string): readonly string[] | undefined;
  /** There is such a group, and none of its PVs is missing. */
  isComplete(vg: string): boolean;
  /** The words that a tag stands for among groups, or among volumes (`vg/home`). */
  tagged(kind: 'vg' | 'lv', tag: string): readonly string[];
  /** What `-S` takes of the objects of a kind, by name, path, or `vg/home`. */
  selected(kind: 'vg' | 'lv' | 'pv', selection: string): Parsed<ReadonlySet<string>>;
}

export const misuse = (why: string): Parsed<never> => err({ kind: 'misuse', why });
export const syntax = (): Parsed<never> => err({ kind: 'syntax' });
export const unwantedWord = (word: string): Parsed<never> =>
  err({ kind: 'unwanted', what: `argument: ${word}` });
export const unwantedOption = (option: string, value = ''): Parsed<never> =>
  err({ kind: 'unwanted', what: `option: --${option}${value === '' ? '' : ` ${value}`}` });

/** Understood by every command. */
export const COMMON: readonly OptionSpec[] = [
  flag('yes', 'y'),
  flag('test', 't'),
  repeated(flag('quiet', 'q')),
  repeated(flag('verbose', 'v')),
  repeated(flag('debug', 'd')),
  repeated(valued('commandprofile', undefined, 'String')),
  valued('config', undefined, 'String'),
  valued('driverloaded', undefined, 'y|n'),
  flag('nolocking'),
  valued('lockopt', undefined, 'String'),
  repeated(flag('help', 'h')),
  repeated(flag('help', '?')),
  flag('longhelp'),
  flag('version'),
  repeated(valued('profile', undefined, 'String')),
  valued('devicesfile', undefined, 'String'),
  repeated(valued('devices', undefined, 'PV')),
  flag('nohints'),
  valued('journal', undefined, 'String'),
];

/** Not every command has it. */
export const FORCE = repeated(flag('force', 'f'));

export const PV_CREATION: readonly OptionSpec[] = [
  valued('zero', 'Z', 'y|n'),
  valued('labelsector', undefined, 'Number'),
  valued('metadatasize', undefined, 'Size[m|UNIT]'),
  valued('pvmetadatacopies', undefined, '0|1|2'),
  valued('dataalignment', undefined, 'Size[k|UNIT]'),
  valued('dataalignmentoffset', undefined, 'Size[k|UNIT]'),
];
export const METADATA_IGNORE = valued('metadataignore', undefined, 'y|n');
/** How many areas a PV has (pvcreate), or how many copies a group keeps (vgcreate, vgchange). */
export const METADATA_COPIES: OptionSpec = {
  ...valued('metadatacopies', undefined, 'all|unmanaged|Number'),
  unlisted: true,
};
export const VG_METADATA_COPIES: readonly OptionSpec[] = [
  valued('vgmetadatacopies', undefined, 'all|unmanaged|Number'),
  METADATA_COPIES,
];
/** A lab has no profiles: none can be attached; one that came with the metadata can go. */
export const METADATA_PROFILE = valued('metadataprofile', undefined, 'String');
export const DETACH_PROFILE = flag('detachprofile');
/** There is one type. */
export const METADATA_TYPE = valued('metadatatype', 'M', 'lvm2');
/** A spare for pools follows them by itself: a group without pools has none. */
export const POOL_SPARE = valued('poolmetadataspare', undefined, 'y|n');
export const SIZE: readonly OptionSpec[] = [
  valued('size', 'L', 'Size[m|UNIT]'),
  valued('extents', 'l', 'Number[PERCENT]'),
];
export const STRIPING: readonly OptionSpec[] = [
  valued('stripes', 'i', 'Number'),
  valued('stripesize', 'I', 'Size[k|UNIT]'),
];
/** A file system is to follow, checked first or not. */
export const RESIZE_FS: readonly OptionSpec[] = [flag('resizefs', 'r'), flag('nofsck', 'n')];
/** Of what a resize adds. */
export const ADDED_TYPE = valued('type', undefined, 'linear|striped|error|zero');
export const ALLOC = valued(
  'alloc',
  undefined,
  'contiguous|cling|cling_by_tags|normal|anywhere|inherit',
);
export const ACTIVATE = valued('activate', 'a', 'y|n|ay');
/** What is done about pieces that are missing. */
export const ACTIVATION_MODE: readonly OptionSpec[] = [
  flag('partial', 'P'),
  valued('activationmode', undefined, 'partial|degraded|complete'),
];
export const DELETE_TAG = repeated(valued('deltag', undefined, 'Tag'));
export const ADD_TAG = repeated(valued('addtag', undefined, 'Tag'));

/**
 * `vg`, `/dev/vg`: a group's name as operators write it; of a volume both, with a slash between,
 * also where it is called by its device, `/dev/mapper/vg-lv`.
 */
export function vgName(text: string): string {
  const path = text.replace(/\/{2,}/g, '/');
  const mapped = /^\/dev\/mapper\/([^/]+)$/.exec(path)?.[1];
  const { vg, lv, layer } = splitDmName(mapped ?? '');
  return vg !== '' && lv !== '' && layer === '' ? `${vg}/${lv}` : path.replace(/^\/dev\//, '');
}

/** A path with more parts than a volume's has: `a/b/c`, `/dev/a/b/c`. */
export const isTooDeep = (text: string): boolean => vgName(text).split('/').length > 2;

/** What LVM says of it. */
export const invalidPath = (text: string): string => `"${text}": Invalid path for Logical Volume.`;

/** `vg/lv`, `/dev/vg/lv`; undefined for anything else. */
export function splitLvPath(
  text: string,
): { readonly vg: string; readonly lv: string } | undefined {
  const parts = vgName(text).split('/');
  const [vg, lv] = parts;
  return parts.length === 2 && vg && lv ? { vg, lv } : undefined;
}

/** How many PVs a command changed, and how many it did not; what is no PV counts for neither. */
export function pvCounts(
  said: readonly Notice[],
  failures: readonly VolumeError[],
): { readonly changed: number; readonly unchanged: number } {
  const unknown = (error: VolumeError): boolean =>
    error.code === 'several'
      ? error.errors.some(unknown)
      : ['not-a-pv', 'device-not-found', 'pv-barred'].includes(error.code);
  const count = (code: Notice['code']): number => said.filter((one) => one.code === code).length;
  return {
    changed: count('pv-changed'),
    unchanged: count('pv-not-changed') + failures.filter((error) => !unknown(error)).length,
  };
}

/** The volume that a command is to change: `vg/home`, with a name that a volume can have. */
export function lvOf(text: string): Parsed<{ readonly vg: string; readonly lv: string }> {
  const [vg = '', lv] = vgName(text).split('/');
  if (isTooDeep(text) || (lv === undefined && text.startsWith('/'))) {
    return misuse(invalidPath(text));
  }
  if (nameRefusal(lv ?? vg)) return misuse(`Logical volume name "${lv ?? vg}" is invalid.`);
  return lv === undefined ? misuse('Please specify a logical volume path.') : ok({ vg, lv });
}

type Defined<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> };

/** Without the keys whose value is absent: what was not asked for is not in a request. */
export function defined<T extends object>(wishes: T): Defined<T> {
  return Object.fromEntries(
    Object.entries(wishes).filter(([, value]) => value !== undefined),
  ) as Defined<T>;
}
