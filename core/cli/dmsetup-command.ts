/** dmsetup: ls, ls --tree, table, status, info, deps (reference 14). */
import type { CommandResult } from '../contract/api.ts';
import type { DmDeviceState } from '../contract/state.ts';
import type { CommandEngine } from '../engine/types.ts';
import { depsLines, infoColumns, infoLines, lsLines, targetLines } from '../report/dmsetup.ts';
import { treeLines } from '../report/dmsetup-tree.ts';
import { COMMON, flag, last, times, valued } from './command.ts';
import { parseOptions, type ParsedOptions } from './getopt.ts';
import { printed, refused, STATUS } from './output.ts';

const OPTIONS = [
  ...COMMON,
  flag('tree'),
  flag('inactive'),
  flag('columns', 'c'),
  flag('columns', 'C'),
  valued('options', 'o'),
];

type View = (devices: readonly DmDeviceState[], line: ParsedOptions) => readonly string[];

const named = (line: ParsedOptions): boolean => line.positionals.length > 0;

/** To add a view: a function in core/report, one line here. */
const VIEWS: Readonly<Record<string, View>> = {
  ls: (devices, line) => (times(line, 'tree') > 0 ? tree(devices, line) : lsLines(devices)),
  table: (devices, line) => targetLines(devices, 'table', named(line), times(line, 'inactive') > 0),
  status: (devices, line) => targetLines(devices, 'status', named(line)),
  info: (devices, line) => (times(line, 'columns') > 0 ? infoColumns(devices) : infoLines(devices)),
  deps: (devices, line) => depsLines(devices, named(line)),
};

function tree(devices: readonly DmDeviceState[], line: ParsedOptions): readonly string[] {
  const options = (last(line, 'options') ?? '').split(',');
  const glyphs = options.includes('utf') ? 'utf' : 'ascii';
  return treeLines(devices, glyphs, options.includes('inverted'));
}

export async function runDmsetup(
  args: readonly string[],
  engine: CommandEngine,
): Promise<CommandResult> {
  const [verb = '', ...rest] = args;
  const view = Object.hasOwn(VIEWS, verb) ? VIEWS[verb] : undefined;
  if (!view) {
    const known = Object.keys(VIEWS).join(', ');
    return refused(STATUS.usage, [`dmsetup: unknown command "${verb}"; there are ${known}`]);
  }
  const line = parseOptions(rest, OPTIONS);
  if (!line.ok) return refused(STATUS.usage, [`dmsetup: ${line.error}`]);
  const { devices } = await engine.source();
  if (!named(line.value)) {
    return printed(devices.length === 0 ? ['No devices found'] : view(devices, line.value));
  }
  const wanted = devices.filter(({ name }) => line.value.positionals.includes(name));
  if (wanted.length < line.value.positionals.length) {
    return refused(1, ['Device does not exist.', 'Command failed.']);
  }
  return printed(view(wanted, line.value));
}
