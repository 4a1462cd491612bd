/** A report as lines: a table, or JSON. LVM's two blanks stand in front of every line. */
import { printable, printableJson } from '../base/printable.ts';
import type { Field } from './fields.ts';
import type { Report } from './lvm-report.ts';
import type { Cell } from './value.ts';

export interface TextStyle {
  /** `abbrev` is what LVM prints by default; `full`: names of fields. */
  readonly headings: 'none' | 'abbrev' | 'full';
  readonly separator: string;
  readonly aligned: boolean;
  /** `LVM2_VG_NAME='vg'`. */
  readonly prefixes: boolean;
  readonly quoted: boolean;
  /** A line for each column instead of each row. */
  readonly turned: boolean;
  /** `--unbuffered`: every row is as wide as itself, the headings as the first. */
  readonly rowByRow: boolean;
}

export type JsonFormat = 'json' | 'json_std';

const INDENT = '  ';

/**
 * No lines at all, not even headings, when there are no rows.
 *
 * @param whenEmpty the headings also then
 */
export function tableLines(report: Report, style: TextStyle, whenEmpty = false): readonly string[] {
  const { fields } = report;
  if (report.rows.length === 0 && !whenEmpty) return [];
  const rows = report.rows.map((row) => row.map(({ text }) => ({ text: printable(text) })));
  const headings = fields.map((field) => (style.headings === 'full' ? field.name : field.heading));
  const texts = rows.map((row) =>
    row.map(({ text }, at) => (style.prefixes ? named(fields[at], text, style) : text)),
  );
  const line = (words: readonly string[]): string => INDENT + words.join(style.separator);
  if (style.turned) {
    return fields.map((_field, at) => {
      const values = texts.map((row) => row[at] ?? '');
      return line(style.headings === 'none' ? values : [headings[at] ?? '', ...values]);
    });
  }
  const shown = style.headings === 'none' ? [] : [headings];
  if (!style.aligned || style.prefixes) return [...shown, ...texts].map(line);
  const least = fields.map((field) => leastWidth(field, style));
  const widthsFor = (some: typeof rows): readonly number[] =>
    least.map((width, at) =>
      some.reduce((most, row) => Math.max(most, row[at]?.text.length ?? 0), width),
    );
  const widths = widthsFor(style.rowByRow ? rows.slice(0, 1) : rows);
  return [
    ...shown.map((words) => line(words.map((word, at) => left(word, widths[at] ?? 0)))),
    ...rows.map((row) => {
      const own = style.rowByRow ? widthsFor([row]) : widths;
      return line(
        row.map(({ text }, at) =>
          isRight(fields[at]) ? text.padStart(own[at] ?? 0) : left(text, own[at] ?? 0),
        ),
      );
    }),
  ];
}

const left = (word: string, width: number): string => word.slice(0, width).padEnd(width);

/** Numbers and sizes stand at the right; percentages and times do not. */
const isRight = (field: Field | undefined): boolean =>
  field?.type === 'number' || field?.type === 'size';

function leastWidth(field: Field, { headings }: TextStyle): number {
  const least = field.width === 0 ? field.heading.length : field.width;
  return Math.max(least, headings === 'full' ? field.name.length : 0);
}

function named(field: Field | undefined, text: string, { quoted }: TextStyle): string {
  const quote = quoted ? "'" : '';
  return `LVM2_${(field?.name ?? '').toUpperCase()}=${quote}${text}${quote}`;
}

/** A report with the name of its objects: `vg`, `lv`. */
export interface NamedReport {
  readonly name: string;
  readonly report: Report;
}

/**
 * @param groups of reports that belong together: one of `vgs`, several of each group of fullreport;
 * undefined: a command that makes none.
 * @param log the command's own log, where one is kept.
 */
export function jsonLines(
  groups: readonly (readonly NamedReport[])[] | undefined,
  format: JsonFormat,
  log?: Report,
): readonly string[] {
  const out = ['{', ...(groups ? reportLines(groups, format) : [])];
  if (log) {
    const comma = groups ? [`${blanks(4)},`] : [];
    out.push(...comma, `${blanks(4)}"log": [`, ...jsonRows(log, format, 8), `${blanks(4)}]`);
  }
  out.push('}');
  return out.map((line) => INDENT + line);
}

function reportLines(
  groups: readonly (readonly NamedReport[])[],
  format: JsonFormat,
): readonly string[] {
  const out: string[] = ['    "report": ['];
  for (const [at, group] of groups.entries()) {
    if (at > 0) out.push(`${blanks(8)},`);
    out.push(`${blanks(8)}{`);
    for (const [index, { name, report }] of group.entries()) {
      if (index > 0) out.push(`${blanks(12)},`);
      out.push(`${blanks(12)}"${name}": [`, ...jsonRows(report, format, 16), `${blanks(12)}]`);
    }
    out.push(`${blanks(8)}}`);
  }
  out.push(`${blanks(4)}]`);
  return out;
}

const blanks = (count: number): string => ' '.repeat(count);

function jsonRows({ fields, rows }: Report, format: JsonFormat, indent: number): readonly string[] {
  return rows.map((row, index) => {
    const pairs = row.map((cell, at) => jsonPair(fields[at], cell, format));
    const comma = index < rows.length - 1 ? ',' : '';
    return `${blanks(indent)}{${pairs.join(', ')}}${comma}`;
  });
}

function jsonPair(field: Field | undefined, cell: Cell, format: JsonFormat): string {
  const value = format === 'json' ? printableJson(cell.text) : typed(field, cell);
  return `"${field?.name ?? ''}":${value}`;
}

/** Numbers without quotes, lists as lists, `null` for what there is not. */
function typed(field: Field | undefined, { text, key, shown }: Cell): string {
  if (shown) return `[${shown.map(printableJson).join(',')}]`;
  if (field?.type !== 'number' && field?.type !== 'percent') return printableJson(text);
  if (key === Number.POSITIVE_INFINITY) return 'null';
  return /^-?\d+(\.\d+)?$/.test(text) ? text : printableJson(text);
}
