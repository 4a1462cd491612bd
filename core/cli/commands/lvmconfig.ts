/** lvmconfig, also as config and dumpconfig: the settings that there are, and those of the line. */
import { err, ok } from '../../base/result.ts';
import type { CommandResult } from '../../contract/api.ts';
import { METADATA_PROFILE, misuse, type QueryCommand, type Parsed } from '../command.ts';
import type { Overrides } from '../config-option.ts';
import { flag, valued, type OptionSpec } from '../getopt.ts';
import type { LineReader } from '../line-reader.ts';
import { complaints, printed, STATUS } from '../output.ts';
import { isShown } from '../settings/filters.ts';
import { defaultSections, isSetting, unknownSettings } from '../settings/known.ts';
import { settingLines, valueText } from '../settings/print.ts';
import { usageRefusal } from '../usage.ts';

const TYPES = [
  ...['current', 'default', 'diff', 'full', 'list', 'missing', 'new', 'profilable'],
  ...['profilable-command', 'profilable-metadata'],
];

/** They ask for texts about settings that are not kept here, or for a file that a lab has not. */
const UNKEPT: readonly OptionSpec[] = [
  ...['withcomments', 'withsummary', 'withversions', 'withgeneralpreamble', 'withlocalpreamble'],
  ...['showdeprecated', 'showunsupported', 'unconfigured'],
]
  .map((name): OptionSpec => ({ ...flag(name), unlisted: true }))
  .concat(
    ['atversion', 'sinceversion'].map((name): OptionSpec => ({
      ...valued(name, undefined, 'String'),
      unlisted: true,
    })),
  );

const named = (name: string): QueryCommand => {
  const command: QueryCommand = {
    name,
    about: 'Display and manipulate configuration information',
    forms: ['[ String ... ]'],
    options: [
      // Both names are one option.
      valued('typeconfig', undefined, 'current|default|diff|full|list'),
      valued('type', undefined, 'current|default|diff|full|list'),
      flag('list', 'l'),
      flag('validate'),
      valued('file', 'f', 'String'),
      flag('ignoreadvanced'),
      flag('ignoreunsupported'),
      flag('ignorelocal'),
      flag('mergedconfig'),
      flag('withspaces'),
      METADATA_PROFILE,
      ...UNKEPT,
    ],
    async run(line, engine) {
      const lines = answer(line);
      if (!lines.ok) return usageRefusal(command, lines.error);
      const { stdout, stderr, status } = lines.value;
      const file = line.text('file');
      if (file === undefined || status !== STATUS.done) {
        return { status, output: [...printed(stdout).output, ...complaints(stderr)] };
      }
      const text = stdout.map((one) => `${one}\n`).join('');
      const done = await engine.backups.write(file, text);
      const failed: CommandResult = {
        status: STATUS.failed,
        output: complaints([`${file}: the file cannot be written.`]),
      };
      return done.ok ? { status, output: complaints(stderr) } : failed;
    },
  };
  return command;
};

export const lvmconfig = named('lvmconfig');
export const config = named('config');
export const dumpconfig = named('dumpconfig');

interface Answer {
  readonly stdout: readonly string[];
  readonly stderr: readonly string[];
  readonly status: number;
}

const said = (stdout: readonly string[]): Parsed<Answer> =>
  ok({ stdout, stderr: [], status: STATUS.done });

function answer(line: LineReader): Parsed<Answer> {
  const asked = line.text('typeconfig') ?? line.text('type');
  if (asked !== undefined && !TYPES.includes(asked)) {
    return err({ kind: 'argument', option: 'typeconfig', text: asked });
  }
  const without = UNKEPT.find(({ long }) => line.has(long));
  if (without) return misuse(`--${without.long} is not available here: settings have no comments.`);
  const odd = oddOption(line, asked ?? (line.has('list') ? 'list' : 'current'));
  if (odd !== undefined) return misuse(odd);
  if (line.has('validate')) {
    if (asked !== undefined) return misuse('Only one of --type and --validate permitted.');
    const unknown = unknownSettings(line.settings);
    return unknown.length === 0
      ? said(['  LVM configuration valid.'])
      : ok({ stdout: [], stderr: ['LVM configuration invalid.'], status: STATUS.failed });
  }
  if (line.has('list') && asked !== undefined) {
    return misuse('Only one of --type and --list permitted.');
  }
  const type = line.has('list') ? 'list' : (asked ?? 'current');
  const ignore = { advanced: line.has('ignoreadvanced'), local: line.has('ignorelocal') };
  const spaced = line.has('withspaces') && !['current', 'diff', 'full'].includes(type);
  const all = sectionsOf(type, line.settings, { ignore, spaced });
  const words = line.words;
  if (words.length === 0) return said(all.flatMap(({ lines }) => lines));
  return nodes(words, type, all, line.settings);
}

/** A section as a type prints it: whole, and setting by setting. */
interface Printed {
  readonly name: string;
  readonly lines: readonly string[];
  readonly settings: ReadonlyMap<string, string>;
}

interface Style {
  readonly ignore: Parameters<typeof isShown>[3];
  /** Blanks around `=`, and inside lists. */
  readonly spaced: boolean;
}

/** Why an option does not go with the type. */
function oddOption(line: LineReader, type: string): string | undefined {
  if (line.has('mergedconfig') && type !== 'current' && type !== 'full') {
    return '--mergedconfig has no effect without --type current or --type full';
  }
  const ignores = line.has('ignoreadvanced') || line.has('ignoreunsupported');
  return ignores && type === 'current'
    ? '--ignoreadvanced and --ignoreunsupported has no effect with --type current'
    : undefined;
}

function sectionsOf(type: string, settings: Overrides, style: Style): readonly Printed[] {
  if (type === 'current') return current(settings);
  if (type === 'diff') return current(different(settings));
  return defaultSections().flatMap(({ name, head, foot, lines: all }): readonly Printed[] => {
    const lines = all.filter((line) => {
      const path = `${name}/${line.name}`;
      return isShown(path, type, settings.has(path), style.ignore);
    });
    if (lines.length === 0 && all.length > 0) return [];
    const own = new Map(
      lines.map((line) => {
        const value = settings.get(`${name}/${line.name}`);
        const text = value ? valueText(value) : line.value;
        const usual = `# ${line.name}${assigned(line.value, style.spaced)}`;
        const shown = type === 'full' ? `${line.name}=${text}` : usual;
        return [line.name, type === 'list' ? `${name}/${line.name}` : shown] as const;
      }),
    );
    if (type !== 'list' && type !== 'full') {
      const inside = [...own.values()].map((one) => `\t${one}`);
      return [{ name, lines: [head, ...inside, foot], settings: own }];
    }
    if (type === 'list') return [{ name, lines: [...own.values()], settings: own }];
    if (own.size === 0) return [];
    const inside = [...own.values()].map((one) => `\t${one}`);
    return [{ name, lines: [`${name} {`, ...inside, '}'], settings: own }];
  });
}

const assigned = (value: string, spaced: boolean): string =>
  spaced ? ` = ${value.replace(/^\[(.+)\]$/s, '[ $1 ]').replaceAll('","', '", "')}` : `=${value}`;

function current(settings: Overrides): readonly Printed[] {
  const names = new Set([...settings.keys()].map((path) => path.split('/')[0] ?? ''));
  return [...names].map((name) => {
    const own = new Map([...settings].filter(([path]) => path.startsWith(`${name}/`)));
    const each = [...own].map(([path, value]) => {
      const key = path.slice(name.length + 1);
      return [key, `${key}=${valueText(value)}`] as const;
    });
    return { name, lines: settingLines(own), settings: new Map(each) };
  });
}

/** Those that are set to something else than they are by default. */
function different(settings: Overrides): Overrides {
  const usual = new Map<string, string>(
    defaultSections().flatMap(({ name, lines }) =>
      lines.map((line) => [`${name}/${line.name}`, line.value] as const),
    ),
  );
  return new Map(
    [...settings].filter(
      ([path, value]) => isSetting(path) && usual.get(path) !== valueText(value),
    ),
  );
}

function nodes(
  words: readonly string[],
  type: string,
  all: readonly Printed[],
  settings: Overrides,
): Parsed<Answer> {
  const stdout: string[] = [];
  const stderr: string[] = [];
  for (const word of words) {
    const [section = '', name] = word.split('/');
    const found = all.find((one) => one.name === section);
    const setting = name === undefined ? undefined : found?.settings.get(name);
    if (name === undefined ? found : setting !== undefined) {
      stdout.push(...(setting === undefined ? (found?.lines ?? []) : [setting]));
      continue;
    }
    // What is as it is by default makes no difference.
    if (type === 'diff' && settings.has(word)) continue;
    stderr.push(`Configuration node ${word} not found`);
  }
  const unknown = type === 'current' ? [] : unknownSettings(settings);
  return ok({
    stdout,
    stderr: [...unknown, ...stderr],
    status: stderr.length > 0 ? STATUS.failed : STATUS.done,
  });
}
