/** The log of a command as a report. */
import { ok, type Result } from '../base/result.ts';
import { chooseFields, type FieldWishes } from './choose-fields.ts';
import { fieldHelp } from './field-help.ts';
import { helpOnly, tableOfRows, type Report } from './lvm-report.ts';
import type { LogEntry } from './log-book.ts';
import { parseSelection, selectionHelp } from './selection.ts';
import type { ReportSource } from './source.ts';
import type { CellStyle } from './value.ts';

export interface LogWishes extends FieldWishes {
  /** Which entries are shown. */
  readonly selection: string;
  readonly style: CellStyle;
}

/** On refusal the lines that LVM prints. */
export function makeLogReport(
  entries: readonly LogEntry[],
  source: ReportSource,
  wishes: LogWishes,
): Result<Report, readonly string[]> {
  const chosen = chooseFields('log', wishes);
  if (!chosen.ok) return chosen;
  if (chosen.value.help) return ok(helpOnly([...fieldHelp('log'), ' ']));
  const { selection, style } = wishes;
  if (selection === 'help' || selection === '?') return ok(helpOnly(selectionHelp('log')));
  const selected = parseSelection('log', selection, source.now);
  if (!selected.ok) return selected;
  const rows = entries.map((logged) => ({ source, logged }));
  const table = tableOfRows(rows, chosen.value, { selection: selected.value, style, sorted: true });
  return ok({ ...table, rowKind: 'vg' });
}
