import { ok } from '../../base/result.ts';
import type { PvmoveRequest } from '../../lvm/ops/pvmove.ts';
import {
  ALLOC,
  defined,
  misuse,
  splitLvPath,
  unwantedOption,
  type ChangeCommand,
  type Known,
  type Parsed,
} from '../command.ts';
import { flag, valued } from '../getopt.ts';
import type { LineReader } from '../line-reader.ts';
import { regionSetting } from '../mirror-options.ts';

export const pvmove: ChangeCommand = {
  name: 'pvmove',
  waits: true,
  about: 'Move extents from one PV to another',
  forms: ['PV', ''],
  options: [
    valued('name', 'n', 'LV'),
    ALLOC,
    flag('atomic'),
    flag('abort'),
    flag('background', 'b'),
    valued('interval', 'i', 'Number'),
    flag('noudevsync'),
  ],
  parse(line, known) {
    const requests = line.has('abort') ? abortions(line, known) : moves(line, known);
    return requests.ok ? line.requests(requests.value) : line.refuse(requests);
  },
};

const OF_MOVES = ['name', 'atomic', 'alloc'];

function unwanted(line: LineReader): Parsed<never> | undefined {
  const found = OF_MOVES.find((option) => line.has(option));
  return found === undefined ? undefined : unwantedOption(found, line.text(found));
}

function abortions(line: LineReader, known: Known): Parsed<readonly PvmoveRequest[]> {
  const [word] = line.words;
  const to = { kind: 'abort' } as const;
  // Nobody asks what else such a line says.
  if (word !== undefined) return ok([{ verb: 'pvmove', device: deviceOf(word), to }]);
  const odd = unwanted(line);
  if (odd) return odd;
  const moves = known.moves();
  return ok(
    groupsWith(known).flatMap((vg): readonly PvmoveRequest[] => {
      // Of a group that cannot be changed that is said, once.
      if (!known.isComplete(vg)) return [{ verb: 'pvmove', vg, to: { kind: 'poll' } }];
      const own = moves.filter((move) => move.vg === vg);
      return own.map((move) => ({ verb: 'pvmove', ...move, to }));
    }),
  );
}

/** Groups with moves, and those of which nobody can say that nothing moves, as LVM sees it. */
function groupsWith(known: Known): readonly string[] {
  const moving = new Set(known.moves().map(({ vg }) => vg));
  return known.vgs().filter((vg) => moving.has(vg) || !known.isComplete(vg));
}

function moves(line: LineReader, known: Known): Parsed<readonly PvmoveRequest[]> {
  const waiting = defined({
    background: line.has('background') ? (true as const) : undefined,
    interval: line.count('interval'),
    waitsFirst: line.text('interval')?.startsWith('+') === true ? (true as const) : undefined,
  });
  const [source, ...destinations] = line.words;
  if (source === undefined) {
    const to = { kind: 'poll' } as const;
    const all = groupsWith(known).map((vg) => ({ verb: 'pvmove', vg, to, ...waiting }) as const);
    return unwanted(line) ?? ok(all);
  }
  if (source.startsWith('@')) return misuse('Tags cannot be used with this command.');
  const device = deviceOf(source);
  const name = line.text('name');
  const named = name === undefined ? undefined : splitLvPath(name);
  const to = {
    kind: 'begin',
    ...defined({
      ranges: source === device ? undefined : source.slice(device.length),
      lv: name === undefined ? undefined : (named?.lv ?? name),
      group: named?.vg,
      destinations: destinations.length > 0 ? destinations : undefined,
      allocation: line.policy(),
      clingTags: line.clingTags(),
      atomic: line.has('atomic') ? (true as const) : undefined,
      regionSize: regionSetting(line),
    }),
  } as const;
  return ok([{ verb: 'pvmove', device, to, ...waiting }]);
}

/** Without the ranges of extents that may stand behind it. */
const deviceOf = (word: string): string => word.replace(/:.*$/, '');
