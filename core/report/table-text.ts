/** A table as LVM's reports print it: two spaces in front, columns padded on every line. */
import type { Field, Row } from './fields.ts';

export interface TableOptions {
  readonly headings: boolean;
  /** One blank, or what `--separator` says; then nothing is padded. */
  readonly separator?: string;
}

/** No lines at all, not even headings, when there are no rows. */
export function tableLines(
  fields: readonly Field[],
  rows: readonly Row[],
  options: TableOptions,
): readonly string[] {
  if (rows.length === 0) return [];
  const cells = rows.map((row) => fields.map((field) => field.value(row) ?? ''));
  const head = options.headings ? [fields.map(({ heading }) => heading)] : [];
  const all = [...head, ...cells];
  if (options.separator !== undefined) {
    return all.map((line) => `  ${line.join(options.separator)}`);
  }
  const widths = fields.map(({ width }, column) =>
    Math.max(width ?? 0, ...all.map((line) => line[column]?.length ?? 0)),
  );
  return all.map((line, index) => {
    const heading = options.headings && index === 0;
    const padded = line.map((cell, column) => {
      const width = widths[column] ?? 0;
      const right = !heading && fields[column]?.align === 'right';
      return right ? cell.padStart(width) : cell.padEnd(width);
    });
    return `  ${padded.join(' ')}`;
  });
}

/** `{"report":[{"lv":[{...}]}]}`, all values strings. */
export function tableJson(
  object: string,
  fields: readonly Field[],
  rows: readonly Row[],
): readonly string[] {
  const items = rows.map((row) =>
    Object.fromEntries(fields.map((field) => [field.name, field.value(row) ?? ''])),
  );
  return JSON.stringify({ report: [{ [object]: items }] }, null, 4).split('\n');
}
