/** `info -c` and splitname: rows as a report, columns chosen and sorted. */
import { err, ok, type Result } from '../../base/result.ts';
import {
  dmFieldHelp,
  dmFieldsNamed,
  type DmField,
  type DmRow,
} from '../../report/dmsetup-fields.ts';
import { noNode } from '../../report/dmsetup.ts';
import type { LineReader } from '../line-reader.ts';

const DEFAULT = 'name,major,minor,attr,open,segments,events,uuid';
const SPLITNAME = 'vg_name,lv_name,lv_layer';

interface SortKey {
  readonly field: DmField;
  readonly descending: boolean;
}

interface Report {
  readonly fields: readonly DmField[];
  readonly keys: readonly SortKey[];
}

/** @returns `help` where it was asked for, or lines of what is wrong */
export function readReport(
  line: LineReader,
  verb: string,
): Result<Report | 'help', readonly string[]> {
  const standard = verb === 'splitname' ? SPLITNAME : DEFAULT;
  const wish = line.text('options');
  const text = wish?.startsWith('+') ? `${standard},${wish.slice(1)}` : (wish ?? standard);
  const names = text.split(',').filter((name) => name !== '');
  if (names.some((name) => name === 'help' || name === '?')) return ok('help');
  const fields: DmField[] = [];
  for (const name of names) {
    const found = dmFieldsNamed(name);
    if (!found) return err([...dmFieldHelp(), `Unrecognised field: ${name}`]);
    fields.push(...found.filter((field) => !fields.includes(field)));
  }
  const keys: SortKey[] = [];
  for (const word of (line.text('sort') ?? '').split(',').filter((one) => one !== '')) {
    const name = word.replace(/^[+-]/, '');
    const [field, ...others] = dmFieldsNamed(name) ?? [];
    if (!field || others.length > 0) {
      return err([...dmFieldHelp(), `Unrecognised field: ${name}`]);
    }
    keys.push({ field, descending: word.startsWith('-') });
  }
  return ok({ fields, keys });
}

/** The read-ahead of a device is asked of its node. */
export function withoutNode({ fields }: Report, rows: readonly DmRow[]): readonly string[] {
  if (!fields.some(({ name }) => name === 'read_ahead')) return [];
  return rows.flatMap(({ device: { name, live, inactive } }) =>
    live || inactive ? [] : [noNode(name)],
  );
}

export function reportLines(
  { fields, keys }: Report,
  rows: readonly DmRow[],
  line: LineReader,
): readonly string[] {
  const every = fields.some(({ name }) => name === 'selected');
  const taken = every ? rows : rows.filter(({ selected }) => selected !== false);
  if (taken.length === 0) return [];
  const prefixes = line.has('nameprefixes');
  const headings = !line.has('noheadings');
  const separator = line.text('separator') ?? (headings ? ' ' : ':');
  const aligned = headings && !prefixes && !line.has('separator');
  const cells = sorted(taken, keys).map((row) => fields.map((field) => field.value(row)));
  const shown = prefixes
    ? cells.map((row) => row.map((cell, at) => assigned(fields[at], cell, line)))
    : cells;
  const all = [...(headings ? [fields.map(({ heading }) => heading)] : []), ...shown];
  if (line.has('rows')) {
    return fields.map((_, at) => all.map((row) => row[at] ?? '').join(separator));
  }
  return aligned ? alignedLines(fields, all) : all.map((row) => row.join(separator));
}

/** `DM_NAME='top'`. */
function assigned(field: DmField | undefined, cell: string, line: LineReader): string {
  const quote = line.has('unquoted') ? '' : "'";
  return `DM_${field?.name.toUpperCase() ?? ''}=${quote}${cell}${quote}`;
}

function alignedLines(
  fields: readonly DmField[],
  lines: readonly (readonly string[])[],
): readonly string[] {
  const widths = fields.map(({ width }, at) =>
    Math.max(width, ...lines.map((cells) => cells[at]?.length ?? 0)),
  );
  return lines.map((cells, index) =>
    cells
      .map((cell, at) => {
        const right = index > 0 && fields[at]?.type !== 'string';
        const width = widths[at] ?? 0;
        return right ? cell.padStart(width) : cell.padEnd(width);
      })
      .join(' '),
  );
}

function sorted(rows: readonly DmRow[], keys: readonly SortKey[]): readonly DmRow[] {
  return rows.toSorted((a, b) => {
    for (const { field, descending } of keys) {
      const order = compare(field, field.value(a), field.value(b));
      if (order !== 0) return descending ? -order : order;
    }
    return 0;
  });
}

function compare({ type }: DmField, a: string, b: string): number {
  if (type !== 'string') return Number(a) - Number(b);
  return a < b ? -1 : a > b ? 1 : 0;
}
