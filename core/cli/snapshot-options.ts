/** Lines of lvcreate that ask for a snapshot: of which volume, and in which chunks. */
import { err, ok } from '../base/result.ts';
import type { Sectors } from '../base/units.ts';
import type { SnapshotWish } from '../lvm/ops/lvcreate.ts';
import {
  defined,
  invalidPath,
  isTooDeep,
  misuse,
  splitLvPath,
  syntax,
  unwantedOption,
  vgName,
  type Parsed,
} from './command.ts';
import { flag, valued, type OptionSpec } from './getopt.ts';
import type { LineReader } from './line-reader.ts';
import { STATUS } from './output.ts';

export const SNAPSHOT = flag('snapshot', 's');
export const CHUNK_SIZE = valued('chunksize', 'c', 'Size[k|UNIT]');
export const VIRTUAL_SIZE = valued('virtualsize', 'V', 'Size[m|UNIT]');
/** An older word for the size of what a snapshot of nothing is taken of. */
export const VIRTUAL_ORIGIN_SIZE: OptionSpec = {
  ...valued('virtualoriginsize', undefined, 'Size[m|UNIT]'),
  unlisted: true,
};
export const OF_SNAPSHOTS: readonly OptionSpec[] = [
  SNAPSHOT,
  CHUNK_SIZE,
  VIRTUAL_SIZE,
  VIRTUAL_ORIGIN_SIZE,
];

/** 4 KiB to 512 KiB, in sectors. */
const [LEAST_CHUNK, MOST_CHUNK] = [8, 1024];

/** Whether a line is about a snapshot; LVM takes `-s -V` for a thin volume. */
export const asksForSnapshot = (line: LineReader, type: string | undefined): boolean =>
  type === 'snapshot' || (type === undefined && line.has('snapshot') && !line.has('virtualsize'));

export interface SnapshotPlace {
  readonly vg: string;
  readonly name?: string;
  readonly snapshot: SnapshotWish;
}

/** @param unbuilt options of a line of lvcreate that are of other types */
export function newSnapshot(
  line: LineReader,
  unbuilt: readonly OptionSpec[],
): Parsed<SnapshotPlace> {
  const chunk = line.size(CHUNK_SIZE.long, 'k');
  const virtual = line.size(VIRTUAL_SIZE.long) ?? line.size(VIRTUAL_ORIGIN_SIZE.long);
  const other = unbuilt.find(({ long }) => line.has(long));
  if (other) return unwantedOption(other.long, line.text(other.long));
  if (line.has('mirrors')) return unwantedOption(SNAPSHOT.long);
  const [target] = line.words;
  if (target === undefined) return syntax();
  if (virtual === 0) return misuse('--virtualsize may not be zero.');
  const odd = unsupported(line) ?? wrongChunk(chunk);
  if (odd) return odd;
  const place = virtual === undefined ? ofOrigin(target, line) : ofNothing(target, line);
  if (!place.ok) return place;
  const { vg, name, origin } = place.value;
  if (!line.has('size') && !line.has('extents')) {
    if (virtual !== undefined) return syntax();
    const why = 'Please specify either size or extents with snapshots.';
    return err({ kind: 'plain', status: STATUS.failed, why });
  }
  const chunkSize = defined({ chunkSize: chunk });
  const of = virtual === undefined ? { origin } : { virtualSize: virtual };
  return ok({ vg, ...defined({ name }), snapshot: { ...of, ...chunkSize } });
}

/** What is cleared of a store is not for the line to say. */
function unsupported(line: LineReader): Parsed<never> | undefined {
  const option = ['zero', 'wipesignatures'].find((one) => line.has(one));
  if (option === undefined) return undefined;
  return misuse(`Option --${option} is unsupported with snapshots.`);
}

function wrongChunk(chunk: Sectors | undefined): Parsed<never> | undefined {
  if (chunk === undefined) return undefined;
  if (chunk === 0) return misuse('--chunksize may not be zero.');
  const fits = chunk >= LEAST_CHUNK && chunk <= MOST_CHUNK && Number.isInteger(Math.log2(chunk));
  return fits ? undefined : misuse('Chunk size must be a power of 2 in the range 4K to 512K.');
}

interface Named {
  readonly vg: string;
  readonly name?: string;
  readonly origin: string;
}

/** `vg/home`, or `home` beside `-n vg/snap`. */
function ofOrigin(target: string, line: LineReader): Parsed<Named> {
  const given = nameOf(line);
  if (!given.ok) return given;
  const path = splitLvPath(target);
  const vg = path?.vg ?? given.value.vg;
  if (isTooDeep(target)) return misuse(invalidPath(target));
  if (vg === undefined) return misuse('The origin name should include the volume group.');
  if (path && given.value.vg !== undefined && path.vg !== given.value.vg) {
    const both = `("${path.vg}" or "${given.value.vg}")`;
    return misuse(`Please use a single volume group name ${both}.`);
  }
  return ok({ vg, ...defined({ name: given.value.name }), origin: path?.lv ?? vgName(target) });
}

/** The group alone. */
function ofNothing(target: string, line: LineReader): Parsed<Named> {
  const given = nameOf(line);
  if (!given.ok) return given;
  const vg = vgName(target);
  if (vg.includes('/')) return misuse('Volume group name expected (no slash)');
  return ok({ vg, ...defined({ name: given.value.name }), origin: '' });
}

/** What `-n` says: a name, or a group and a name. */
function nameOf(line: LineReader): Parsed<{ readonly vg?: string; readonly name?: string }> {
  const text = line.text('name');
  if (text === undefined) return ok({});
  if (isTooDeep(text)) return misuse(invalidPath(text));
  const path = splitLvPath(text);
  return ok(path ? { vg: path.vg, name: path.lv } : { name: text });
}
