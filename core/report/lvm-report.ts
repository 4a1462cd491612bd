/** A report as it is asked for: fields, rows, selection and order; the text is made elsewhere. */
import { err, ok, type Result } from '../base/result.ts';
import {
  chooseFields,
  SELECTED,
  type Choice,
  type FieldWishes,
  type ReportKind,
  type SortKey,
} from './choose-fields.ts';
import type { Section } from './columns.ts';
import { fieldHelp } from './field-help.ts';
import type { Field, Row } from './fields.ts';
import { compareText } from './order.ts';
import { rowKind, rowsOf, type RowKind, type RowWish } from './report-rows.ts';
import { parseSelection, selectionHelp, type CellOf, type Selection } from './selection.ts';
import { DEFAULT_UNITS } from './size-text.ts';
import type { ReportSource } from './source.ts';
import { cellOf, type Cell, type CellStyle } from './value.ts';

export interface ReportWishes extends FieldWishes, RowWish {
  readonly kind: ReportKind;
  /** `-S`. */
  readonly selection?: string;
  readonly style: CellStyle;
  /** False: rows in the order LVM comes upon them (`--unbuffered`). */
  readonly sorted: boolean;
}

/** What a report says: its columns, and for every row a cell of each. */
export interface Report {
  readonly fields: readonly Field[];
  readonly rows: readonly (readonly Cell[])[];
  /** LVM's lines about the report, for the error stream. */
  readonly said: readonly string[];
  /** `-o help`, `-S help`: nothing but what was said. */
  readonly help: boolean;
  /** What there is a row for; of labels no group was read. */
  readonly rowKind: RowKind;
}

/** On refusal the lines that LVM prints. */
export function makeReport(
  source: ReportSource,
  wishes: ReportWishes,
): Result<Report, readonly string[]> {
  const chosen = chooseFields(wishes.kind, wishes);
  if (!chosen.ok) return chosen;
  const choice = chosen.value;
  if (choice.help) return ok(helpOnly([...fieldHelp(wishes.kind), ' ']));
  const { selection = '' } = wishes;
  if (selection === 'help' || selection === '?') return ok(helpOnly(selectionHelp(wishes.kind)));
  const selected = parseSelection(wishes.kind, selection, source.now);
  if (!selected.ok) return selected;

  const sections = new Set(choice.sections);
  for (const { section } of selected.value?.fields ?? []) {
    if (section !== 'special') sections.add(section);
  }
  const kind = rowKind(wishes.kind, sections);
  if (!kind.ok) return err([...choice.said, kind.error]);
  const { style, sorted } = wishes;
  const rows = rowsOf(wishes.kind, kind.value, source, wishes);
  const table = tableOfRows(rows, choice, { selection: selected.value, style, sorted });
  return ok({ ...table, rowKind: kind.value });
}

/** Rows that were chosen become cells, are selected and are brought into their order. */
export function tableOfRows(
  rows: readonly Row[],
  choice: Choice,
  how: Pick<ReportWishes, 'style' | 'sorted'> & { readonly selection: Selection | undefined },
): Omit<Report, 'rowKind'> {
  const lines = rows.map((row) => new Line(row, how.style));
  if (how.selection) {
    const { matches } = how.selection;
    for (const line of lines) line.selected = matches(line.cell);
  }
  const shown = choice.fields.includes(SELECTED) ? lines : lines.filter((one) => one.selected);
  if (how.sorted) sortLines(shown, choice.keys);
  return tableOf(choice, shown);
}

/** The rows that a selection takes, for what is shown otherwise than in columns. */
export function selectRows(
  source: ReportSource,
  kind: ReportKind,
  wish: RowWish,
  selection = '',
): Result<readonly Row[], readonly string[]> {
  const selected = parseSelection(kind, selection, source.now);
  if (!selected.ok) return selected;
  const sections = new Set(sectionsOf(kind));
  for (const { section } of selected.value?.fields ?? []) {
    if (section !== 'special') sections.add(section);
  }
  const rows = rowKind(kind, sections);
  if (!rows.ok) return err([rows.error]);
  const all = rowsOf(kind, rows.value, source, wish);
  if (!selected.value) return ok(all);
  const { matches } = selected.value;
  return ok(all.filter((row) => matches(new Line(row, PLAIN).cell)));
}

/** A PV is shown whole, with what its group knows of it. */
const sectionsOf = (kind: ReportKind): readonly Section[] => (kind === 'pv' ? ['pv'] : [kind]);
const PLAIN: CellStyle = { units: DEFAULT_UNITS, suffix: true, binary: false };

export const helpOnly = (said: readonly string[]): Report => ({
  fields: [],
  rows: [],
  said,
  help: true,
  rowKind: 'label',
});

function tableOf(choice: Choice, lines: readonly Line[]): Omit<Report, 'rowKind'> {
  const rows = lines.map((line) => choice.fields.map((field) => line.cell(field)));
  const empty = choice.fields.map(
    (field, at) => choice.compact.has(field) && rows.every((row) => row[at]?.text === ''),
  );
  const kept = <T>(items: readonly T[]): readonly T[] => items.filter((_item, at) => !empty[at]);
  const { said } = choice;
  return { fields: kept(choice.fields), rows: rows.map(kept), said, help: false };
}

/** A row with the cells made so far: a field is asked once, for whatever it is needed. */
class Line {
  /** Whether the selection takes it. */
  selected = true;
  private readonly cells = new Map<Field, Cell>();

  constructor(
    private readonly row: Row,
    private readonly style: CellStyle,
  ) {}

  readonly cell: CellOf = (field) => {
    if (field === SELECTED) {
      return { text: this.selected ? '1' : '0', key: this.selected ? 1 : 0 };
    }
    let cell = this.cells.get(field);
    if (!cell) {
      cell = cellOf(field.type, field.value(this.row), this.style);
      this.cells.set(field, cell);
    }
    return cell;
  };
}

/** In place; rows that are equal in every key stay as they came. */
function sortLines(lines: Line[], keys: readonly SortKey[]): void {
  lines.sort((a, b) => {
    for (const { field, descending } of keys) {
      const order = compareKeys(a.cell(field).key, b.cell(field).key);
      if (order !== 0) return descending ? -order : order;
    }
    return 0;
  });
}

const compareKeys = (a: Cell['key'], b: Cell['key']): number =>
  typeof a === 'number' && typeof b === 'number'
    ? a === b
      ? 0
      : a < b
        ? -1
        : 1
    : compareText(String(a), String(b));
