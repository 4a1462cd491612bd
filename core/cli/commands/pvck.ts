import { err, type Result } from '../../base/result.ts';
import type { CommandResult } from '../../contract/api.ts';
import type { VolumeError } from '../../contract/errors.ts';
import type { CommandEngine } from '../../engine/types.ts';
import type { PvckRequest } from '../../lvm/ops/pvck.ts';
import { noticeLine } from '../../report/notices.ts';
import {
  syntax,
  unwantedWord,
  type ChangeCommand,
  type Known,
  unwantedOption,
} from '../command.ts';
import { flag, repeated, valued } from '../getopt.ts';
import type { LineReader } from '../line-reader.ts';
import { errorOutput, indented, STATUS, statusOf, TEST_MODE } from '../output.ts';
import { check, dump, DUMPS, settingsOf } from '../pvck-look.ts';
import { repairText, sectorsOf } from '../pvck-repair.ts';

const REPAIRS = ['pv_header', 'metadata', 'label_header'] as const;

export const pvck: ChangeCommand = {
  name: 'pvck',
  about: 'Check metadata on physical volumes',
  forms: [
    'PV ...',
    '--dump headers|metadata|metadata_all|metadata_search PV',
    '--repairtype pv_header|metadata|label_header PV',
    '--repair -f|--file String PV',
  ],
  options: [
    valued('dump', undefined, 'headers|metadata|metadata_all|metadata_search'),
    flag('repair'),
    valued('repairtype', undefined, 'pv_header|metadata|label_header'),
    valued('file', 'f', 'String'),
    repeated(valued('settings', undefined, 'String')),
    valued('pvmetadatacopies', undefined, '0|1|2'),
    valued('labelsector', undefined, 'Number'),
  ],
  warnsOf: 'nothing',
  async look(line, engine, known) {
    const kind = line.oneOf('dump', DUMPS);
    line.pvCreation();
    if (line.isRefused()) return undefined;
    const [path, ...others] = line.words;
    if (path !== undefined && !isRepair(line) && !line.has('dump')) return check(line, engine);
    if (kind && path !== undefined && others.length === 0) return dump(kind, line, engine);
    return isRepair(line) && line.has('test') ? rehearse(line, engine, known) : undefined;
  },
  async parse(line, known) {
    line.oneOf('dump', DUMPS);
    line.oneOf('repairtype', REPAIRS);
    line.pvCreation();
    const [path, second] = line.words;
    if (path === undefined) return line.refuse(syntax());
    if (second !== undefined) return line.refuse(unwantedWord(second));
    if (line.has('repair') && !line.has('file')) {
      return line.refuse(unwantedOption('repair'));
    }
    if (line.isRefused()) return line.requests([]);
    const settings = settingsOf(line);
    if (!settings.ok) return err({ kind: 'said', result: settings.error });
    const request = await requestOf(line, known, path, settings.value);
    return request.ok
      ? line.requests([request.value])
      : err({ kind: 'failed', error: request.error });
  },
};

const isRepair = (line: LineReader): boolean => line.has('repair') || line.has('repairtype');

async function requestOf(
  line: LineReader,
  known: Known,
  device: string,
  wishes: PvckRequest['wishes'],
): Promise<Result<PvckRequest, VolumeError>> {
  const disk = known.disk(device);
  const unfit = known.unfit(device);
  if (!disk) {
    const why = unfit ? { unfit } : {};
    return err({ code: 'device-not-found', device, command: 'pvck', ...why });
  }
  const file = line.text('file');
  const text = file === undefined ? undefined : await repairText(file, known);
  if (text && !text.ok) return text;
  const labelSector = line.count('labelsector') ?? 1;
  const found = await sectorsOf(disk, labelSector, text?.value);
  if (!found.ok) return found;
  return {
    ok: true,
    value: {
      verb: 'pvck',
      device,
      repair: line.has('repair') ? 'all' : (line.oneOf('repairtype', REPAIRS) ?? 'metadata'),
      labelSector,
      ...found.value,
      wishes,
      ...(text ? { text: text.value } : {}),
    },
  };
}

/** LVM says what it would write, and that it does not. */
async function rehearse(
  line: LineReader,
  engine: CommandEngine,
  known: Known,
): Promise<CommandResult | undefined> {
  const parsed = await pvck.parse(line, known);
  const [request] = parsed.ok ? parsed.value : [];
  if (!request) return undefined;
  const plan = await engine.plan(request, line.asGiven);
  if (!plan.ok) {
    const output = [TEST_MODE, ...errorOutput(plan.error, 'pvck')];
    return { status: statusOf(plan.error), output };
  }
  const said = [...plan.value.warnings, ...plan.value.done];
  const parts = said.filter(
    (one) => one.code === 'pvck' && ['label', 'area-header'].includes(one.said.kind),
  );
  const skip = { stream: 'stderr', text: '  Skip writing in test mode.' } as const;
  return {
    status: STATUS.done,
    output: [
      TEST_MODE,
      ...said.map((notice) => indented(noticeLine(notice))),
      ...parts.map(() => skip),
    ],
  };
}
