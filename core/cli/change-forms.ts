/** Which options of lvchange and vgchange go together, and their lines that change nothing. */
import type { CommandResult } from '../contract/api.ts';
import type { VolumeError } from '../contract/errors.ts';
import type { OutputLine } from '../contract/events.ts';
import { isLvActive } from '../report/active.ts';
import { errorLines } from '../report/errors.ts';
import { noticeLine } from '../report/notices.ts';
import type { ReportSource } from '../report/source.ts';
import type { CommandEngine } from '../engine/types.ts';
import type { LogicalVolume } from '../lvm/format/model.ts';
import { isSeen } from '../lvm/format/shown.ts';
import { copiesOf } from '../lvm/ops/activation.ts';
import { vgToRead } from '../lvm/ops/find.ts';
import type { ScannedVg } from '../lvm/scan-types.ts';
import {
  splitLvPath,
  unwantedOption,
  type CommandSyntax,
  type Known,
  type Parsed,
} from './command.ts';
import type { LineReader } from './line-reader.ts';
import { newsOfWatching, watchAsSaid } from './monitoring.ts';
import { groupsOf, volumesOf } from './objects.ts';
import { complaints, errorOutput, indented, STATUS } from './output.ts';
import { groupsNamed, noticesOf, onStderr } from './scan-warnings.ts';
import { usageRefusal } from './usage.ts';

/** Options that mean nothing without `-a`. */
export const ACTIVATION_ONLY = [
  'activationmode',
  'partial',
  'ignoreactivationskip',
  'ignorelockingfailure',
  'sysinit',
  'readonly',
  'autoactivation',
];

/** The first of these that the line has, refused. */
export function unaccepted(
  line: LineReader,
  ...options: readonly string[]
): Parsed<never> | undefined {
  const found = options.find((option) => line.has(option));
  if (found === undefined) return undefined;
  // LVM names the value where it is a word.
  return unwantedOption(found, found === 'minor' ? '' : line.text(found));
}

export const BOTH_MONITORING =
  '--ignoremonitoring or --sysinit option not allowed with --monitor option.';

/** `-a` with `--readonly`: LVM finds out with each group. */
export function readOnlyRefusal(
  command: CommandSyntax,
  line: LineReader,
  known: Known,
): CommandResult | undefined {
  if (!line.has('readonly') || !line.has('activate')) return undefined;
  const groups = namedGroups(line, known);
  if (!groups.ok) return usageRefusal(command, groups.error);
  const lines = groups.value.flatMap((vg) => [
    'Operation prohibited while --readonly is set.',
    `Can't get lock for ${vg}.`,
    `Cannot process volume group ${vg}`,
  ]);
  return { status: STATUS.failed, output: complaints(lines) };
}

function namedGroups(line: LineReader, known: Known): Parsed<readonly string[]> {
  if (!line.words.some((word) => splitLvPath(word))) return groupsOf(line, known);
  const volumes = volumesOf(line, known);
  return volumes.ok
    ? { ok: true, value: [...new Set(volumes.value.map(({ vg }) => vg))] }
    : volumes;
}

/**
 * `--monitor` and `--poll` of volumes that are up. Looks again at the end: what is watched is a
 * part of the state.
 */
export async function watchVolumes(
  command: CommandSyntax,
  line: LineReader,
  engine: CommandEngine,
  known: Known,
): Promise<CommandResult> {
  const volumes = volumesOf(line, known);
  if (!volumes.ok) return usageRefusal(command, volumes.error);
  const source = await engine.source();
  const done = volumes.value.map(({ vg, lv }): CommandResult => {
    const read = vgToRead(source, vg);
    if (!read.ok) return gone(read.error, command);
    const group = read.value;
    const found = group.vg.lvs.find(({ name }) => name === lv);
    if (!found) return gone({ code: 'lv-not-found', vg, lv }, command);
    if (!isLvActive(source, group, found)) return gone({ code: 'lv-inactive', vg, lv }, command);
    const acted = act({ line, engine, known }, group, { volumes: [found], up: [found] });
    return { status: acted.status, output: acted.said };
  });
  await engine.source();
  const groups = volumes.value.map(({ vg }) => vg);
  return together(source, groups, done);
}

const gone = (error: VolumeError, { name }: CommandSyntax): CommandResult => ({
  status: STATUS.failed,
  output: errorOutput(error, name),
});

/** Behind what is odd about the groups. */
function together(
  { scan }: ReportSource,
  groups: readonly string[],
  done: readonly CommandResult[],
): CommandResult {
  const read = groupsNamed(scan, [...new Set(groups)]);
  return {
    status: Math.max(STATUS.done, ...done.map(({ status }) => status)),
    output: [
      ...(groups.length > 0 ? onStderr(noticesOf(scan, read)) : []),
      ...done.flatMap(({ output }) => output),
    ],
  };
}

interface Asked {
  readonly line: LineReader;
  readonly engine: CommandEngine;
  readonly known: Known;
}

interface Acted {
  readonly status: number;
  readonly said: readonly OutputLine[];
  /** Volumes of which a part is missing: LVM does not count them. */
  readonly incomplete: number;
}

/**
 * @param volumes that are watched from now on, or not
 * @param up of these; with `--poll y` what was begun of them goes on, and nobody waits for it
 */
function act(
  { line, engine, known }: Asked,
  scanned: ScannedVg,
  { volumes, up }: Readonly<Record<'volumes' | 'up', readonly LogicalVolume[]>>,
): Acted {
  if (known.previews || line.has('test')) return { status: STATUS.done, said: [], incomplete: 0 };
  const news = watchAsSaid(line, engine, scanned, volumes).map((lv) =>
    newsOfWatching({ scanned, lv }, line.yesNo('monitor') === true),
  );
  if (line.yesNo('poll') === true) {
    for (const copying of copiesOf(looking(engine), scanned, up)) engine.copies.follow(copying);
  }
  const incomplete = news.filter(({ error }) => error).length;
  return {
    status: incomplete > 0 ? STATUS.failed : STATUS.done,
    said: news.flatMap(({ error, notice }) => [
      ...(error ? complaints(errorLines(error)) : []),
      ...(notice ? [indented(noticeLine(notice))] : []),
    ]),
    incomplete,
  };
}

const looking = (engine: CommandEngine) => ({
  device: (uuid: string) => engine.blockDevices().devices.find((one) => one.uuid === uuid),
});

/** Of what was begun of a group and is up, and goes on with `--poll y`. */
function pollingLine(
  { line, engine }: Pick<Asked, 'line' | 'engine'>,
  scanned: ScannedVg,
  up: readonly LogicalVolume[],
): readonly OutputLine[] {
  const { length: count } =
    line.yesNo('poll') === true ? copiesOf(looking(engine), scanned, up) : [];
  if (count === 0) return [];
  return [indented(noticeLine({ code: 'polling-started', vg: scanned.vg.name, count }))];
}

/** The same of whole groups, where volumes are counted. */
export async function watchGroups(
  command: CommandSyntax,
  line: LineReader,
  engine: CommandEngine,
  known: Known,
): Promise<CommandResult> {
  if (line.has('monitor') && (line.has('sysinit') || line.has('ignoremonitoring'))) {
    return { status: STATUS.done, output: complaints([BOTH_MONITORING]) };
  }
  const groups = groupsOf(line, known);
  if (!groups.ok) return usageRefusal(command, groups.error);
  const source = await engine.source();
  const done = groups.value.map((name): CommandResult => {
    const read = vgToRead(source, name);
    if (!read.ok) return gone(read.error, command);
    const { vg } = read.value;
    const up = vg.lvs.filter((lv) => isLvActive(source, read.value, lv));
    const visible = up.filter((lv) => isSeen(read.value.vg, lv));
    const acted = act({ line, engine, known }, read.value, { volumes: vg.lvs, up: visible });
    const { status, incomplete } = acted;
    const said = [...pollingLine({ line, engine }, read.value, visible), ...acted.said];
    if (up.length === 0 || !line.has('monitor')) return { status, output: said };
    const what = line.yesNo('monitor') ? 'monitored' : 'unmonitored';
    const count = up.length - incomplete;
    const text = `  ${count} logical volume(s) in volume group "${vg.name}" ${what}`;
    return { status, output: [...said, { stream: 'stdout', text }] };
  });
  await engine.source();
  return together(source, groups.value, done);
}
