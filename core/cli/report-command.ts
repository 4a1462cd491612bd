/** pvs, vgs and lvs on the command line. */
import type { CommandResult } from '../contract/api.ts';
import type { CommandEngine } from '../engine/types.ts';
import { chooseFields, reportRows, type ReportName } from '../report/lvm-report.ts';
import { noticeLine } from '../report/notices.ts';
import type { Units } from '../report/size-text.ts';
import { tableJson, tableLines } from '../report/table-text.ts';
import type { ReportSource } from '../report/source.ts';
import { COMMON, flag, last, times, valued } from './command.ts';
import { parseOptions, type OptionSpec, type ParsedOptions } from './getopt.ts';
import { indented, refused, STATUS } from './output.ts';

export const REPORTS: readonly ReportName[] = ['pvs', 'vgs', 'lvs'];

const OPTIONS: readonly OptionSpec[] = [
  ...COMMON,
  flag('all', 'a'),
  valued('options', 'o'),
  flag('noheadings'),
  flag('nosuffix'),
  valued('separator'),
  valued('units'),
  flag('segments'),
  valued('reportformat'),
];
const UNITS: readonly Units[] = ['r', 'h', 's', 'b', 'k', 'm', 'g', 't', 'p', 'e'];
const OBJECT: Readonly<Record<ReportName, string>> = { pvs: 'pv', vgs: 'vg', lvs: 'lv' };

export async function runReport(
  report: ReportName,
  args: readonly string[],
  engine: CommandEngine,
): Promise<CommandResult> {
  const line = parseOptions(args, OPTIONS);
  if (!line.ok) {
    const end = '  Error during parsing of command line.';
    return refused(STATUS.usage, [`${report}: ${line.error}`, end]);
  }
  const source = await engine.source();
  return render(report, line.value, source);
}

function render(report: ReportName, line: ParsedOptions, source: ReportSource): CommandResult {
  const segments = times(line, 'segments') > 0;
  const fields = chooseFields(report, line.values.get('options') ?? [], segments);
  if (!fields.ok) {
    const { unknown } = fields.error;
    return refused(STATUS.usage, [`  Unrecognised field: ${unknown}`]);
  }
  const units = UNITS.find((one) => one === (last(line, 'units') ?? 'r'));
  if (!units) {
    return refused(STATUS.usage, [`  Invalid argument for --units: ${last(line, 'units')}`]);
  }
  const names = line.positionals.map((name) =>
    report === 'pvs' ? name : name.replace(/^\/dev\//, ''),
  );
  const rows = reportRows(report, source, fields.value, {
    units,
    suffix: times(line, 'nosuffix') === 0,
    all: times(line, 'all') > 0,
    names,
  });
  const separator = last(line, 'separator');
  const json = (last(line, 'reportformat') ?? 'basic') !== 'basic';
  const headings = times(line, 'noheadings') === 0;
  const lines = json
    ? tableJson(OBJECT[report], fields.value, rows)
    : tableLines(fields.value, rows, {
        headings,
        ...(separator === undefined ? {} : { separator }),
      });
  const missing = notFound(report, names, source);
  const warnings = source.scan.notices.map((notice) => indented(noticeLine(notice)));
  return {
    status: missing.length > 0 ? STATUS.failed : STATUS.done,
    output: [
      ...warnings.map((warning) => ({ ...warning, stream: 'stderr' as const })),
      ...missing.map((text) => ({ stream: 'stderr' as const, text })),
      ...lines.map((text) => ({ stream: 'stdout' as const, text })),
    ],
  };
}

function notFound(
  report: ReportName,
  names: readonly string[],
  { scan }: ReportSource,
): readonly string[] {
  return names.flatMap((name) => {
    if (report === 'pvs') {
      const known = [...scan.pvs, ...scan.duplicates].some(({ path }) => path === name);
      return known ? [] : [`  Failed to find physical volume "${name}".`];
    }
    const [vgName = '', lvName] = name.split('/');
    const group = scan.vgs.find(({ vg }) => vg.name === vgName);
    if (!group) {
      const cannot = `  Cannot process volume group ${vgName}`;
      return [`  Volume group "${vgName}" not found`, cannot];
    }
    const known = lvName === undefined || group.vg.lvs.some((lv) => lv.name === lvName);
    return known ? [] : [`  Failed to find logical volume "${name}"`];
  });
}
