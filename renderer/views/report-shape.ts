/** How a report is wanted: its columns, order and selection, and the command line that says so. */
import type { Reader } from '../state/remember.ts';

export const REPORTS = ['lvs', 'vgs', 'pvs', 'segments'] as const;
export type ReportName = (typeof REPORTS)[number];

export interface SortKey {
  readonly field: string;
  readonly descending: boolean;
}

export interface ReportShape {
  /** Names of fields, in the order of the columns. */
  readonly columns: readonly string[];
  /** The first one counts most; empty: LVM's own order. */
  readonly keys: readonly SortKey[];
  /** A selection of LVM, or a part of a name. */
  readonly wanted: string;
  /** Hidden volumes, or disks that are no PVs, as well. */
  readonly all: boolean;
}

const DEFAULTS: Readonly<Record<ReportName, string>> = {
  lvs: 'lv_name,vg_name,lv_attr,lv_size,seg_count,lv_layout,origin,copy_percent,lv_tags',
  vgs: 'vg_name,pv_count,lv_count,snap_count,vg_attr,vg_size,vg_free',
  pvs: 'pv_name,vg_name,pv_fmt,pv_attr,pv_size,pv_free',
  segments: 'lv_name,vg_name,seg_start_pe,seg_size_pe,segtype,stripes,stripe_size,seg_pe_ranges',
};

/** The field that a part of a name is looked for in. */
const NAMES: Readonly<Record<ReportName, string>> = {
  lvs: 'lv_name',
  vgs: 'vg_name',
  pvs: 'pv_name',
  segments: 'lv_name',
};

export const firstShape = (report: ReportName): ReportShape => ({
  columns: DEFAULTS[report].split(','),
  keys: [],
  wanted: '',
  all: false,
});

/** What `-S` takes: a part of a name becomes a question for the name. */
export function selectionOf(report: ReportName, wanted: string): string {
  const plain = wanted.trim();
  if (plain === '' || /[=<>!~&|(){}[\]]/.test(plain)) return plain;
  const literal = plain.replaceAll('"', '').replace(/[.*+?^$\\]/g, '\\$&');
  return `${NAMES[report]}=~"${literal}"`;
}

/** The words of the command line that prints the same. */
export function reportWords(report: ReportName, shape: ReportShape): readonly string[] {
  const selection = selectionOf(report, shape.wanted);
  const keys = shape.keys.map(({ field, descending }) => `${descending ? '-' : ''}${field}`);
  return [
    ...(report === 'segments' ? ['lvs', '--segments'] : [report]),
    ...(shape.all && report !== 'vgs' ? ['-a'] : []),
    '-o',
    shape.columns.join(','),
    ...(keys.length > 0 ? ['-O', keys.join(',')] : []),
    ...(selection === '' ? [] : ['-S', selection]),
  ];
}

/** As a shell needs it. */
export const lineOf = (words: readonly string[]): string =>
  words
    .map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`))
    .join(' ');

/** The next order of a column: up, down, none; `more` keeps the other keys. */
export function sortedBy(shape: ReportShape, field: string, more: boolean): ReportShape {
  const known = shape.keys.find((key) => key.field === field);
  const others = more ? shape.keys.filter((key) => key.field !== field) : [];
  if (known?.descending) return { ...shape, keys: others };
  const key = { field, descending: known !== undefined };
  // A key that turns round keeps its rank.
  const keys = known
    ? shape.keys.map((one) => (one === known ? key : one)).filter((one) => more || one === key)
    : [...others, key];
  return { ...shape, keys };
}

/** The column by so many places to the right; at the edge it stays. */
export function moved(shape: ReportShape, field: string, by: number): ReportShape {
  const from = shape.columns.indexOf(field);
  const to = Math.min(shape.columns.length - 1, Math.max(0, from + by));
  if (from < 0 || to === from) return shape;
  const columns = shape.columns.toSpliced(from, 1).toSpliced(to, 0, field);
  return { ...shape, columns };
}

/** With the column at the end, or without it; the last one stays. */
export function toggled(shape: ReportShape, field: string): ReportShape {
  if (!shape.columns.includes(field)) return { ...shape, columns: [...shape.columns, field] };
  if (shape.columns.length === 1) return shape;
  return { ...shape, columns: shape.columns.filter((one) => one !== field) };
}

const MOST_COLUMNS = 300;

const isName = (value: unknown): value is string =>
  typeof value === 'string' && /^[a-z][a-z0-9_]{0,63}$/.test(value);

/** Fields may have gone since: the engine says so, and a reset helps. */
export const readShape: Reader<ReportShape> = (stored) => {
  if (typeof stored !== 'object' || stored === null) return undefined;
  const { columns, keys, wanted, all } = stored as Record<string, unknown>;
  if (!Array.isArray(columns) || columns.length === 0 || columns.length > MOST_COLUMNS) {
    return undefined;
  }
  if (!columns.every(isName) || new Set(columns).size !== columns.length) return undefined;
  const read = Array.isArray(keys) ? keys.map(readKey) : [undefined];
  if (!read.every((key) => key !== undefined)) return undefined;
  if (typeof wanted !== 'string' || typeof all !== 'boolean') return undefined;
  return { columns, keys: read, wanted, all };
};

function readKey(stored: unknown): SortKey | undefined {
  if (typeof stored !== 'object' || stored === null) return undefined;
  const { field, descending } = stored as Record<string, unknown>;
  return isName(field) && typeof descending === 'boolean' ? { field, descending } : undefined;
}
