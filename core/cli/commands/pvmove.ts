import { err, ok } from '../../base/result.ts';
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
  const odd = unwanted(line);
  if (odd) return odd;
  const [word, ...rest] = line.words;
  if (rest.length > 0) return err({ kind: 'unwanted', what: `argument: ${rest[0] ?? ''}` });
  const to = { kind: 'abort' } as const;
  if (word !== undefined) return ok([{ verb: 'pvmove', device: word, to }]);
  return ok(known.moves().map((move) => ({ verb: 'pvmove', ...move, to })));
}

function moves(line: LineReader, known: Known): Parsed<readonly PvmoveRequest[]> {
  const waiting = defined({
    background: line.has('background') ? (true as const) : undefined,
    interval: line.count('interval'),
    waitsFirst: line.text('interval')?.startsWith('+') === true ? (true as const) : undefined,
  });
  const [source, ...destinations] = line.words;
  if (source === undefined) {
    const groups = [...new Set(known.moves().map(({ vg }) => vg))];
    const to = { kind: 'poll' } as const;
    const all = groups.map((vg) => ({ verb: 'pvmove', vg, to, ...waiting }) as const);
    return unwanted(line) ?? ok(all);
  }
  if (source.startsWith('@')) return misuse('Tags cannot be used with this command.');
  const colon = source.indexOf(':');
  const device = colon < 0 ? source : source.slice(0, colon);
  const name = line.text('name');
  const named = name === undefined ? undefined : splitLvPath(name);
  const to = {
    kind: 'begin',
    ...defined({
      ranges: colon < 0 ? undefined : source.slice(colon),
      lv: name === undefined ? undefined : (named?.lv ?? name),
      destinations: destinations.length > 0 ? destinations : undefined,
      allocation: line.policy(),
      clingTags: line.clingTags(),
      atomic: line.has('atomic') ? (true as const) : undefined,
    }),
  } as const;
  return ok([{ verb: 'pvmove', device, to, ...waiting }]);
}
