/** Which options of lvchange and vgchange go together, and their lines that change nothing. */
import { err } from '../base/result.ts';
import type { CommandResult } from '../contract/api.ts';
import { isLvActive } from '../report/active.ts';
import type { CommandEngine } from '../engine/types.ts';
import { isVisible, type LogicalVolume } from '../lvm/format/model.ts';
import { conversionsOf } from '../lvm/ops/activation.ts';
import { vgToRead } from '../lvm/ops/find.ts';
import type { ScannedVg } from '../lvm/scan-types.ts';
import { splitLvPath, type CommandSyntax, type Known, type Parsed } from './command.ts';
import type { LineReader } from './line-reader.ts';
import { watchAsSaid } from './monitoring.ts';
import { groupsOf, volumesOf } from './objects.ts';
import { complaints, errorOutput, STATUS } from './output.ts';
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
  const value = found === 'minor' ? '' : (line.text(found) ?? '');
  return err({ kind: 'unwanted', what: `option: --${found}${value === '' ? '' : ` ${value}`}` });
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
 * `--monitor` and `--poll` of volumes that are up; says only what is not. Looks again at the end:
 * what is watched is a part of the state.
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
  const output = volumes.value.flatMap(({ vg, lv }) => {
    const read = vgToRead(source, vg);
    if (!read.ok) return errorOutput(read.error, command.name);
    const group = read.value;
    const found = group.vg.lvs.find(({ name }) => name === lv);
    if (!found) return errorOutput({ code: 'lv-not-found', vg, lv }, command.name);
    const isUp = isLvActive(source, group, found);
    if (!known.previews) actAsSaid(line, engine, group, [found], isUp ? [found] : []);
    return isUp ? [] : complaints([`Logical volume ${vg}/${lv} is not active.`]);
  });
  await engine.source();
  return { status: output.length > 0 ? STATUS.failed : STATUS.done, output };
}

/** @param up of these; with `--poll y` what was begun of them goes on, and nobody waits for it */
function actAsSaid(
  line: LineReader,
  engine: CommandEngine,
  group: ScannedVg,
  volumes: readonly LogicalVolume[],
  up: readonly LogicalVolume[],
): void {
  if (line.has('test')) return;
  watchAsSaid(line, engine, group, volumes);
  if (line.yesNo('poll') !== true) return;
  for (const copying of conversionsOf(group.vg, up)) engine.copies.follow(copying);
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
    if (!read.ok) {
      return { status: STATUS.failed, output: errorOutput(read.error, command.name) };
    }
    const group = read.value;
    const { vg } = group;
    const up = vg.lvs.filter((lv) => isVisible(lv) && isLvActive(source, group, lv));
    const count = up.length;
    if (!known.previews) actAsSaid(line, engine, group, vg.lvs, up);
    if (count === 0 || !line.has('monitor')) return { status: STATUS.done, output: [] };
    const what = line.yesNo('monitor') ? 'monitored' : 'unmonitored';
    const text = `  ${count} logical volume(s) in volume group "${vg.name}" ${what}`;
    return { status: STATUS.done, output: [{ stream: 'stdout', text }] };
  });
  await engine.source();
  return {
    status: Math.max(STATUS.done, ...done.map(({ status }) => status)),
    output: done.flatMap(({ output }) => output),
  };
}
