/** A report on the command line: `vgs`, or `vgdisplay -C`. */
import type { CommandResult } from '../contract/api.ts';
import type { OutputLine } from '../contract/events.ts';
import type { ReportKind } from '../report/choose-fields.ts';
import { makeReport, type Report } from '../report/lvm-report.ts';
import { inLvmOrder } from '../lvm/scan-order.ts';
import { jsonLines, tableLines } from '../report/report-text.ts';
import { findVg } from '../lvm/ops/find.ts';
import type { ReportSource } from '../report/source.ts';
import { vgName, type CommandSyntax } from './command.ts';
import { notFound } from './reports-found.ts';
import type { LineReader } from './line-reader.ts';
import { emptyTag } from './objects.ts';
import { REPORTS } from './own-options.ts';
import { complaints, printed, refused, STATUS, testMode, type Spoken } from './output.ts';
import {
  compacted,
  defaultsOf,
  ownGroup,
  reportGroups,
  reportLook,
  type ReportGroup,
  type ReportLook,
} from './report-options.ts';
import { linesWithLog, logReport, TITLES, wantsLog } from './log-report.ts';
import { looked, processingOfRows, refusalSpoken } from './log-objects.ts';
import type { Walk } from './log-walk.ts';
import { noticesOf, onStderr, reportWarnings, strayLines } from './scan-warnings.ts';
import { usageRefusal } from './usage.ts';

export function runReport(
  command: CommandSyntax,
  kind: ReportKind,
  line: LineReader,
  source: ReportSource,
): CommandResult {
  const groups = reportGroups(line);
  if (!groups.ok) return usageRefusal(command, groups.error);
  const own = ownGroup(groups.value, kind);
  if (own.options.includes('')) return refused(STATUS.failed, ['  Invalid options string: ']);
  const look = reportLook(line);
  if (!look.ok) return usageRefusal(command, look.error);
  const names = line.words.map((word) => (isOfPvs(kind) ? word : vgName(word)));
  if (names.includes('@') && !isOfLvs(kind)) {
    const why = isOfPvs(kind) ? 'Skipping invalid tag .' : 'Skipping invalid tag: @';
    return usageRefusal(command, { kind: 'misuse', why });
  }
  const volume = kind === 'vg' ? names.find((name) => name.includes('/')) : undefined;
  if (volume !== undefined) {
    return usageRefusal(command, { kind: 'misuse', why: `Invalid volume group name ${volume}.` });
  }
  const named = names.filter((name) => name !== '@');
  const { columns, verbose, keys } = defaultsOf(kind, line.settings);
  const { cells, sorted, style } = look.value;
  // The displays take the option, and make nothing of it.
  const json = REPORTS.includes(command.name) ? look.value.json : undefined;
  const made = makeReport(source, {
    kind,
    // A name that two groups share shows neither.
    names: named.map((name) => (isShared(source, name) ? '/' : name)),
    all: line.has('all'),
    defaults: line.has('verbose') ? verbose : columns,
    options: [...own.options, ...compacted(line.settings)],
    keys: own.keys ?? keys,
    style: cells,
    sorted,
    ...(own.selection === undefined ? {} : { selection: own.selection }),
  });
  const asked: Asked = { kind, names, line, source, look: look.value, groups: groups.value };
  if (wantsLog(line)) return reportAndLog(asked, made);
  if (!made.ok) {
    const bare = printed(json ? jsonLines([], json) : []).output;
    return { status: STATUS.failed, output: [...bare, ...complaints(made.error)] };
  }
  const report = made.value;
  const missing = report.help ? [] : notFound(kind, names, source);
  return {
    status: missing.length > 0 ? STATUS.failed : STATUS.done,
    output: [
      ...testMode(line),
      ...complaints(emptyTag(line)),
      ...complaints(report.said),
      ...(report.help ? [] : oddities(source, report, kind, names)),
      ...complaints(missing),
      ...(line.has('verbose') && isOfLvs(kind) && names.length === 0 ? skipped(source) : []),
      ...printed(json ? jsonLines([[{ name: kind, report }]], json) : tableLines(report, style))
        .output,
    ],
  };
}

interface Asked {
  readonly kind: ReportKind;
  readonly names: readonly string[];
  readonly line: LineReader;
  readonly source: ReportSource;
  readonly look: ReportLook;
  readonly groups: ReadonlyMap<string, ReportGroup>;
}

/** What is said goes into the log; it is printed below the report, or alone. */
function reportAndLog(
  { kind, names, line, source, look, groups }: Asked,
  made: ReturnType<typeof makeReport>,
): CommandResult {
  const refusal = made.ok ? [] : refusalSpoken(made.error);
  const report = made.ok ? made.value : EMPTY_REPORT;
  const asWarned = (one: OutputLine): Spoken => ({ level: 'warn', line: one });
  const warnings = [
    ...complaints([...emptyTag(line), ...report.said]).map(asWarned),
    ...(report.help || !made.ok ? [] : oddities(source, report, kind, names)).map(asWarned),
  ];
  const worked = report.help || !made.ok ? [] : looked(kind, report.rowKind, names, source);
  const walk: Walk = {
    processing: made.ok ? processingOfRows(report.rowKind) : 'none',
    worked,
    source,
    warnings,
    everything: names.length === 0,
    summary: refusal,
  };
  const log = logReport(walk, line, look, groups.get('log'));
  if (!log.ok) return { status: STATUS.failed, output: complaints(log.error) };
  const title = TITLES[kind === 'pv' ? 'label' : kind] ?? '';
  const shown = line.has('logonly') ? 'log only' : [[{ name: kind, title, report }]];
  const failed = !made.ok || worked.some((one) => one.failed);
  const lines = printed(linesWithLog(shown, log.value, look)).output;
  return {
    status: failed ? STATUS.failed : STATUS.done,
    output: [...testMode(line), ...complaints(log.value.report.said), ...lines],
  };
}

const EMPTY_REPORT: Report = { fields: [], rows: [], said: [], help: false, rowKind: 'vg' };

const oddities = (
  source: ReportSource,
  report: Report,
  kind: ReportKind,
  names: readonly string[],
): readonly OutputLine[] => [
  ...notices(source, report, isOfPvs(kind), names),
  ...(isOfPvs(kind) ? strayLines(source.scan) : []),
];

const isOfPvs = (kind: ReportKind): boolean => kind === 'pv' || kind === 'pvseg';

const isOfLvs = (kind: ReportKind): boolean => kind === 'lv' || kind === 'seg';

/** What the scan found odd; of groups only if the report had to read them. */
const notices = (source: ReportSource, report: Report, ofPvs: boolean, names: readonly string[]) =>
  report.rowKind === 'label'
    ? onStderr(noticesOf(source.scan, []))
    : reportWarnings(source, ofPvs, names);

/** Said with `-v`: the volumes of these are not shown. */
export function skipped({ scan }: ReportSource): readonly OutputLine[] {
  const exported = inLvmOrder(scan).filter(({ vg }) => vg.status.includes('EXPORTED'));
  return complaints(exported.map(({ vg }) => `Skipping exported volume group ${vg.name}`));
}

const isShared = ({ scan }: ReportSource, name: string): boolean =>
  findVg(scan, name.split('/')[0] ?? '').length > 1;
