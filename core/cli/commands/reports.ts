/** pvs, vgs and lvs on the command line. */
import type { CommandResult } from '../../contract/api.ts';
import { chooseFields, fieldHelp, reportRows, type ReportName } from '../../report/lvm-report.ts';
import { noticeLine } from '../../report/notices.ts';
import type { ReportSource } from '../../report/source.ts';
import type { Units } from '../../report/size-text.ts';
import { tableJson, tableLines } from '../../report/table-text.ts';
import { vgName, type QueryCommand } from '../command.ts';
import { flag, repeated, valued, type OptionSpec } from '../getopt.ts';
import type { LineReader } from '../line-reader.ts';
import { indented, printed, refused, STATUS, TEST_MODE } from '../output.ts';
import { usageRefusal } from '../usage.ts';
import { notFound } from './reports-found.ts';

const OPTIONS: readonly OptionSpec[] = [
  flag('all', 'a'),
  repeated(valued('options', 'o', 'String')),
  flag('segments'),
  flag('noheadings'),
  flag('nosuffix'),
  valued('separator', undefined, 'String'),
  valued('units', undefined, 'r|R|h|H|b|B|s|S|k|K|m|M|g|G|t|T|p|P|e|E'),
  valued('reportformat', undefined, 'basic|json|json_std'),
];
const FORMATS: readonly string[] = ['basic', 'json', 'json_std'];
const UNITS: readonly Units[] = ['r', 'h', 's', 'b', 'k', 'm', 'g', 't', 'p', 'e'];
const OBJECT: Readonly<Record<ReportName, string>> = { pvs: 'pv', vgs: 'vg', lvs: 'lv' };

const report = (name: ReportName, about: string, form: string): QueryCommand => {
  const command: QueryCommand = {
    name,
    about,
    forms: [form],
    options: OPTIONS,
    run: async (line, engine) => render(command, name, line, await engine.source()),
  };
  return command;
};

export const pvs = report('pvs', 'Display information about physical volumes', '[ PV ... ]');
export const vgs = report('vgs', 'Display information about volume groups', '[ VG ... ]');
export const lvs = report('lvs', 'Display information about logical volumes', '[ VG|LV ... ]');

function render(
  command: QueryCommand,
  report: ReportName,
  line: LineReader,
  source: ReportSource,
): CommandResult {
  const wishes = line.texts('options') ?? [];
  if (wishes.includes('help')) return printed(fieldHelp(report));
  if (wishes.includes('')) return refused(STATUS.failed, ['  Invalid options string: ']);
  const fields = chooseFields(report, wishes, line.has('segments'));
  if (!fields.ok) {
    const unknown = `  Unrecognised field: ${fields.error.unknown}`;
    return refused(STATUS.failed, [...fieldHelp(report), unknown]);
  }
  const units = UNITS.find((one) => one === (line.text('units') ?? 'r'));
  if (!units) return usageRefusal(command, { kind: 'misuse', why: 'Invalid units specification' });
  const format = line.text('reportformat') ?? 'basic';
  if (!FORMATS.includes(format)) {
    return usageRefusal(command, { kind: 'argument', option: 'reportformat', text: format });
  }
  const names = line.words.map((word) => (report === 'pvs' ? word : vgName(word)));
  const volume = report === 'vgs' ? names.find((name) => name.includes('/')) : undefined;
  if (volume !== undefined) {
    return usageRefusal(command, { kind: 'misuse', why: `Invalid volume group name ${volume}.` });
  }
  const rows = reportRows(report, source, fields.value, {
    units,
    suffix: !line.has('nosuffix'),
    all: line.has('all'),
    names,
  });
  const separator = line.text('separator');
  const lines =
    format !== 'basic'
      ? tableJson(OBJECT[report], fields.value, rows)
      : tableLines(fields.value, rows, {
          headings: !line.has('noheadings'),
          ...(separator === undefined ? {} : { separator }),
        });
  const missing = notFound(report, names, source);
  const warnings = source.scan.notices.map((notice) => indented(noticeLine(notice)));
  return {
    status: missing.length > 0 ? STATUS.failed : STATUS.done,
    output: [
      ...(line.has('test') ? [TEST_MODE] : []),
      ...warnings.map((warning) => ({ ...warning, stream: 'stderr' as const })),
      ...missing.map((text) => ({ stream: 'stderr' as const, text: `  ${text}` })),
      ...lines.map((text) => ({ stream: 'stdout' as const, text })),
    ],
  };
}
