/** pvscan, vgscan, lvscan and lvmdiskscan on the command line. */
import type { CommandResult } from '../../contract/api.ts';
import type { OutputLine } from '../../contract/events.ts';
import { isExportedPv } from '../../report/fields-pv.ts';
import { inLvmOrder } from '../../lvm/scan-order.ts';
import { allPvRows, type PvRow } from '../../report/rows.ts';
import {
  diskScanLines,
  lvScanLines,
  pvScanLines,
  scannedLvs,
  vgScanLines,
} from '../../report/scan-lists.ts';
import type { ReportSource } from '../../report/source.ts';
import type { CommandEngine } from '../../engine/types.ts';
import type { Answer, QueryCommand } from '../command.ts';
import { flag, valued, type OptionSpec } from '../getopt.ts';
import type { LineReader } from '../line-reader.ts';
import { shownOf } from '../log-objects.ts';
import type { Processing, Walk, Worked } from '../log-walk.ts';
import { complaints, STATUS, testMode, type Spoken } from '../output.ts';
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
  /** For the log, where it keeps one: its objects, a line about each in the order of the lines. */
  readonly log?: {
    readonly processing: Processing;
    readonly objects: (source: ReportSource, line: LineReader) => readonly LoggedObject[];
  };
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

type LoggedObject = Pick<Worked, 'vg' | 'lv' | 'pv'>;

function scan(what: Scan): QueryCommand {
  const { name, about, form, options, lines, said, refuse, instead, log } = what;
  const command: QueryCommand = {
    name,
    about,
    forms: [form],
    options: [...options, ...SHARED],
    async run(line, engine): Promise<Answer> {
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
      const texts = lines(source, line);
      const shown = shownOf({}, texts).spoken.map((one) => one.line);
      const odd = [...(said?.(source, line) ?? []), ...notices];
      const output = [...testMode(line), ...odd, ...shown];
      if (!log) return { status: STATUS.done, output };
      const objects = log.objects(source, line);
      const walk: Walk = {
        processing: log.processing,
        worked: objects.map((one, at) => shownOf(one, texts.slice(at, at + 1))),
        source,
        warnings: [
          ...testMode(line).map((one): Spoken => ({ level: 'direct', line: one })),
          ...odd.map((one): Spoken => ({ level: 'warn', line: one })),
        ],
        everything: true,
        summary: shownOf({}, texts.slice(objects.length)).spoken,
      };
      return { status: STATUS.done, output, walk };
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
    valued('autoactivation', undefined, 'String'),
    valued('major', 'j', 'Number'),
    valued('minor', undefined, 'Number'),
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
  lines: (source, line) =>
    pvScanLines(
      pvsListed(source, line),
      { short: line.has('short'), uuids: line.has('uuid') },
      source.scan,
    ),
  log: {
    processing: 'pv',
    objects: (source, line) => pvsListed(source, line).map(({ name }) => ({ pv: name })),
  },
});

const pvsListed = (source: ReportSource, line: LineReader): readonly PvRow[] =>
  allPvRows(source, false).filter(
    (pv) =>
      (!line.has('exported') || isExportedPv(pv)) && (!line.has('novolumegroup') || !pv.group),
  );

export const vgscan = scan({
  name: 'vgscan',
  about: 'Search for all volume groups',
  form: '',
  options: [flag('cache'), flag('mknodes'), flag('notifydbus')],
  lines: (source) => vgScanLines(source),
  log: {
    processing: 'vg',
    objects: ({ scan: of }) => inLvmOrder(of).map(({ vg }) => ({ vg: vg.name })),
  },
});

export const lvscan = scan({
  name: 'lvscan',
  about: 'List all logical volumes in all volume groups',
  form: '',
  options: [flag('all', 'a'), flag('blockdevice', 'b'), flag('cache')],
  said: (source, line) => (line.has('verbose') ? skipped(source) : []),
  lines: (source, line) => lvScanLines(source, line.has('all')),
  log: {
    processing: 'lv',
    objects: (source, line) =>
      scannedLvs(source, line.has('all')).map(({ vg, lv }) => ({ vg: vg.vg.name, lv: lv.name })),
  },
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
