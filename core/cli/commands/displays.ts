/** pvdisplay, vgdisplay and lvdisplay on the command line. */
import type { Result } from '../../base/result.ts';
import type { CommandResult } from '../../contract/api.ts';
import type { ReportKind } from '../../report/choose-fields.ts';
import { lvColons, lvLong, lvMap } from '../../report/display-lv.ts';
import { pvColons, pvInGroup, pvLong, pvMap, pvRemarks, pvShort } from '../../report/display-pv.ts';
import { hasActive, vgColons, vgLong, vgShort } from '../../report/display-vg.ts';
import { sizesIn, type Sizes } from '../../report/display.ts';
import type { Row } from '../../report/fields.ts';
import { selectRows } from '../../report/lvm-report.ts';
import { isShown, pvRowsOf, reportedLvs } from '../../report/rows.ts';
import type { ReportSource } from '../../report/source.ts';
import {
  vgName,
  type Answer,
  type CommandSyntax,
  type QueryCommand,
  type UsageError,
} from '../command.ts';
import { flag, type OptionSpec } from '../getopt.ts';
import type { LineReader } from '../line-reader.ts';
import { absent, inOrderOf, shownOf } from '../log-objects.ts';
import type { Walk } from '../log-walk.ts';
import { complaints, STATUS, testMode, type Spoken } from '../output.ts';
import { COLUMN_OPTIONS, reportLook } from '../report-options.ts';
import { notFound } from '../reports-found.ts';
import { runReport, skipped } from '../run-report.ts';
import { reportWarnings } from '../scan-warnings.ts';
import { usageRefusal } from '../usage.ts';

/** What a display prints of one row. */
type Show = (row: Row, line: LineReader, sizes: Sizes, source: ReportSource) => readonly string[];

interface Display {
  readonly kind: 'pv' | 'vg' | 'lv';
  readonly name: string;
  readonly about: string;
  readonly form: string;
  readonly options: readonly OptionSpec[];
  readonly show: Show;
  /** Why the options do not go together; undefined: they do. */
  readonly refuse: (line: LineReader) => string | undefined;
}

const together = (line: LineReader, ...options: readonly string[]): boolean =>
  options.every((option) => line.has(option));

function display({ kind, name, about, form, options, show, refuse }: Display): QueryCommand {
  const command: QueryCommand = {
    name,
    about,
    forms: [form],
    options: [...options, flag('colon', 'c'), flag('columns', 'C'), ...COLUMN_OPTIONS],
    async run(line, engine) {
      const source = await engine.source();
      const why = refuse(line);
      if (why !== undefined) return usageRefusal(command, { kind: 'misuse', why });
      if (line.has('columns')) {
        if (together(line, 'colon') || together(line, 'short') || together(line, 'maps')) {
          return incompatible(command, 'Incompatible options selected');
        }
        const split: ReportKind = line.has('segments') ? 'seg' : kind;
        return runReport(command, split, line, source);
      }
      const columnsOnly = ['options', 'sort', 'aligned', 'noheadings', 'separator', 'unbuffered'];
      if (columnsOnly.some((option) => line.has(option))) {
        // Only pvdisplay says it without a full stop.
        return incompatible(command, `Incompatible options selected${kind === 'pv' ? '' : '.'}`);
      }
      return run(command, { kind, show }, line, source);
    },
  };
  return command;
}

const incompatible = (command: CommandSyntax, why: string): CommandResult =>
  usageRefusal(command, { kind: 'misuse', why });

function run(
  command: CommandSyntax,
  { kind, show }: Pick<Display, 'kind' | 'show'>,
  line: LineReader,
  source: ReportSource,
): Answer {
  const look = reportLook(line);
  if (!look.ok) return usageRefusal(command, look.error satisfies UsageError);
  const names = line.words.map((word) => (kind === 'pv' ? word : vgName(word)));
  const volume = kind === 'vg' ? names.find((name) => name.includes('/')) : undefined;
  if (volume !== undefined) {
    return incompatible(command, `Invalid volume group name ${volume}.`);
  }
  const wish = { names, all: line.has('all') };
  const rows: Result<readonly Row[], readonly string[]> = selectRows(
    source,
    kind,
    wish,
    line.text('select'),
  );
  if (!rows.ok) return { status: STATUS.failed, output: complaints(rows.error) };
  const sizes = sizesIn({ ...look.value.cells });
  const shown = once(kind, rows.value).map((row) => {
    const { vg, lv, pv } = row;
    const of =
      kind === 'pv'
        ? { ...(pv ? { pv: pv.name } : {}) }
        : { ...(vg ? { vg: vg.vg.name } : {}), ...(kind === 'lv' && lv ? { lv: lv.name } : {}) };
    return shownOf(of, show(row, line, sizes, source));
  });
  const missing = notFound(kind, names, source);
  const warnings = reportWarnings(source, kind === 'pv', names);
  const walk: Walk = {
    processing: kind,
    worked: inOrderOf(names, [...absent(kind, names, source), ...shown]),
    source,
    warnings: [
      ...testMode(line).map((one): Spoken => ({ level: 'direct', line: one })),
      ...warnings.map((one): Spoken => ({ level: 'warn', line: one })),
    ],
    everything: names.length === 0,
    summary: [],
  };
  return {
    status: missing.length > 0 ? STATUS.failed : STATUS.done,
    output: [
      ...testMode(line),
      ...warnings,
      ...complaints(missing),
      ...(line.has('verbose') && kind === 'lv' && names.length === 0 ? skipped(source) : []),
      ...shown.flatMap(({ spoken }) => spoken.map((one) => one.line)),
    ],
    walk,
  };
}

/** A selection may have looked at finer rows; each object is shown once. */
function once(kind: Display['kind'], rows: readonly Row[]): readonly Row[] {
  const seen = new Set<unknown>();
  return rows.filter((row) => {
    const about = row[kind];
    if (about === undefined || seen.has(about)) return false;
    seen.add(about);
    return true;
  });
}

export const pvdisplay = display({
  kind: 'pv',
  name: 'pvdisplay',
  about: 'Display various attributes of physical volume(s)',
  form: '[ PV|Tag ... ]',
  options: [flag('all', 'a'), flag('maps', 'm'), flag('short', 's')],
  refuse: (line) => {
    if (line.has('columns')) return undefined;
    if (line.has('all')) return 'Incompatible options selected';
    if (together(line, 'colon', 'maps')) return 'Option -c not allowed with option -m';
    return together(line, 'colon', 'short') ? 'Option -c is not allowed with option -s' : undefined;
  },
  show: ({ pv }, line, sizes) => {
    if (!pv) return [];
    if (line.has('short')) return [pvShort(pv, sizes)];
    const remarks = pvRemarks(pv, sizes);
    if (line.has('colon')) return [...remarks, pvColons(pv)];
    return [...remarks, ...pvLong(pv, sizes), ...(line.has('maps') ? pvMap(pv) : [])];
  },
});

export const vgdisplay = display({
  kind: 'vg',
  name: 'vgdisplay',
  about: 'Display volume group information',
  form: '[ VG|Tag ... ]',
  options: [flag('activevolumegroups', 'A'), flag('short', 's')],
  refuse: (line) =>
    together(line, 'colon', 'short') && !line.has('columns')
      ? 'Option -c is not allowed with option -s'
      : undefined,
  show: ({ vg }, line, sizes, source) => {
    if (!vg || (line.has('activevolumegroups') && !hasActive(source, vg))) return [];
    if (line.has('short')) return [vgShort(vg, sizes)];
    if (line.has('colon')) return [vgColons(source, vg)];
    const long = vgLong(source, vg, sizes);
    if (!line.has('verbose')) return long;
    const lvs = reportedLvs(vg).filter((lv) => isShown(vg, lv));
    return [
      ...long,
      ...lvs.flatMap((lv) => lvLong(source, vg, lv, sizes)),
      '--- Physical volumes ---',
      ...pvRowsOf(source, vg).flatMap(pvInGroup),
    ];
  },
});

export const lvdisplay = display({
  kind: 'lv',
  name: 'lvdisplay',
  about: 'Display information about a logical volume',
  form: '[ VG|LV|Tag ... ]',
  options: [flag('all', 'a'), flag('history', 'H'), flag('maps', 'm'), flag('segments')],
  refuse: (line) =>
    together(line, 'colon', 'maps') && !line.has('columns')
      ? 'Options -c and -m are incompatible.'
      : undefined,
  show: ({ vg, lv }, line, sizes, source) => {
    if (!vg || !lv) return [];
    if (line.has('colon')) return [lvColons(source, vg, lv)];
    return [
      ...lvLong(source, vg, lv, sizes),
      ...(line.has('maps') ? lvMap(source, vg, lv, sizes) : []),
    ];
  },
});
