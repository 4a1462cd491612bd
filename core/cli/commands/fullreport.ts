/** fullreport: every report of every group, and of the PVs in none. */
import { err, ok, type Result } from '../../base/result.ts';
import type { CommandResult } from '../../contract/api.ts';
import type { ReportKind } from '../../report/choose-fields.ts';
import { makeReport } from '../../report/lvm-report.ts';
import { jsonLines, tableLines, type NamedReport } from '../../report/report-text.ts';
import type { ReportSource } from '../../report/source.ts';
import { inLvmOrder } from '../../lvm/scan-order.ts';
import type { ScannedVg } from '../../lvm/scan-types.ts';
import { vgName, type QueryCommand } from '../command.ts';
import type { LineReader } from '../line-reader.ts';
import { absent, inOrderOf, refusalSpoken, shownOf } from '../log-objects.ts';
import { linesWithLog, logReport, TITLES, wantsLog } from '../log-report.ts';
import type { Walk } from '../log-walk.ts';
import { complaints, printed, STATUS, testMode } from '../output.ts';
import {
  DEFAULTS,
  REPORT_OPTIONS,
  reportGroups,
  reportLook,
  type ReportGroup,
  type ReportLook,
} from '../report-options.ts';
import { notFound } from '../reports-found.ts';
import { reportWarnings } from '../scan-warnings.ts';
import { usageRefusal } from '../usage.ts';

/** In the order printed. */
const OF_A_GROUP: readonly ReportKind[] = ['vg', 'pv', 'lv', 'pvseg', 'seg'];
const OF_NONE: readonly ReportKind[] = ['pv', 'pvseg'];

interface Asked {
  readonly line: LineReader;
  readonly source: ReportSource;
  readonly look: ReportLook;
  /** What `--configreport` says of each report. */
  readonly groups: ReadonlyMap<string, ReportGroup>;
}

export const fullreport: QueryCommand = {
  name: 'fullreport',
  about: 'Display full report',
  forms: ['[ VG ... ]'],
  options: REPORT_OPTIONS,
  async run(line, engine): Promise<CommandResult> {
    const groups = reportGroups(line);
    if (!groups.ok) return usageRefusal(fullreport, groups.error);
    const look = reportLook(line);
    if (!look.ok) return usageRefusal(fullreport, look.error);
    const source = await engine.source();
    const names = line.words.map(vgName);
    const made = reportsOf({ line, source, look: look.value, groups: groups.value }, names);
    if (wantsLog(line)) {
      return withItsLog({ line, source, look: look.value, groups: groups.value }, names, made);
    }
    if (!made.ok) return { status: STATUS.failed, output: complaints(made.error) };
    const { json, style } = look.value;
    const lines = json
      ? jsonLines(made.value, json)
      : made.value.flat().flatMap(({ report }) => tableLines(report, style));
    const missing = notFound('vg', names, source);
    const notices = reportWarnings(source, false, names);
    return {
      status: missing.length > 0 ? STATUS.failed : STATUS.done,
      output: [...testMode(line), ...notices, ...complaints(missing), ...printed(lines).output],
    };
  },
};

/** What is said goes into the log, behind the reports. */
function withItsLog(
  { line, source, look, groups }: Asked,
  names: readonly string[],
  made: Result<Reports, readonly string[]>,
): CommandResult {
  const order = inLvmOrder(source.scan).map(({ vg }) => vg.name);
  const missing = absent('vg', names, source);
  const there = (names.length > 0 ? [...new Set(names)] : order)
    .filter((name) => !missing.some(({ vg }) => vg === name))
    .map((vg) => shownOf({ vg }, []));
  const notices = reportWarnings(source, false, names);
  const walk: Walk = {
    processing: 'full',
    worked: made.ok ? inOrderOf(names, [...there, ...missing]) : [],
    source,
    warnings: notices.map((one) => ({ level: 'warn', line: one })),
    everything: names.length === 0 && made.ok,
    summary: made.ok ? [] : refusalSpoken(made.error),
  };
  const log = logReport(walk, line, look, groups.get('log'));
  if (!log.ok) return { status: STATUS.failed, output: complaints(log.error) };
  const titled = (made.ok ? made.value : []).map((some) =>
    some.map(({ name, report }) => ({ name, report, title: TITLES[name] ?? '' })),
  );
  const lines = linesWithLog(line.has('logonly') ? 'log only' : titled, log.value, look);
  return {
    status: made.ok && missing.length === 0 ? STATUS.done : STATUS.failed,
    output: [...testMode(line), ...complaints(log.value.report.said), ...printed(lines).output],
  };
}

type Reports = readonly (readonly NamedReport[])[];

function reportsOf(asked: Asked, names: readonly string[]): Result<Reports, readonly string[]> {
  const { scan } = asked.source;
  const all: (readonly NamedReport[])[] = [];
  const groups = inLvmOrder(scan);
  const vgs = groups.filter(({ vg }) => names.length === 0 || names.includes(vg.name));
  for (const of of vgs) {
    const reports = someReports(asked, OF_A_GROUP, of);
    if (!reports.ok) return reports;
    all.push(reports.value);
  }
  const orphans = names.length === 0 && scan.pvs.some(({ vgName: owner }) => owner === undefined);
  if (!orphans) return ok(all);
  const loose = someReports(asked, OF_NONE, 'no group');
  return loose.ok ? ok([...all, loose.value]) : loose;
}

function someReports(
  { line, source, look, groups }: Asked,
  kinds: readonly ReportKind[],
  of: ScannedVg | 'no group',
): Result<readonly NamedReport[], readonly string[]> {
  const reports: NamedReport[] = [];
  for (const kind of kinds) {
    const group: ReportGroup = groups.get(kind) ?? { options: [] };
    const { full, fullKeys } = DEFAULTS[kind];
    const made = makeReport(source, {
      kind,
      of,
      names: [],
      // Blank disks are in no group, nor among the PVs in none.
      all: line.has('all') && of !== 'no group',
      defaults: full,
      options: group.options,
      keys: group.keys ?? fullKeys,
      style: look.cells,
      sorted: look.sorted,
      ...(group.selection === undefined ? {} : { selection: group.selection }),
    });
    if (!made.ok) return err(made.error);
    reports.push({ name: kind, report: made.value });
  }
  return ok(reports);
}
