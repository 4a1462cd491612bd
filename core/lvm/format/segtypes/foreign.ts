/** Every other type: read, reported and written back as it was, never run (reference 2.2, 2.6). */
import { extents } from '../../../base/units.ts';
import { U32_MAX } from '../config/fields.ts';
import { printConfig } from '../config/print.ts';
import type { ConfigEntry, ConfigScalar, ForeignSegment } from '../model.ts';
import { printRows } from './rows.ts';
import type { SegmentType } from './type.ts';

/** Lists that LVM writes over several lines, with the members of one line. */
const ROWS: ReadonlyMap<string, number> = new Map([
  ['raids', 2],
  ['raid0_lvs', 1],
  ['stripes', 2],
]);

/** Written between the extent count and the type. */
const ABOVE_TYPE = 'reshape_count';

export const foreign: SegmentType<ForeignSegment> = {
  kind: 'foreign',
  words: [],
  parse: (head, word, fields) => ({
    kind: 'foreign',
    ...head,
    type: word,
    entries: fields.rest(),
  }),
  word: (segment) => segment.type,
  printHead: ({ entries }) => printConfig(entries.filter(({ name }) => name === ABOVE_TYPE)),
  print: ({ entries }) =>
    entries
      .filter(({ name }) => name !== ABOVE_TYPE)
      .map(printEntry)
      .join(''),
  reportName: plainType,

  /** Pairs of a PV section and an extent, which are taken to share the length. */
  areas(segment, names) {
    return segment.entries.flatMap((entry) => {
      const pairs = pairsOf(entry);
      const count = extents(Math.ceil(segment.count / Math.max(1, pairs.length)));
      return pairs.flatMap(({ name, start }) => {
        const pvId = names.pvId(name);
        if (pvId === undefined) return [];
        return [{ on: 'pv', pvId, start, count, key: entry.name, exact: false }];
      });
    });
  },
};

/** The type without the words that newer features append: `raid5_ls+RESHAPE` is `raid5_ls`. */
export function plainType({ type }: ForeignSegment): string {
  const plus = type.indexOf('+');
  return plus < 0 ? type : type.slice(0, plus);
}

function printEntry(entry: ConfigEntry): string {
  const perRow = ROWS.get(entry.name);
  if (perRow === undefined || entry.kind !== 'value' || entry.value.kind !== 'array') {
    return printConfig([entry]);
  }
  return printRows(entry.name, entry.value.items, perRow);
}

/** Empty unless the whole list is pairs of a name and an extent. */
function pairsOf(entry: ConfigEntry) {
  const items: readonly ConfigScalar[] =
    entry.kind === 'value' && entry.value.kind === 'array' ? entry.value.items : [];
  const pairs = [];
  for (let at = 0; at < items.length; at += 2) {
    const [name, start] = [items[at], items[at + 1]];
    if (name?.kind !== 'string' || start?.kind !== 'int') return [];
    if (start.value < 0n || start.value > BigInt(U32_MAX)) return [];
    pairs.push({ name: name.value, start: extents(Number(start.value)) });
  }
  return pairs;
}
