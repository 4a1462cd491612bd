/** Lines of lvconvert about snapshots: those that merge, part, and come back. */
import { err, ok } from '../base/result.ts';
import type { LvconvertRequest } from '../lvm/ops/lvconvert.ts';
import {
  defined,
  lvOf,
  splitLvPath,
  syntax,
  unwantedOption,
  unwantedWord,
  vgName,
  type Known,
  type Parsed,
} from './command.ts';
import { flag, valued, type OptionSpec } from './getopt.ts';
import type { LineReader } from './line-reader.ts';
import { volumesOf } from './objects.ts';
import { CHUNK_SIZE, SNAPSHOT } from './snapshot-options.ts';
import { STATUS } from './output.ts';

export const OF_SNAPSHOTS: readonly OptionSpec[] = [
  flag('merge'),
  flag('mergesnapshot'),
  flag('splitsnapshot'),
  SNAPSHOT,
  CHUNK_SIZE,
  valued('zero', 'Z', 'y|n'),
];

/** How long somebody waits for a copy, and how often it is told. */
export const waiting = (line: LineReader) =>
  defined({
    background: line.has('background') ? (true as const) : undefined,
    interval: line.count('interval'),
    waitsFirst: line.text('interval')?.startsWith('+') === true ? (true as const) : undefined,
  });

const MERGES = ['merge', 'mergesnapshot'];

export const asksForSnapshots = (line: LineReader): boolean =>
  OF_SNAPSHOTS.some(({ long }) => line.has(long)) || line.text('type') === 'snapshot';

export function snapshotRequests(
  line: LineReader,
  known: Known,
): Parsed<readonly LvconvertRequest[]> {
  const merges = MERGES.find((option) => line.has(option));
  if (merges !== undefined) return merging(line, known, merges);
  if (line.has('splitsnapshot')) return splitting(line);
  const attaches = line.has('snapshot') || line.text('type') === 'snapshot';
  return attaches ? attaching(line) : syntax();
}

/** Options that other forms of the command have, and none of these. */
const OF_OTHERS = [
  ...['mirrors', 'splitmirrors', 'repair', 'stripes', 'stripesize', 'regionsize', 'startpoll'],
  ...['mirrorlog', 'corelog', 'name', 'chunksize', 'zero', 'type', 'snapshot'],
];
/** With one of these LVM takes the line for another form, and finds what asks for this strange. */
const LEADING = ['mirrorlog', 'corelog', 'mirrors', 'repair', 'splitmirrors'];

function strange(
  line: LineReader,
  form: string,
  own: readonly string[],
): Parsed<never> | undefined {
  const others = OF_OTHERS.filter((one) => !own.includes(one));
  const leading = LEADING.some((one) => others.includes(one) && line.has(one));
  if (leading) return unwantedOption(form);
  const found = others.find((one) => line.has(one));
  return found === undefined ? undefined : unwantedOption(found, line.text(found));
}

/** Each of the volumes that are named, of a group all. */
function merging(
  line: LineReader,
  known: Known,
  form: string,
): Parsed<readonly LvconvertRequest[]> {
  const odd = strange(line, form, ['type']);
  if (odd) return odd;
  if (line.has('type')) return syntax();
  if (line.words.length === 0) return syntax();
  if (form === 'mergesnapshot' && line.words.length > 1) {
    const why = 'One LV position arg is required.';
    return err({ kind: 'plain', status: STATUS.failed, why });
  }
  const to = {
    kind: 'merge',
    ...defined({
      any: form === 'merge' ? (true as const) : undefined,
      unrun: line.has('test') ? (true as const) : undefined,
    }),
  } as const;
  // A snapshot that waits to be merged is hidden, and still named.
  const volumes = volumesOf(line, known);
  if (!volumes.ok) return volumes;
  return ok(volumes.value.map((one) => ({ verb: 'lvconvert', ...one, to, ...waiting(line) })));
}

function splitting(line: LineReader): Parsed<readonly LvconvertRequest[]> {
  const odd = strange(line, 'splitsnapshot', []);
  if (odd) return odd;
  const [target, surplus] = line.words;
  if (target === undefined) return syntax();
  if (surplus !== undefined) return unwantedWord(surplus);
  const path = lvOf(target);
  if (!path.ok) return path;
  const force = defined({ force: line.has('force') ? (true as const) : undefined });
  return ok([{ verb: 'lvconvert', ...path.value, to: { kind: 'split-snapshot', ...force } }]);
}

/** The origin, then the volume that is to be the store; both may be in the first one's group. */
function attaching(line: LineReader): Parsed<readonly LvconvertRequest[]> {
  const odd = strange(line, 'snapshot', ['chunksize', 'zero', 'type', 'snapshot']);
  if (odd) return odd;
  const chunkSize = line.size(CHUNK_SIZE.long, 'k');
  const zero = line.yesNo('zero');
  const [origin, store, surplus] = line.words;
  if (origin === undefined || store === undefined) return syntax();
  if (surplus !== undefined) return unwantedWord(surplus);
  const [of, path] = [splitLvPath(origin), splitLvPath(store)];
  const vg = path?.vg ?? of?.vg;
  const lv = path?.lv ?? vgName(store);
  if (vg === undefined) {
    const why = `Cannot find VG name for LV ${store}.`;
    return err({ kind: 'plain', status: STATUS.failed, why });
  }
  const to = {
    kind: 'attach',
    origin: of?.lv ?? vgName(origin),
    ...defined({ chunkSize, unzeroed: zero === false ? (true as const) : undefined }),
  } as const;
  return ok([{ verb: 'lvconvert', vg, lv, to }]);
}
