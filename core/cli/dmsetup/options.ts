/** dmsetup's options: every verb accepts all of them and looks at those that mean something. */
import { flag, repeated, valued, type OptionSpec } from '../getopt.ts';
import type { ReadAheadWish } from '../../contract/plan.ts';
import type { LineReader } from '../line-reader.ts';

const FLAGS_OF_STATS = [
  ...['alldevices', 'allprograms', 'allregions', 'area', 'clear', 'filemap', 'foreground', 'group'],
  ...['histogram', 'nogroup', 'nohistogram', 'nomonitor', 'precise', 'raw', 'region', 'relative'],
  'segments',
];
const VALUES_OF_STATS = [
  ...['alias', 'areas', 'areasize', 'bounds', 'follow', 'groupid', 'length', 'programid'],
  ...['regionid', 'regions', 'start', 'userdata'],
];

export const OPTIONS: readonly OptionSpec[] = [
  flag('addnodeoncreate'),
  flag('addnodeonresume'),
  flag('checks'),
  flag('columns', 'c'),
  flag('columns', 'C'),
  flag('concise'),
  valued('count', undefined, '<count>'),
  flag('deferred'),
  valued('exec', undefined, '<command>'),
  flag('force', 'f'),
  valued('gid', 'G', '<gid>'),
  flag('help', 'h'),
  flag('inactive'),
  valued('interval', undefined, '<seconds>'),
  valued('major', 'j', '<major>'),
  valued('manglename', undefined, '{none|hex|auto}'),
  valued('minor', 'm', '<minor>'),
  valued('mode', 'M', '<octal_mode>'),
  flag('nameprefixes'),
  flag('noflush'),
  flag('noheadings'),
  flag('nolockfs'),
  flag('noopencount'),
  flag('nosuffix'),
  flag('notable', 'n'),
  flag('notimesuffix'),
  flag('noudevrules'),
  flag('noudevsync'),
  valued('options', 'o', '<fields>'),
  valued('readahead', undefined, '{[+]<sectors>|auto|none}'),
  flag('readonly', 'r'),
  flag('retry'),
  flag('rows'),
  valued('select', 'S', '<selection>'),
  valued('separator', undefined, '<separator>'),
  flag('setuuid'),
  flag('showkeys'),
  valued('sort', 'O', '<sort_fields>'),
  valued('table', undefined, '{<table>|<table_file>}'),
  valued('target', undefined, '<target_type>'),
  flag('tree'),
  valued('udevcookie', undefined, '<cookie>'),
  valued('uid', 'U', '<uid>'),
  flag('unbuffered'),
  valued('units', undefined, '<units>'),
  flag('unquoted'),
  valued('uuid', 'u', '<uuid>'),
  flag('verbose', 'v'),
  flag('verifyudev'),
  flag('version'),
  flag('yes', 'y'),
  // Of `stats`, and understood elsewhere too.
  ...FLAGS_OF_STATS.map((name) => flag(name)),
  ...VALUES_OF_STATS.map((name) => valued(name, undefined, `<${name}>`)),
].map(repeated);

/** As C's atoi reads it: what is no number is 0. */
export const atoi = (text: string): number => {
  const value = Number.parseInt(text, 10);
  return Number.isSafeInteger(value) ? value : 0;
};

/** `--readahead`; undefined: as the kernel has it. */
export function readAheadOf(line: LineReader): ReadAheadWish | undefined {
  const text = line.text('readahead');
  if (text === undefined || text === 'auto') return undefined;
  const sectors = text === 'none' ? 0 : atoi(text);
  return sectors < 0 ? undefined : { sectors, least: text.startsWith('+') };
}

/** What is wrong with the options by themselves, in dmsetup's words. */
export function wrongOptions(line: LineReader): string | undefined {
  const mangling = line.text('manglename');
  if (mangling !== undefined && !/^(none|hex|auto)$/i.test(mangling)) {
    return 'Unknown name mangling mode.';
  }
  const ahead = atoi(line.text('readahead') ?? '');
  if (ahead < -1) return `Negative read ahead value (${ahead}) is not understood.`;
  if (line.has('major') !== line.has('minor')) {
    return 'Please specify both major number and minor number.';
  }
  if (atoi(line.text('count') ?? '') < 0) return 'Count must be zero or greater.';
  if (line.has('interval') && atoi(line.text('interval') ?? '') <= 0) {
    return 'Interval must be a positive integer.';
  }
  if (line.has('table') && line.has('notable')) return '--table and --notable are incompatible.';
  if (line.has('addnodeonresume') && line.has('addnodeoncreate')) {
    return '--addnodeonresume and --addnodeoncreate are incompatible.';
  }
  return undefined;
}
