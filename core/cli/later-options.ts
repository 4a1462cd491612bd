/**
 * Options about volumes that are neither linear nor striped, and made of LVM's mirrors, snapshots,
 * pools and caches. They are taken and refused: in LVM's words where a plain volume refuses them
 * there, too, otherwise by what cannot be made here yet. Nothing is changed.
 */
import { err, ok, type Result } from '../base/result.ts';
import type { CommandEngine } from '../engine/types.ts';
import { findLv } from '../lvm/format/model.ts';
import { segmentTypeName } from '../lvm/format/segtypes/index.ts';
import { vgToRead } from '../lvm/ops/find.ts';
import {
  misuse,
  unwantedOption,
  vgName,
  type Answer,
  type CommandSyntax,
  type Known,
  type Parsed,
} from './command.ts';
import { flag, repeated, valued, type OptionSpec } from './getopt.ts';
import type { LineReader } from './line-reader.ts';
import {
  CORE_LOG,
  logKind,
  MIRROR_LOG,
  OF_NEW_MIRRORS,
  regionSize,
  unwantedLog,
} from './mirror-options.ts';
import { volumesOf } from './objects.ts';
import { OF_SNAPSHOTS } from './snapshot-options.ts';
import { complaints, errorOutput, STATUS } from './output.ts';
import { usageRefusal } from './usage.ts';

const later = (spec: OptionSpec): OptionSpec => ({ ...spec, unlisted: true });

const DISCARDS = valued('discards', undefined, 'passdown|nopassdown|ignore');
const WHEN_FULL = valued('errorwhenfull', undefined, 'y|n');
const POOL_METADATA_SIZE = valued('poolmetadatasize', undefined, 'Size[m|UNIT]');
const CACHE: readonly OptionSpec[] = [
  valued('cachemode', undefined, 'writethrough|writeback|passthrough'),
  valued('cachepolicy', undefined, 'String'),
  repeated(valued('cachesettings', undefined, 'String')),
];
const VDO: readonly OptionSpec[] = [
  valued('compression', undefined, 'y|n'),
  valued('deduplication', undefined, 'y|n'),
  repeated(valued('vdosettings', undefined, 'String')),
];
const RECOVERY: readonly OptionSpec[] = [
  valued('minrecoveryrate', undefined, 'Size[k|UNIT]'),
  valued('maxrecoveryrate', undefined, 'Size[k|UNIT]'),
];

/** Types that an option means by itself. */
const IMPLIED: Readonly<Record<string, string>> = {
  thin: 'thin-pool',
  thinpool: 'thin',
  virtualsize: 'thin',
  virtualoriginsize: 'snapshot',
  cache: 'cache',
  cachepool: 'cache',
  vdo: 'vdo',
  vdopool: 'vdo',
};

export const LATER_OF_LVCREATE: readonly OptionSpec[] = [
  flag('thin', 'T'),
  valued('thinpool', undefined, 'LV'),
  flag('cache', 'H'),
  valued('cachepool', undefined, 'LV'),
  flag('vdo'),
  valued('vdopool', undefined, 'LV'),
  ...RECOVERY,
  valued('raidintegrity', undefined, 'y|n'),
  valued('raidintegritymode', undefined, 'String'),
  valued('raidintegrityblocksize', undefined, 'Number'),
  POOL_METADATA_SIZE,
  valued('poolmetadataspare', undefined, 'y|n'),
  DISCARDS,
  WHEN_FULL,
  ...CACHE,
  valued('cachemetadataformat', undefined, 'auto|1|2'),
  valued('cachevol', undefined, 'LV'),
  repeated(valued('cachedevice', undefined, 'PV')),
  valued('cachesize', undefined, 'Size[m|UNIT]'),
  ...VDO,
].map(later);
const LATER_OF_PLAIN: readonly OptionSpec[] = [
  ...OF_NEW_MIRRORS,
  ...OF_SNAPSHOTS,
  ...LATER_OF_LVCREATE,
];

export const LATER_OF_RESIZING: readonly OptionSpec[] = [later(POOL_METADATA_SIZE)];

const SIZES: Readonly<Record<string, 'm' | 'k'>> = {
  virtualsize: 'm',
  virtualoriginsize: 'm',
  chunksize: 'k',
  poolmetadatasize: 'm',
  cachesize: 'm',
};
const YES_OR_NO = [
  ...['raidintegrity', 'poolmetadataspare', 'errorwhenfull', 'compression', 'deduplication'],
  'zero',
];
const KINDS_OF_DISCARDS = ['passdown', 'nopassdown', 'ignore'];

/** Notes the first value that LVM does not take. */
function readValues(line: LineReader, specs: readonly OptionSpec[]): void {
  for (const { long } of specs.filter((spec) => line.has(spec.long))) {
    if (SIZES[long]) line.size(long, SIZES[long]);
    if (YES_OR_NO.includes(long)) line.yesNo(long);
    if (long === 'discards') line.read(long, discards);
    if (long === 'syncaction') line.read(long, oneOf('check', 'repair'));
    if (long === 'mirrorlog') line.read(long, logKind);
    if (long === 'regionsize') line.read(long, regionSize);
  }
}

const discards = (text: string): Result<string, string> =>
  KINDS_OF_DISCARDS.includes(text)
    ? ok(text)
    : err(`Thin pool discards type "${text}" is unknown.`);

const oneOf =
  (...words: readonly string[]) =>
  (text: string): Result<string, undefined> =>
    words.includes(text) ? ok(text) : err(undefined);

/** @param type what `--type` says; undefined: none of these was given. */
export function laterOfLvcreate(
  line: LineReader,
  type: string | undefined,
): Parsed<never> | undefined {
  const given = LATER_OF_PLAIN.filter(({ long }) => line.has(long));
  readValues(line, given);
  const plain = type === undefined || ['linear', 'striped', 'error', 'zero'].includes(type);
  const mirrors = line.text('mirrors') ?? '0';
  if (type !== undefined && plain && /^[1-9]\d*$/.test(mirrors)) {
    return unwantedOption('mirrors', mirrors);
  }
  const [first] = given;
  if (type === 'mirror') {
    const other = given.find((spec) => !OF_NEW_MIRRORS.includes(spec));
    return other && unwantedOption(other.long);
  }
  if (!first || !plain || mirrors !== '0') return undefined;
  const implied = given.map(({ long }) => IMPLIED[long]).find((one) => one !== undefined);
  if (type === undefined && implied !== undefined) return notYet(implied);
  if (first.long === 'nosync') return misuse('--nosync is supported only with mirrors or raids.');
  if (first === CORE_LOG || first === MIRROR_LOG) return unwantedLog(line);
  // LVM names the value of those that can be given once.
  return unwantedOption(first.long, first.repeats ? '' : line.text(first.long));
}

export const notYet = (type: string): Parsed<never> =>
  misuse(`Volumes of type ${type} cannot be created here yet.`);

/** What lvextend and lvresize say of them. */
export function laterOfResizing(line: LineReader): Parsed<never> | undefined {
  if (!line.has(POOL_METADATA_SIZE.long)) return undefined;
  line.read(POOL_METADATA_SIZE.long, (text) =>
    /^[+-]?[\d.]/.test(text) ? ok(text) : err('Size requires number argument.'),
  );
  const why = '--poolmetadatasize can be used only with thin pools.';
  return err({ kind: 'plain', status: STATUS.failed, why });
}

/** Options of lvchange by the volumes that have them, as LVM lists them. */
const OF_TYPES: readonly (readonly [types: string, options: readonly OptionSpec[]])[] = [
  ['thinpool', [valued('zero', 'Z', 'y|n'), DISCARDS, WHEN_FULL]],
  ['cache cachepool writecache', CACHE],
  [
    'raid1',
    [
      valued('writebehind', undefined, 'Number'),
      repeated(valued('writemostly', undefined, 'PV[:t|n|y]')),
    ],
  ],
  ['raid', RECOVERY],
];
/** A line with one of these is of mirrors or RAID as a whole. */
const OF_MIRRORS: readonly OptionSpec[] = [
  flag('resync'),
  repeated(valued('rebuild', undefined, 'PV')),
  valued('syncaction', undefined, 'check|repair'),
];

export const LATER_OF_LVCHANGE: readonly OptionSpec[] = [
  ...OF_TYPES.flatMap(([, options]) => options),
  ...OF_MIRRORS,
  ...VDO,
].map(later);

/** Volume by volume why it does not take the options; undefined: none of these was given. */
export async function laterOfLvchange(
  command: CommandSyntax,
  line: LineReader,
  engine: CommandEngine,
  known: Known,
): Promise<Answer | undefined> {
  if (!LATER_OF_LVCHANGE.some(({ long }) => line.has(long))) return undefined;
  readValues(line, LATER_OF_LVCHANGE);
  const read = line.requests([]);
  if (!read.ok) return usageRefusal(command, read.error);
  const volumes = volumesOf(line, known);
  if (!volumes.ok) return usageRefusal(command, volumes.error);
  const { scan } = await engine.source();
  // A mirror can be copied anew; of other volumes it is said that they cannot.
  if (line.has('resync') && volumes.value.some((one) => isMirror({ scan }, one))) return undefined;
  // Of a group as a whole, those that do not fit are passed over.
  const isNamed = ({ vg }: { readonly vg: string }): boolean =>
    line.words.some((word) => vgName(word).startsWith(`${vg}/`));
  const answers = volumes.value.map((volume): Answer => {
    const path = `${volume.vg}/${volume.lv}`;
    const found = vgToRead({ scan }, volume.vg);
    const lv = found.ok ? found.value.vg.lvs.find(({ name }) => name === volume.lv) : undefined;
    if (!lv) {
      const error = found.ok ? ({ code: 'lv-not-found', ...volume } as const) : found.error;
      return { status: STATUS.failed, output: errorOutput(error, command.name) };
    }
    const [segment] = lv.segments;
    if (!segment || segment.kind === 'foreign') {
      const type = segment ? segmentTypeName(segment) : 'unknown';
      const why = `${path}: volumes of type ${type} cannot be changed here yet.`;
      return { status: STATUS.failed, output: complaints([why]) };
    }
    const why = whyNot(line, path, segmentTypeName(segment));
    if (!isNamed(volume)) return { status: STATUS.done, output: complaints([why]) };
    const also = why.startsWith('Command') ? [`Command not permitted on LV ${path}.`] : [];
    return { status: STATUS.failed, output: complaints([why, ...also]) };
  });
  return {
    status: Math.max(STATUS.done, ...answers.map(({ status }) => status)),
    output: answers.flatMap(({ output }) => output),
  };
}

function isMirror(
  look: Parameters<typeof vgToRead>[0],
  { vg, lv }: { readonly vg: string; readonly lv: string },
): boolean {
  const found = vgToRead(look, vg);
  return found.ok && findLv(found.value.vg, lv)?.segments[0]?.kind === 'mirror';
}

function whyNot(line: LineReader, path: string, type: string): string {
  const head = `Command on LV ${path}`;
  if (OF_MIRRORS.some(({ long }) => line.has(long))) {
    return `${head} does not accept LV type ${type}.`;
  }
  const types = OF_TYPES.find(([, options]) => options.some(({ long }) => line.has(long)))?.[0];
  if (types !== undefined) return `${head} uses options that require LV types ${types} .`;
  const what = VDO.find(({ long }) => line.has(long));
  return `Unable to change ${what?.long ?? ''} for non VDO volume ${path}.`;
}
