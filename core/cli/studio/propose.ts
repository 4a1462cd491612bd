/** `propose`: moves that would fulfil a wish, before and after, and the lines that make them. */
import { err, ok, type Result } from '../../base/result.ts';
import type { MoveWish } from '../../contract/moves.ts';
import { proposeMoves } from '../../engine/propose-moves.ts';
import { proposalText } from '../../report/move-map.ts';
import { splitLvPath } from '../command.ts';
import { flag, parseOptions, valued } from '../getopt.ts';
import { printed, refused, STATUS } from '../output.ts';
import { failed, previewOf, type StudioCommand } from './studio-command.ts';

const OPTIONS = [
  flag('json'),
  flag('together'),
  flag('help', 'h'),
  valued('to', undefined, 'Extents'),
  valued('extents', undefined, 'First-Last'),
];

const HELP: readonly string[] = [
  '  propose - Find moves that fulfil a wish; nothing is moved',
  '',
  '  propose empty PV [PV[:PE[-PE]]...]         everything off a PV, to anywhere or there',
  '  propose contiguous VG/LV                   a volume in one piece',
  '        [ --extents LE-LE ]                  or a part of it',
  '  propose compact PV [ --to PE ]             a PV that can shrink to so many extents',
  '  propose spread VG/LV PV...                 a volume on these PVs alone, evenly',
  '  propose run PV:PE[-PE] PV[:PE]             these extents to another PV, or to that place',
  '        [ --together ]   stripes of a volume, or log and leg of a mirror, may share a PV',
  '        [ --json ]       the proposal for programs',
  '',
  '  It prints the PVs before and after, and the pvmove lines to run one after the other.',
];

const USAGE = 'propose empty|contiguous|compact|spread|run ...: see propose --help';

export const propose: StudioCommand = {
  name: 'propose',

  async run(args, engine) {
    if (args.includes('--help')) return printed(HELP);
    const line = readLine(args);
    if (!line.ok) return refused(STATUS.usage, [`  ${line.error}`]);
    const { wish, json } = line.value;
    const { scan } = await engine.source();
    const found = proposeMoves(scan, wish);
    if (!found.ok) return failed('propose', found.error);
    if (json) return printed(JSON.stringify(found.value, undefined, 2).split('\n'));
    return printed(proposalText(found.value).map((text) => `  ${text}`));
  },

  preview: (argv) => Promise.resolve(previewOf(argv, readLine(argv.slice(1)))),
};

interface ProposeLine {
  readonly wish: MoveWish;
  readonly json: boolean;
}

/** The error is a clause. */
function readLine(args: readonly string[]): Result<ProposeLine, string> {
  const options = parseOptions(args, OPTIONS);
  if (!options.ok) return err(`propose: ${options.error.why}`);
  const { positionals, values } = options.value;
  const wish = wishOf(positionals, {
    to: values.get('to')?.at(-1),
    extents: values.get('extents')?.at(-1),
  });
  if (!wish) return err(USAGE);
  const together = values.has('together');
  return ok({ wish: { ...wish, ...(together ? { together } : {}) }, json: values.has('json') });
}

interface Numbers {
  readonly to: string | undefined;
  readonly extents: string | undefined;
}

/** Undefined: the words make no sense. */
function wishOf([kind, ...words]: readonly string[], numbers: Numbers): MoveWish | undefined {
  const [object = '', ...rest] = words;
  if (object === '' || (numbers.to !== undefined && kind !== 'compact')) return undefined;
  if (numbers.extents !== undefined && kind !== 'contiguous') return undefined;
  switch (kind) {
    case 'empty':
      return { kind, device: object, ...(rest.length > 0 ? { to: rest } : {}) };
    case 'compact': {
      const { to } = numbers;
      if (rest.length > 0 || (to !== undefined && !isCount(to))) return undefined;
      return { kind, device: object, ...(to === undefined ? {} : { to: Number(to) }) };
    }
    case 'contiguous': {
      if (rest.length > 0 || !splitLvPath(object)) return undefined;
      if (numbers.extents === undefined) return { kind, volume: object };
      const part = rangeOf(numbers.extents);
      return part && { kind, volume: object, part };
    }
    case 'spread':
      return rest.length > 0 && splitLvPath(object)
        ? { kind, volume: object, over: rest }
        : undefined;
    case 'run':
      return runWish(object, rest);
    default:
      return undefined;
  }
}

function runWish(source: string, [target, ...surplus]: readonly string[]): MoveWish | undefined {
  const [device, range] = splitPlace(source);
  const from = range === undefined ? undefined : rangeOf(range);
  const [to, first] = splitPlace(target ?? '');
  if (!from || to === '' || surplus.length > 0) return undefined;
  if (first !== undefined && !isCount(first)) return undefined;
  const place = { device: to, ...(first === undefined ? {} : { first: Number(first) }) };
  return { kind: 'run', device, ...from, to: place };
}

/** `/dev/sda:4-9` is the device and what stands behind the colon. */
function splitPlace(word: string): readonly [string, string?] {
  const at = word.indexOf(':');
  return at < 0 ? [word] : [word.slice(0, at), word.slice(at + 1)];
}

const isCount = (text: string): boolean => /^\d{1,10}$/.test(text);

/** `4-9` is six extents, `4` is one. */
function rangeOf(text: string): { readonly first: number; readonly count: number } | undefined {
  const [, first, last] = /^(\d{1,10})(?:-(\d{1,10}))?$/.exec(text) ?? [];
  if (first === undefined) return undefined;
  const count = Number(last ?? first) - Number(first) + 1;
  return count < 1 ? undefined : { first: Number(first), count };
}
