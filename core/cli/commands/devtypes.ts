/** devtypes: the kinds of block devices that LVM knows. */
import { DEVICE_TYPES } from '../../report/device-types.ts';
import { makeOtherReport } from '../../report/other-report.ts';
import { jsonLines, tableLines } from '../../report/report-text.ts';
import type { QueryCommand } from '../command.ts';
import { overriddenText } from '../config-option.ts';
import { flag, repeated, valued } from '../getopt.ts';
import { complaints, printed, STATUS, testMode } from '../output.ts';
import { reportGroups, reportLook } from '../report-options.ts';
import { usageRefusal } from '../usage.ts';

export const devtypes: QueryCommand = {
  name: 'devtypes',
  about: 'Display recognised built-in block device types',
  forms: [''],
  options: [
    repeated(valued('options', 'o', 'String')),
    repeated(valued('select', 'S', 'String')),
    repeated(valued('sort', 'O', 'String')),
    flag('aligned'),
    flag('binary'),
    flag('nameprefixes'),
    flag('noheadings'),
    flag('nosuffix'),
    valued('reportformat', undefined, 'basic|json'),
    flag('rows'),
    valued('separator', undefined, 'String'),
    flag('unbuffered'),
    flag('unquoted'),
  ],
  async run(line, engine) {
    const [word] = line.words;
    if (word !== undefined) {
      return usageRefusal(devtypes, { kind: 'unwanted', what: `argument: ${word}` });
    }
    const groups = reportGroups(line);
    const look = reportLook(line);
    if (!groups.ok) return usageRefusal(devtypes, groups.error);
    if (!look.ok) return usageRefusal(devtypes, look.error);
    const own = groups.value.get('main') ?? { options: [] };
    const { cells, sorted, style, json } = look.value;
    const set = (what: string): string | undefined =>
      overriddenText(line.settings, `report/devtypes_${what}`);
    const columns = set(line.has('verbose') ? 'cols_verbose' : 'cols');
    const source = await engine.source();
    const rows = DEVICE_TYPES.map((devtype) => ({ source, devtype }));
    const made = makeOtherReport('devtype', rows, {
      defaults: columns ?? 'devtype_all',
      options: own.options,
      keys: own.keys ?? set('sort') ?? 'devtype_name',
      selection: own.selection ?? '',
      style: cells,
      sorted,
      now: source.now,
    });
    if (!made.ok) return { status: STATUS.failed, output: complaints(made.error) };
    const report = made.value;
    const lines = json
      ? jsonLines([[{ name: 'devtype', report }]], json)
      : tableLines(report, style);
    return {
      status: STATUS.done,
      output: [...testMode(line), ...complaints(report.said), ...printed(lines).output],
    };
  },
};
