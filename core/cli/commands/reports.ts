/** pvs, vgs and lvs on the command line. */
import type { ReportKind } from '../../report/choose-fields.ts';
import type { QueryCommand } from '../command.ts';
import { flag, type OptionSpec } from '../getopt.ts';
import { REPORT_OPTIONS } from '../report-options.ts';
import { runReport } from '../run-report.ts';

const SEGMENTS = flag('segments');

const report = (
  name: 'pvs' | 'vgs' | 'lvs',
  about: string,
  form: string,
  options: readonly OptionSpec[],
): QueryCommand => {
  const kind = ({ pvs: 'pv', vgs: 'vg', lvs: 'lv' } as const)[name];
  const command: QueryCommand = {
    name,
    about,
    forms: [form],
    options,
    run: async (line, engine) => {
      const split: ReportKind = kind === 'pv' ? 'pvseg' : 'seg';
      return runReport(command, line.has('segments') ? split : kind, line, await engine.source());
    },
  };
  return command;
};

export const pvs = report('pvs', 'Display information about physical volumes', '[ PV|Tag ... ]', [
  ...REPORT_OPTIONS,
  SEGMENTS,
]);
export const vgs = report(
  'vgs',
  'Display information about volume groups',
  '[ VG|Tag ... ]',
  REPORT_OPTIONS,
);
export const lvs = report('lvs', 'Display information about logical volumes', '[ VG|LV|Tag ... ]', [
  flag('history', 'H'),
  ...REPORT_OPTIONS,
  SEGMENTS,
]);
