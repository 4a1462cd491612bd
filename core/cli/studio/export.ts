/** `export`: volumes for other programs, over NBD. */
import { err, ok, type Result } from '../../base/result.ts';
import type { CommandOptions, CommandResult, Preview, Refusal } from '../../contract/api.ts';
import type { Question } from '../../contract/errors.ts';
import type { ExportState } from '../../contract/exports.ts';
import type { ExportWish, WantedPlace } from '../../engine/exports.ts';
import type { VolumeTarget } from '../../engine/open-volume.ts';
import type { CommandEngine } from '../../engine/types.ts';
import { errorLines } from '../../report/errors.ts';
import { questionText } from '../../report/notices.ts';
import { splitLvPath } from '../command.ts';
import { flag, parseOptions, valued, type ParsedOptions } from '../getopt.ts';
import { printed, refused, STATUS } from '../output.ts';
import { failed, previewOf, type StudioCommand } from './studio-command.ts';

const OPTIONS = [
  flag('end'),
  flag('read-only', 'r'),
  flag('yes', 'y'),
  valued('socket', undefined, 'Path'),
  valued('port', undefined, '[Address:]Number'),
];

type ExportLine =
  | { readonly kind: 'list' }
  | { readonly kind: 'end'; readonly volume: string; readonly yes: boolean }
  | { readonly kind: 'begin'; readonly wish: ExportWish };

export const exportCommand: StudioCommand = {
  name: 'export',

  async run(args, engine, options) {
    const line = readLine(args);
    if (!line.ok) return refused(STATUS.usage, [`  ${line.error}`]);
    switch (line.value.kind) {
      case 'list':
        return printed(engine.exports.states.map(listed));
      case 'begin': {
        const begun = await engine.exports.start(line.value.wish);
        if (!begun.ok) return failed('export', begun.error);
        const { volume, uri, readOnly } = begun.value;
        return printed([`  ${volume} is exported${readOnly ? ' read-only' : ''} at ${uri}`]);
      }
      case 'end':
        return end(line.value, engine, options);
    }
  },

  preview(argv, engine) {
    return Promise.resolve(preview(argv, engine));
  },
};

async function end(
  { volume, yes }: Extract<ExportLine, { readonly kind: 'end' }>,
  engine: CommandEngine,
  options: CommandOptions,
): Promise<CommandResult> {
  const question = yes || options.yes === true ? undefined : openQuestion(volume, engine);
  const text = question && questionText(question);
  if (question && text !== undefined && options.agreed?.includes(text) !== true) {
    if (options.ask === true) {
      return { status: STATUS.failed, output: [], questions: [{ question, text, object: 0 }] };
    }
    const left = errorLines({ code: 'declined', question }).map((one) => `  ${one}`);
    return refused(STATUS.failed, [`${text}[n]`, ...left]);
  }
  const ended = await engine.exports.end(volume);
  return ended.ok ? printed([`  ${volume} is no longer exported`]) : failed('export', ended.error);
}

/** Programs that use a volume lose it. */
function openQuestion(volume: string, { exports }: CommandEngine): Question | undefined {
  const clients = exports.clientsOf(volume) ?? 0;
  return clients > 0 ? { code: 'end-export', volume, clients } : undefined;
}

const listed = ({ volume, uri, readOnly, clients }: ExportState): string =>
  `  ${volume} ${readOnly ? 'read-only' : 'writable'} ${clients.length} clients ${uri}`;

function preview(argv: readonly string[], engine: CommandEngine): Result<Preview, Refusal> {
  const line = readLine(argv.slice(1));
  const ends = line.ok && line.value.kind === 'end' ? line.value.volume : undefined;
  const question = ends === undefined ? undefined : openQuestion(ends, engine);
  return previewOf(argv, line, question ? [questionText(question)] : []);
}

const MAPPED = '/dev/mapper/';

/** `vg/home`, `/dev/vg/home`, or a device by its path in /dev/mapper. */
export function exportTarget(text: string): VolumeTarget | undefined {
  const device = text.slice(MAPPED.length);
  if (!text.startsWith(MAPPED)) return splitLvPath(text);
  return device === '' || device.includes('/') ? undefined : { device };
}

/** As its export is called. */
const targetName = (target: VolumeTarget): string =>
  'vg' in target ? `${target.vg}/${target.lv}` : target.device;

/** The error is a clause. */
function readLine(args: readonly string[]): Result<ExportLine, string> {
  const options = parseOptions(args, OPTIONS);
  if (!options.ok) return err(`export: ${options.error.why}`);
  const { positionals, values } = options.value;
  const [name, ...surplus] = positionals;
  if (name === undefined && values.size === 0) return ok({ kind: 'list' });
  const target = name === undefined || surplus.length > 0 ? undefined : exportTarget(name);
  if (!target) {
    return err('export VG/LV [--read-only] [--socket PATH | --port N], or export VG/LV --end');
  }
  const yes = values.has('yes');
  if (values.has('end')) return ok({ kind: 'end', volume: targetName(target), yes });
  const place = placeOf(options.value);
  if (!place.ok) return place;
  const readOnly = values.has('read-only');
  return ok({ kind: 'begin', wish: { target, place: place.value, readOnly } });
}

function placeOf({ values }: ParsedOptions): Result<WantedPlace, string> {
  const [socket, port] = [values.get('socket')?.at(-1), values.get('port')?.at(-1)];
  if (socket !== undefined && port !== undefined) return err('--socket or --port, not both');
  if (socket !== undefined) {
    return socket === '' ? err('--socket needs a path') : ok({ kind: 'unix', path: socket });
  }
  return port === undefined ? ok({ kind: 'usual' }) : portOf(port);
}

/** `10809`, or with an address in front: `[::1]:10809`. */
function portOf(text: string): Result<WantedPlace, string> {
  const [, host = '127.0.0.1', digits] = /^(?:\[?([^\]]*)\]?:)?(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  return port <= 65_535
    ? ok({ kind: 'tcp', host, port })
    : err(`--port ${text}: a number from 0 to 65535, or ADDRESS:NUMBER`);
}
