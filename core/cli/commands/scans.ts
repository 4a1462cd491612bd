/** pvscan, vgscan, lvscan and lvmdiskscan on the command line. */
import type { CommandResult } from '../../contract/api.ts';
import type { OutputLine } from '../../contract/events.ts';
import { isExportedPv } from '../../report/fields-pv.ts';
import { allPvRows } from '../../report/rows.ts';
import { diskScanLines, lvScanLines, pvScanLines, vgScanLines } from '../../report/scan-lists.ts';
import type { ReportSource } from '../../report/source.ts';
import type { CommandEngine } from '../../engine/types.ts';
import type { QueryCommand } from '../command.ts';
import { flag, valued, type OptionSpec } from '../getopt.ts';
import type { LineReader } from '../line-reader.ts';
import { complaints, STATUS, testMode } from '../output.ts';
import { skipped } from '../run-report.ts';
import { isCacheScan, scanCache } from './pvscan-cache.ts';
import { onStderr } from '../scan-warnings.ts';
import { usageRefusal } from '../usage.ts';

interface Scan {
  readonly name: string;
  readonly about: string;
  readonly form: string;
  readonly options: readonly OptionSpec[];
  readonly lines: (source: ReportSource, line: LineReader) => readonly string[];
  /** Lines for the error stream. */
  readonly said?: (source: ReportSource, line: LineReader) => readonly OutputLine[];
  /** Lines that another part of the program answers; undefined: not this one. */
  readonly instead?: (
    command: QueryCommand,
    line: LineReader,
    engine: CommandEngine,
  ) => Promise<CommandResult> | undefined;
  /** Why the options do not go together. */
  readonly refuse?: (line: LineReader) => string | undefined;
}

const SHARED: readonly OptionSpec[] = [
  flag('foreign'),
  flag('ignorelockingfailure'),
  flag('readonly'),
  valued('reportformat', undefined, 'basic|json'),
  flag('shared'),
];

function scan({ name, about, form, options, lines, said, refuse, instead }: Scan): QueryCommand {
  const command: QueryCommand = {
    name,
    about,
    forms: [form],
    options: [...options, ...SHARED],
    async run(line, engine): Promise<CommandResult> {
      const answered = instead?.(command, line, engine);
      if (answered) return answered;
      const source = await engine.source();
      const [word] = line.words;
      if (word !== undefined) {
        return usageRefusal(command, { kind: 'unwanted', what: `argument: ${word}` });
      }
      const why = refuse?.(line);
      if (why !== undefined) return usageRefusal(command, { kind: 'misuse', why });
      const notices = onStderr(source.scan.notices);
      const shown = lines(source, line).map((text): OutputLine => ({
        stream: 'stdout',
        text: `  ${text}`,
      }));
      const output = [...testMode(line), ...(said?.(source, line) ?? []), ...notices, ...shown];
      return { status: STATUS.done, output };
    },
  };
  return command;
}

export const pvscan = scan({
  name: 'pvscan',
  about: 'List all physical volumes',
  form: '[ PV ... ]',
  options: [
    valued('activate', 'a', 'y|n|ay'),
    flag('cache'),
    flag('listvg'),
    flag('listlvs'),
    flag('checkcomplete'),
    flag('vgonline'),
    flag('udevoutput'),
    flag('exported', 'e'),
    flag('novolumegroup', 'n'),
    flag('short', 's'),
    flag('uuid', 'u'),
  ],
  instead: (command, line, engine) =>
    isCacheScan(line) ? scanCache(command, line, engine) : undefined,
  refuse: (line) =>
    line.has('exported') && line.has('novolumegroup')
      ? 'Options -e and -n are incompatible'
      : undefined,
  said: (_source, line) =>
    complaints([
      ...(line.has('exported')
        ? ['WARNING: only considering physical volumes of exported volume group(s)']
        : []),
      ...(line.has('novolumegroup')
        ? ['WARNING: only considering physical volumes in no volume group']
        : []),
    ]),
  lines: (source, line) => {
    const pvs = allPvRows(source, false).filter(
      (pv) =>
        (!line.has('exported') || isExportedPv(pv)) && (!line.has('novolumegroup') || !pv.group),
    );
    return pvScanLines(pvs, { short: line.has('short'), uuids: line.has('uuid') }, source.scan);
  },
});

export const vgscan = scan({
  name: 'vgscan',
  about: 'Search for all volume groups',
  form: '',
  options: [flag('cache'), flag('mknodes'), flag('notifydbus')],
  lines: (source) => vgScanLines(source),
});

export const lvscan = scan({
  name: 'lvscan',
  about: 'List all logical volumes in all volume groups',
  form: '',
  options: [flag('all', 'a'), flag('blockdevice', 'b'), flag('cache')],
  said: (source, line) => (line.has('verbose') ? skipped(source) : []),
  lines: (source, line) => lvScanLines(source, line.has('all')),
});

export const lvmdiskscan = scan({
  name: 'lvmdiskscan',
  about: 'List devices that may be used as physical volumes',
  form: '',
  options: [flag('lvmpartition', 'l')],
  said: (_source, line) =>
    line.has('lvmpartition') ? complaints(['WARNING: only considering LVM devices']) : [],
  lines: (source, line) => diskScanLines(source, line.has('lvmpartition')),
});
