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
import { complaints, printed, refused, STATUS, testMode } from './output.ts';
import { compacted, defaultsOf, reportGroups, reportLook } from './report-options.ts';
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
  const own = groups.value.get('main') ?? { options: [] };
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
      ...(report.help ? [] : notices(source, report, isOfPvs(kind), names)),
      ...(report.help || !isOfPvs(kind) ? [] : strayLines(source.scan)),
      ...complaints(missing),
      ...(line.has('verbose') && isOfLvs(kind) && names.length === 0 ? skipped(source) : []),
      ...printed(json ? jsonLines([[{ name: kind, report }]], json) : tableLines(report, style))
        .output,
    ],
  };
}

const isOfPvs = (kind: ReportKind): boolean => kind === 'pv' || kind === 'pvseg';

const isOfLvs = (kind: ReportKind): boolean => kind === 'lv' || kind === 'seg';

/** What the scan found odd; of groups only if the report had to read them. */
const notices = (
  { scan }: ReportSource,
  report: Report,
  ofPvs: boolean,
  names: readonly string[],
) => (report.labelsOnly ? onStderr(noticesOf(scan, [])) : reportWarnings(scan, ofPvs, names));

/** Said with `-v`: the volumes of these are not shown. */
export function skipped({ scan }: ReportSource): readonly OutputLine[] {
  const exported = inLvmOrder(scan).filter(({ vg }) => vg.status.includes('EXPORTED'));
  return complaints(exported.map(({ vg }) => `Skipping exported volume group ${vg.name}`));
}

const isShared = ({ scan }: ReportSource, name: string): boolean =>
  findVg(scan, name.split('/')[0] ?? '').length > 1;
