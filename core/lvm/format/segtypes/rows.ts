/** Lists of areas are written over several lines (reference 2.6). */
import { printName, printItem } from '../config/print.ts';
import type { ConfigScalar } from '../model.ts';

/** A blank line and `key = [`, the items so many to a line, `]`. */
export function printRows(key: string, items: readonly ConfigScalar[], perRow: number): string {
  const rows: string[] = [];
  for (let at = 0; at < items.length; at += perRow) {
    rows.push(
      items
        .slice(at, at + perRow)
        .map(printItem)
        .join(', '),
    );
  }
  return `\n${printName(key)} = [\n${rows.join(',\n')}\n]\n`;
}
