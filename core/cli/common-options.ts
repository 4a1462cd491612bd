/** What the options that every command has ask for, before the command itself is looked at. */
import type { CommandResult } from '../contract/api.ts';
import type { OutputLine } from '../contract/events.ts';
import type { CommandEngine } from '../engine/types.ts';
import type { CommandSyntax } from './command.ts';
import { overriddenList, parseOverrides, type Overrides } from './config-option.ts';
import type { LineReader } from './line-reader.ts';
import { REPORTS } from './own-options.ts';
import { complaints, refused, STATUS } from './output.ts';
import { compileRegex } from '../report/regex.ts';
import { unknownSettings } from './settings/known.ts';
import { accessOf } from './system-id.ts';
import { usageRefusal } from './usage.ts';

const YES_OR_NO = ['y', 'n', '1', '0'];

/** Options of which nothing is made here, with the words that LVM takes. */
const WORDS: readonly (readonly [option: string, words: readonly string[]])[] = [
  ['driverloaded', YES_OR_NO],
  ['autobackup', YES_OR_NO],
  ['poolmetadataspare', YES_OR_NO],
  ['monitor', YES_OR_NO],
  ['poll', YES_OR_NO],
  ['clustered', YES_OR_NO],
  ['locktype', ['none', 'sanlock', 'dlm', 'idm', 'clvm']],
  ['metadatatype', ['lvm2', '2']],
];

const LOG_FORMATS = ['basic', 'json'];

/** Why the line cannot be run; undefined: it can. */
export function commonRefusal(command: CommandSyntax, line: LineReader): CommandResult | undefined {
  for (const [option, words] of WORDS) {
    const text = line.text(option);
    if (text !== undefined && !words.includes(text)) {
      return usageRefusal(command, { kind: 'argument', option, text });
    }
  }
  const format = line.text('reportformat');
  if (format !== undefined && !REPORTS.includes(command.name) && !LOG_FORMATS.includes(format)) {
    return usageRefusal(command, { kind: 'argument', option: 'reportformat', text: format });
  }
  const overrides = parseOverrides(line.text('config'));
  if (!overrides.ok) return usageRefusal(command, { kind: 'misuse', why: overrides.error });
  const file = line.text('devicesfile') ?? '';
  if (file !== '' && line.has('devices')) {
    const why = 'A --devices list cannot be used with --devicesfile.';
    return usageRefusal(command, { kind: 'misuse', why });
  }
  if (file.includes('/')) {
    return usageRefusal(command, { kind: 'misuse', why: 'Invalid devices file name.' });
  }
  // A lab has no profiles.
  const profile = line.text('profile') ?? line.text('commandprofile');
  const attached = line.text('metadataprofile');
  if (profile !== undefined) return noProfile('command', profile);
  return attached === undefined ? undefined : noProfile('metadata', attached);
}

const noProfile = (what: 'command' | 'metadata', name: string): CommandResult =>
  refused(
    STATUS.failed,
    name.includes('/')
      ? [
          `  ${name}: bad profile name, it contains '/'.`,
          `  Failed to add ${what} profile ${name}.`,
        ]
      : [
          `  /etc/lvm/profile/${name}.profile: stat failed: No such file or directory`,
          `  Failed to apply ${what} profile ${name}.`,
        ],
  );

/** What they make of the lab for one command. */
export interface CommonEffects {
  readonly engine: CommandEngine;
  /** Said before anything else. */
  readonly said: readonly OutputLine[];
  /** The line names disks that it leaves out. */
  readonly refusal?: CommandResult;
}

/** Journals that LVM can be told to write. */
const JOURNALS = ['command', 'output', 'debug'];
/** They want all their devices or none. */
const ALL_OR_NONE = ['vgcreate', 'vgextend'];

/** `--devices`, `--readonly` and `--driverloaded n` hide a part of the lab. */
export function commonEffects(
  command: CommandSyntax,
  line: LineReader,
  engine: CommandEngine,
): CommonEffects {
  const listed = line.texts('devices')?.flatMap((text) => text.split(','));
  const passed = passedBy(line.settings, engine);
  const devices = passed?.filter((path) => !listed || listed.includes(path)) ?? listed;
  const noDriver = ['n', '0'].includes(line.text('driverloaded') ?? 'y');
  const deviceless = noDriver || line.has('readonly');
  const { access, said: ofIds } = accessOf(line, engine);
  const journal = line.text('journal') ?? 'command';
  const absent = (listed ?? []).filter((path) => !engine.disk(path));
  const said = complaints([
    ...unknownSettings(line.settings),
    ...ofIds,
    ...(JOURNALS.includes(journal) ? [] : Array<string>(2).fill(UNKNOWN_JOURNAL)),
    ...(noDriver ? [NO_DRIVER] : []),
    ...absent.map((path) => `Device not found for ${path}.`),
  ]);
  if (!devices && !deviceless && !access) return { engine, said };
  const hidden = devices
    ? line.words.filter((word) => engine.disk(word) && !devices.includes(word))
    : [];
  const seeing = engine.seeing({
    ...(devices && { devices }),
    ...(deviceless && { deviceless }),
    ...(access && { access }),
  });
  if (hidden.length === 0) return { engine: seeing, said };
  const lines = complaints([
    ...hidden.map((path) => {
      const why = passed?.includes(path) === false ? 'rejected by filter config' : NOT_LISTED;
      return `Cannot use ${path}: device is ${why}`;
    }),
    ...(ALL_OR_NONE.includes(command.name) ? ['Command requires all devices to be found.'] : []),
  ]);
  return { engine: seeing, said, refusal: { status: STATUS.failed, output: lines } };
}

const NOT_LISTED = 'not in devices list';
const UNKNOWN_JOURNAL = 'Ignoring unrecognized journal value.';
const NO_DRIVER = 'WARNING: Activation disabled. No device-mapper interaction will be attempted.';

/** Disks that the filters let pass; undefined where there are none. */
function passedBy(settings: Overrides, engine: CommandEngine): readonly string[] | undefined {
  const filters = ['devices/filter', 'devices/global_filter'].flatMap((path) => {
    const patterns = overriddenList(settings, path);
    return patterns ? [patterns] : [];
  });
  if (filters.length === 0) return undefined;
  const paths = engine.blockDevices().disks.map(({ path }) => path);
  return paths.filter((path) => filters.every((patterns) => passes(patterns, path)));
}

/** `a|sda|` takes, `r|.*|` leaves out, the first that fits decides. */
function passes(patterns: readonly string[], path: string): boolean {
  for (const pattern of patterns) {
    const [, what, , inside = ''] = /^([ar])(.)(.*)\2$/s.exec(pattern) ?? [];
    const compiled = what === undefined ? undefined : compileRegex(inside);
    if (compiled?.ok && compiled.value(path)) return what === 'a';
  }
  return true;
}
