/** What a command of LVM is here: its forms, its options, and what it makes of a line. */
import { err, type Result } from '../base/result.ts';
import type { CommandResult } from '../contract/api.ts';
import type { CommandEngine } from '../engine/types.ts';
import type { Request } from '../lvm/ops/index.ts';
import { flag, valued, type OptionSpec } from './getopt.ts';
import type { LineReader } from './line-reader.ts';

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
  /** Words or options that the command needs are missing. */
  | { readonly kind: 'syntax' };

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
  parse(line: LineReader, groups: GroupNames): Parsed<readonly Request[]>;
}

/** A command that only looks. */
export interface QueryCommand extends CommandSyntax {
  run(line: LineReader, engine: CommandEngine): Promise<CommandResult>;
}

/** Names of the visible volumes of a group; undefined where there is no such group. */
export type GroupNames = (vg: string) => readonly string[] | undefined;

export const misuse = (why: string): Parsed<never> => err({ kind: 'misuse', why });
export const syntax = (): Parsed<never> => err({ kind: 'syntax' });

/** Understood by every command. */
export const COMMON: readonly OptionSpec[] = [
  flag('force', 'f'),
  flag('yes', 'y'),
  flag('test', 't'),
  flag('quiet', 'q'),
  flag('verbose', 'v'),
  flag('debug', 'd'),
  flag('nolocking'),
  flag('help', 'h'),
  flag('longhelp'),
];

export const PV_CREATION: readonly OptionSpec[] = [
  valued('metadatasize', undefined, 'Size[m|UNIT]'),
  valued('pvmetadatacopies', undefined, '0|1|2'),
  valued('dataalignment', undefined, 'Size[k|UNIT]'),
];
export const SIZE: readonly OptionSpec[] = [
  valued('size', 'L', 'Size[m|UNIT]'),
  valued('extents', 'l', 'Number[PERCENT]'),
];
export const STRIPING: readonly OptionSpec[] = [
  valued('stripes', 'i', 'Number'),
  valued('stripesize', 'I', 'Size[k|UNIT]'),
];
export const ALLOC = valued(
  'alloc',
  undefined,
  'contiguous|cling|cling_by_tags|normal|anywhere|inherit',
);
export const ADD_TAG = valued('addtag', undefined, 'Tag');

/** `vg`, `/dev/vg`: a group's name as operators write it. */
export const vgName = (text: string): string => text.replace(/^\/dev\//, '');

/** `vg/lv`, `/dev/vg/lv`; undefined for anything else. */
export function splitLvPath(
  text: string,
): { readonly vg: string; readonly lv: string } | undefined {
  const parts = vgName(text).split('/');
  const [vg, lv] = parts;
  return parts.length === 2 && vg && lv ? { vg, lv } : undefined;
}

type Defined<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> };

/** Without the keys whose value is absent: what was not asked for is not in a request. */
export function defined<T extends object>(wishes: T): Defined<T> {
  return Object.fromEntries(
    Object.entries(wishes).filter(([, value]) => value !== undefined),
  ) as Defined<T>;
}
