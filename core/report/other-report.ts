/** Reports that are not about volumes: the log of a command, the kinds of devices. */
import { ok, type Result } from '../base/result.ts';
import { chooseFields, type FieldWishes } from './choose-fields.ts';
import type { OtherSection } from './columns.ts';
import { fieldHelp } from './field-help.ts';
import { helpOnly, tableOfRows, type Report } from './lvm-report.ts';
import type { Row } from './fields.ts';
import { parseSelection, selectionHelp } from './selection.ts';
import type { CellStyle } from './value.ts';

export interface OtherWishes extends FieldWishes {
  /** Which rows are shown. */
  readonly selection: string;
  readonly style: CellStyle;
  /** False: rows as they come. */
  readonly sorted: boolean;
  /** Seconds since 1970. */
  readonly now: number;
}

/** On refusal the lines that LVM prints. */
export function makeOtherReport(
  subject: OtherSection,
  rows: readonly Row[],
  wishes: OtherWishes,
): Result<Report, readonly string[]> {
  const chosen = chooseFields(subject, wishes);
  if (!chosen.ok) return chosen;
  if (chosen.value.help) return ok(helpOnly([...fieldHelp(subject), ' ']));
  const { selection, style, sorted, now } = wishes;
  if (selection === 'help' || selection === '?') return ok(helpOnly(selectionHelp(subject)));
  const selected = parseSelection(subject, selection, now);
  if (!selected.ok) return selected;
  const table = tableOfRows(rows, chosen.value, { selection: selected.value, style, sorted });
  return ok({ ...table, rowKind: 'vg' });
}
