/** `log/report_command_log` and `--logonly`: what a command said as a report of its own. */
import { err, ok, type Result } from '../base/result.ts';
import type { VolumeError } from '../contract/errors.ts';
import type { OutputLine } from '../contract/events.ts';
import type { Report } from '../report/lvm-report.ts';
import { makeOtherReport } from '../report/other-report.ts';
import { jsonLines, tableLines, type NamedReport } from '../report/report-text.ts';
import type { ReportSource } from '../report/source.ts';
import type { Request } from '../lvm/ops/index.ts';
import { overriddenFlag, overriddenText } from './config-option.ts';
import type { LineReader } from './line-reader.ts';
import { logOf, type Processing, type Walk, type Worked } from './log-walk.ts';
import { complaints, printed, type Spoken } from './output.ts';
import type { ReportGroup, ReportLook } from './report-options.ts';

/** What the commands go through that keep a log. Others say what they say as ever. */
const PROCESSING: Readonly<Record<string, Processing>> = {
  pvcreate: 'none',
  pvremove: 'none',
  vgcreate: 'none',
  ...eachOf('vg', ['vgextend', 'vgchange', 'vgck', 'vgexport', 'vgimport', 'vgrename']),
  ...eachOf('vg', ['vgremove', 'lvcreate', 'lvextend', 'lvreduce', 'lvresize', 'lvrename']),
  ...eachOf('lv', ['lvremove', 'lvchange']),
  ...eachOf('pv', ['pvchange', 'pvresize', 'vgreduce']),
};

function eachOf(what: Processing, names: readonly string[]): Record<string, Processing> {
  return Object.fromEntries(names.map((name) => [name, what]));
}

export const wantsLog = (line: LineReader): boolean =>
  overriddenFlag(line.settings, 'log/report_command_log') === true || line.has('logonly');

export const processingOf = (name: string, requests: readonly Request[]): Processing | undefined =>
  requests.some(({ verb }) => verb === 'removemissing') ? 'vg' : PROCESSING[name];

/** What a request was about, with what became of it. */
export function workedOn(
  request: Request,
  spoken: readonly Spoken[],
  failure: VolumeError | undefined,
): readonly Worked[] {
  const failed = failure !== undefined;
  if ('devices' in request || request.verb === 'pvremove') {
    // Disks become PVs before the group is looked at.
    const isEarly = ({ line }: Spoken): boolean =>
      failed ? !ofGroup(failure) : /^ {2}Physical volume .* created\.$/.test(line.text);
    const early = spoken.filter(isEarly);
    const late = spoken.filter((one) => !isEarly(one));
    const vg = 'vg' in request ? { vg: request.vg } : {};
    const first: Worked = { spoken: early, failed, early: true };
    return late.length === 0 && failed ? [first] : [first, { ...vg, spoken: late, failed }];
  }
  const vg = 'vg' in request ? request.vg : 'from' in request ? request.from : undefined;
  const lv = 'lv' in request ? request.lv : undefined;
  const pv = 'device' in request ? request.device : undefined;
  const one = {
    ...(vg === undefined ? {} : { vg }),
    ...(lv === undefined ? {} : { lv }),
    ...(pv === undefined ? {} : { pv }),
    spoken,
    failed,
  };
  return [one];
}

/** Whether the group refuses, not one of the disks. */
const ofGroup = (error: VolumeError): boolean =>
  error.code === 'several' ? error.errors.some(ofGroup) : error.code.startsWith('vg-');

const COLUMNS =
  'log_seq_num,log_type,log_context,log_object_type,log_object_name,log_object_id,' +
  'log_object_group,log_object_group_id,log_message,log_errno,log_ret_code';
const SELECTION = '!(log_type=status && message=success)';

export interface KeptLog {
  readonly report: Report;
  /** Nothing was said or done at all. */
  readonly isEmpty: boolean;
}

/** @param group what the line says of it behind `--configreport log`. */
export function logReport(
  walk: Walk,
  line: LineReader,
  look: ReportLook,
  group?: ReportGroup,
): Result<KeptLog, readonly string[]> {
  const set = (what: string): string | undefined =>
    overriddenText(line.settings, `log/command_log_${what}`);
  const { entries } = logOf(walk);
  const { source } = walk;
  const rows = entries.map((logged) => ({ source, logged }));
  const made = makeOtherReport('log', rows, {
    sorted: true,
    now: source.now,
    defaults: set('cols') ?? COLUMNS,
    options: group?.options ?? [],
    keys: group?.keys ?? set('sort') ?? 'log_seq_num',
    selection: group?.selection ?? set('selection') ?? SELECTION,
    style: look.cells,
  });
  if (!made.ok) return err([...made.error, 'Failed to create log report.']);
  return ok({ report: made.value, isEmpty: entries.length === 0 });
}

/** Titles of reports that another one follows. */
export const TITLES: Readonly<Record<string, string>> = {
  vg: 'Volume Group',
  pv: 'Physical Volume',
  label: 'Physical Volume Label',
  lv: 'Logical Volume',
  pvseg: 'Physical Volume Segment',
  seg: 'Logical Volume Segment',
};

/** A report, and what stands above it. */
export interface TitledReport extends NamedReport {
  readonly title: string;
}

/** Reports and the log behind them, or the log alone. */
export function linesWithLog(
  groups: readonly (readonly TitledReport[])[] | 'log only',
  { report: log, isEmpty }: KeptLog,
  { style, json }: ReportLook,
  processing = false,
): readonly string[] {
  if (json) return jsonLines(groups === 'log only' ? undefined : groups, json, log);
  const table = log.help || isEmpty ? [] : tableLines(log, style, true);
  if (groups === 'log only') return processing && !log.help ? titled('Command Log', table) : table;
  const all = groups.flat();
  const reports = all.flatMap(({ title, report }) => {
    const lines = tableLines(report, style);
    // Of several reports those without rows are passed over.
    if (lines.length === 0) return all.length > 1 ? [] : [''];
    return [...titled(title, lines), ''];
  });
  if (isEmpty) return reports;
  return log.help ? reports.slice(0, -1) : [...reports, ...titled('Command Log', table)];
}

const titled = (title: string, lines: readonly string[]): readonly string[] => [
  `  ${title}`,
  `  ${'='.repeat(title.length)}`,
  ...lines,
];

/** The log of a command that makes no report: its sentences are in it, and nowhere else. */
export function withLog(
  walk: Walk,
  line: LineReader,
  look: ReportLook,
): { readonly output: readonly OutputLine[] } {
  const log = logReport(walk, line, look);
  const all = [...walk.warnings, ...walk.worked.flatMap(({ spoken }) => spoken), ...walk.summary];
  const direct = all.flatMap((one) => (one.level === 'direct' ? [one.line] : []));
  if (!log.ok) return { output: [...direct, ...complaints(log.error)] };
  const output = printed(linesWithLog('log only', log.value, look, true)).output;
  return { output: [...direct, ...complaints(log.value.report.said), ...output] };
}

/** Whether a log can be kept as it is asked for; on refusal LVM's lines. */
export function logRefusal(
  line: LineReader,
  source: ReportSource,
  look: ReportLook,
): Result<void, readonly string[]> {
  const nothing = { worked: [], warnings: [], summary: [], everything: false, source } as const;
  const made = logReport({ ...nothing, processing: 'none' }, line, look);
  if (made.ok) return ok();
  return err([...made.error, 'Failed to initialize processing handle.']);
}
