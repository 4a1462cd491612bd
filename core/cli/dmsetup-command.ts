/** dmsetup: ls, ls --tree, table, status, info, deps (reference 14). */
import type { CommandResult } from '../contract/api.ts';
import type { DmDeviceState } from '../contract/state.ts';
import type { CommandEngine } from '../engine/types.ts';
import { depsLines, infoColumns, infoLines, lsLines, targetLines } from '../report/dmsetup.ts';
import { treeLines } from '../report/dmsetup-tree.ts';
import { COMMON } from './command.ts';
import { flag, parseOptions, repeated, valued } from './getopt.ts';
import { LineReader } from './line-reader.ts';
import { printed, refused, STATUS } from './output.ts';

const OPTIONS = [
  ...COMMON,
  flag('tree'),
  flag('inactive'),
  repeated(flag('columns', 'c')),
  repeated(flag('columns', 'C')),
  repeated(valued('options', 'o', 'String')),
];

type View = (devices: readonly DmDeviceState[], line: LineReader) => readonly string[];

const named = (line: LineReader): boolean => line.words.length > 0;

/** To add a view: a function in core/report, one line here. */
const VIEWS: Readonly<Record<string, View>> = {
  ls: (devices, line) => (line.has('tree') ? tree(devices, line) : lsLines(devices)),
  table: (devices, line) => targetLines(devices, 'table', named(line), line.has('inactive')),
  status: (devices, line) => targetLines(devices, 'status', named(line)),
  info: (devices, line) => (line.has('columns') ? infoColumns(devices) : infoLines(devices)),
  deps: (devices, line) => depsLines(devices, named(line)),
};

function tree(devices: readonly DmDeviceState[], line: LineReader): readonly string[] {
  const options = (line.text('options') ?? '').split(',');
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
  const options = parseOptions(rest, OPTIONS);
  if (!options.ok) return refused(STATUS.usage, [`dmsetup: ${options.error.why}`]);
  const line = new LineReader(options.value, `dmsetup ${verb}`);
  const { devices } = await engine.source();
  if (!named(line)) {
    return printed(devices.length === 0 ? ['No devices found'] : view(devices, line));
  }
  const wanted = devices.filter(({ name }) => line.words.includes(name));
  if (wanted.length < line.words.length) {
    return refused(1, ['Device does not exist.', 'Command failed.']);
  }
  return printed(view(wanted, line));
}
