/** Which groups or volumes a line is about: names, tags, and of those what its selection takes. */
import { err, ok } from '../base/result.ts';
import { invalidPath, isTooDeep, misuse, vgName, type Known, type Parsed } from './command.ts';
import type { LineReader } from './line-reader.ts';
import { STATUS } from './output.ts';

/** A line that says nothing of the kind is about nothing. */
export const namesObjects = (line: LineReader): boolean =>
  line.words.length > 0 || line.has('select');

/**
 * Groups by the names that operations take. Tags, or no words at all, are looked for in the order
 * in which LVM goes through the groups; names come as they were given.
 */
export function groupsOf(line: LineReader, known: Known): Parsed<readonly string[]> {
  const words = line.words.map(vgName);
  if (words.includes('@')) return misuse('Skipping invalid tag: @');
  const volume = words.find((word) => word.includes('/'));
  if (volume !== undefined) return misuse(`Invalid volume group name ${volume}.`);
  const tagged = words.flatMap((word) => (isTag(word) ? known.tagged('vg', word.slice(1)) : []));
  const named = words.filter((word) => !isTag(word));
  const wanted =
    words.length === 0
      ? known.vgs()
      : tagged.length === 0
        ? named
        : [...known.vgs().filter((vg) => [...tagged, ...named].includes(vg)), ...named];
  return chosen(line, known, 'vg', [...new Set(wanted)]);
}

export interface Named {
  readonly vg: string;
  readonly lv: string;
}

/**
 * Group by group, as LVM goes through them: the volumes that there are in the group's order, then
 * those that there are not. A group's name stands for all of its volumes, whatever else is named.
 */
export function volumesOf(line: LineReader, known: Known): Parsed<readonly Named[]> {
  const deep = line.words.find(isTooDeep);
  if (deep !== undefined) {
    return err({ kind: 'plain', status: STATUS.failed, why: invalidPath(deep) });
  }
  const named = expanded(line, known).map((word) => word.split('/'));
  const groups = new Set(named.map(([vg = '']) => vg));
  const all = [...groups].flatMap((vg): readonly string[] => {
    const present = known.lvsOf(vg);
    // That there is no such group is for the operation to say, and once.
    if (!present) return [`${vg}/`];
    const names = named.flatMap(([of, lv]) => (of === vg ? [lv] : []));
    const wanted = names.includes(undefined) ? present : names;
    const absent = wanted.filter((lv) => lv === undefined || !present.includes(lv));
    const order = [...present.filter((lv) => wanted.includes(lv)), ...absent];
    return [...new Set(order)].map((lv = '') => `${vg}/${lv}`);
  });
  const taken = chosen(line, known, 'lv', all);
  if (!taken.ok) return taken;
  return ok(
    taken.value.map((path) => {
      const [vg = '', lv = ''] = path.split('/');
      return { vg, lv };
    }),
  );
}

/** The words with groups and volumes in the place of tags; all groups where there are none. */
function expanded(line: LineReader, known: Known): readonly string[] {
  if (line.words.length === 0) return known.vgs();
  const words = line.words.filter((word) => word !== '@').map(vgName);
  const tags = words.filter(isTag).map((word) => word.slice(1));
  if (tags.length === 0) return words;
  const found = tags.flatMap((tag) => [...known.tagged('vg', tag), ...known.tagged('lv', tag)]);
  const all = [...found, ...words.filter((word) => !isTag(word))];
  const group = (word: string): string => word.split('/')[0] ?? '';
  const there = known.vgs();
  return [
    ...there.flatMap((vg) => all.filter((word) => group(word) === vg)),
    ...all.filter((word) => !there.includes(group(word))),
  ];
}

/** Said first of a tag without a name; it stands for no volume. */
export const emptyTag = (line: LineReader): readonly string[] =>
  line.words.includes('@') ? ['Skipping invalid tag @.'] : [];

const isTag = (word: string): boolean => word.startsWith('@');

/** What is not there is left to the operation, which says so. */
function chosen(
  line: LineReader,
  known: Known,
  kind: 'vg' | 'lv' | 'pv',
  names: readonly string[],
): Parsed<readonly string[]> {
  const text = line.text('select');
  if (text === undefined) return ok(names);
  const taken = known.selected(kind, text);
  if (!taken.ok) return taken;
  const isThere = (name: string): boolean => {
    const [vg = '', lv] = name.split('/');
    return lv === undefined ? known.lvsOf(vg) !== undefined : !!known.lvsOf(vg)?.includes(lv);
  };
  return ok(names.filter((name) => taken.value.has(name) || (kind !== 'pv' && !isThere(name))));
}

/** Paths of PVs: of those named, or of all, what the selection takes. */
export function devicesOf(line: LineReader, known: Known): Parsed<readonly string[]> {
  if (!line.has('select')) return ok(line.words);
  return chosen(line, known, 'pv', line.words.length > 0 ? line.words : known.pvs());
}
