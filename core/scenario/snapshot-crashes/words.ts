/** The table of a power-cut loop as text. */
import { rowsOf, type Cell, type CrashRow } from './crash-rows.ts';
import type { CrashTable } from './crash-table.ts';
import { STAGES } from './types.ts';

const TITLE = 'power goes';
const BLANK = '-';

/** What became of snapshots, in the order in which it is said. */
const SAID = ['kept', 'disabled', 'lost', 'none', 'full'] as const;

const LEGEND = [
  'kept: it opens and holds what the original held when it was made',
  'disabled: it was not shut down, and is not opened',
  'lost: it opens and shows what it never held',
  'none: not yet made, or removed already',
  'full: deactivated for good, its store had no room',
];

/** Lines; every crash is counted, each cut as often as patterns of lost writes were tried. */
export function tableText({ modes, crashes }: CrashTable): readonly string[] {
  const rows = rowsOf(crashes);
  const heads = modes.map((_, at) => `(${at + 1})`);
  const names = modes.map((mode, at) => `(${at + 1}) ${mode}`);
  const body = inStages(rows, (row) => modes.map((mode) => saidOf(cellIn(row, mode))));
  const wrong = rows.filter(({ cells }) => cells.some(({ counts }) => counts.lost > 0));
  const why = inStages(wrong, (row) => [row.cells.map(whyOf).join('')]);
  return [
    ...names,
    '',
    ...LEGEND,
    '',
    ...aligned([[TITLE, ...heads], ...body]),
    '',
    'what the lost ones show instead, in so many of them',
    '',
    ...aligned(why),
  ];
}

const cellIn = (row: CrashRow, mode: string): Cell | undefined =>
  row.cells.find((cell) => cell.mode === mode);

/** Rows below the stage that they belong to. */
function inStages(
  rows: readonly CrashRow[],
  columns: (row: CrashRow) => readonly string[],
): readonly (readonly string[])[] {
  return STAGES.flatMap((stage) => {
    const own = rows.filter((row) => row.stage === stage);
    if (own.length === 0) return [];
    return [[stage], ...own.map((row) => [`  ${row.point}`, ...columns(row)])];
  });
}

function saidOf(cell: Cell | undefined): string {
  if (!cell) return BLANK;
  const parts = SAID.filter((kind) => cell.counts[kind] > 0);
  return parts.map((kind) => `${cell.counts[kind]} ${kind}`).join(', ');
}

function whyOf({ newData, staleData }: Cell): string {
  const parts = [
    newData > 0 ? `later data of the original: ${newData}` : '',
    staleData > 0 ? `old data of the store: ${staleData}` : '',
  ];
  return parts.filter((part) => part !== '').join(', ');
}

function aligned(rows: readonly (readonly string[])[]): readonly string[] {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, at) =>
    Math.max(...rows.map((row) => (row.length > 1 ? (row[at]?.length ?? 0) : 0))),
  );
  return rows.map((row) =>
    row
      .map((text, at) => text.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
