/** The objects that a command looks at, for its log. */
import { inLvmOrder } from '../lvm/scan-order.ts';
import type { ReportKind } from '../report/choose-fields.ts';
import type { RowKind } from '../report/report-rows.ts';
import { allPvRows, pvRowsOf, reportedLvs } from '../report/rows.ts';
import type { ReportSource } from '../report/source.ts';
import type { Processing, Worked } from './log-walk.ts';
import { complaints, type Spoken } from './output.ts';
import { notFound } from './reports-found.ts';

const isOfPvs = (kind: ReportKind): boolean => kind === 'pv' || kind === 'pvseg';

/** Names that lead nowhere, with what is said of them. */
export function absent(
  kind: ReportKind,
  names: readonly string[],
  source: ReportSource,
): readonly Worked[] {
  return names.flatMap((name): readonly Worked[] => {
    const lines = name.startsWith('@') ? [] : notFound(kind, [name], source);
    if (lines.length === 0) return [];
    const spoken = complaints(lines).map((line): Spoken => ({ level: 'error', line }));
    const [vg = '', lv] = name.split('/');
    const of = isOfPvs(kind) ? { pv: name } : { vg, ...(lv === undefined ? {} : { lv }) };
    return [{ ...of, spoken, failed: true }];
  });
}

/** Lines of standard output about one object. */
export const shownOf = (
  object: Pick<Worked, 'vg' | 'lv' | 'pv'>,
  texts: readonly string[],
): Worked => ({
  ...object,
  spoken: texts.map((text) => ({ level: 'print', line: { stream: 'stdout', text: `  ${text}` } })),
  failed: false,
});

/** The objects that a report goes through, shown or not, and the names that lead nowhere. */
export function looked(
  kind: ReportKind,
  rows: RowKind,
  names: readonly string[],
  source: ReportSource,
): readonly Worked[] {
  const missing = absent(kind, names, source);
  if (isOfPvs(kind)) {
    const paths = names.length > 0 ? names : allPvRows(source, false).map(({ name }) => name);
    const found = paths.filter((path) => !missing.some(({ pv }) => pv === path));
    return [...missing, ...found.map((pv) => ({ pv, spoken: [], failed: false }))];
  }
  const of = processingOfRows(rows);
  const found = inLvmOrder(source.scan).flatMap((group): readonly Worked[] => {
    const vg = group.vg.name;
    const whole = { vg, spoken: [], failed: false };
    const named = names.filter((name) => name.split('/')[0] === vg);
    if (names.length > 0 && named.length === 0) return [];
    const lvs = reportedLvs(group).filter(
      ({ name }) => names.length === 0 || named.includes(vg) || named.includes(`${vg}/${name}`),
    );
    if (of === 'pv' || of === 'label')
      return pvRowsOf(source, group).map(({ name }) => ({ ...whole, pv: name }));
    return of === 'vg' ? [whole] : [whole, ...lvs.map(({ name }) => ({ ...whole, lv: name }))];
  });
  return inOrderOf(names, [...found, ...missing]);
}

/** In the order of the words, groups by their names. */
export function inOrderOf(names: readonly string[], worked: readonly Worked[]): readonly Worked[] {
  const place = ({ vg = '' }: Worked): number =>
    names.findIndex((name) => name.split('/')[0] === vg);
  return worked.toSorted((a, b) => place(a) - place(b));
}

export const processingOfRows = (rows: RowKind): Processing =>
  rows === 'seg' ? 'lv' : rows === 'pvseg' ? 'pv' : rows;

/** Help that goes before the refusal is a warning. */
export function refusalSpoken(lines: readonly string[]): readonly Spoken[] {
  const helpEnds = lines.lastIndexOf(' ');
  return complaints(lines).map((line, at) => ({ level: at > helpEnds ? 'error' : 'warn', line }));
}
