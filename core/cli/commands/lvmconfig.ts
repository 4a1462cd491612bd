/** lvmconfig, also as config and dumpconfig: the settings that there are, and those of the line. */
import { err, ok } from '../../base/result.ts';
import type { CommandResult } from '../../contract/api.ts';
import type { QueryCommand, Parsed } from '../command.ts';
import type { Overrides } from '../config-option.ts';
import { flag, valued } from '../getopt.ts';
import type { LineReader } from '../line-reader.ts';
import { complaints, printed, STATUS } from '../output.ts';
import { defaultSections, isSetting, unknownSettings } from '../settings/known.ts';
import { settingLines, valueText } from '../settings/print.ts';
import { usageRefusal } from '../usage.ts';

const TYPES = [
  ...['current', 'default', 'diff', 'full', 'list', 'missing', 'new', 'profilable'],
  ...['profilable-command', 'profilable-metadata'],
];

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
  if (line.has('validate')) {
    const misuse = asked === undefined ? undefined : 'Only one of --type and --validate permitted.';
    if (misuse) return err({ kind: 'misuse', why: misuse });
    const unknown = unknownSettings(line.settings);
    return unknown.length === 0
      ? said(['  LVM configuration valid.'])
      : ok({ stdout: [], stderr: ['LVM configuration invalid.'], status: STATUS.failed });
  }
  if (line.has('list') && asked !== undefined) {
    return err({ kind: 'misuse', why: 'Only one of --type and --list permitted.' });
  }
  const type = line.has('list') ? 'list' : (asked ?? 'current');
  const all = sectionsOf(type, line.settings);
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

function sectionsOf(type: string, settings: Overrides): readonly Printed[] {
  if (type === 'current') return current(settings);
  if (type === 'diff') return current(different(settings));
  return defaultSections().flatMap(({ name, head, foot, lines }): readonly Printed[] => {
    const own = new Map(
      lines.map((line) => {
        const value = settings.get(`${name}/${line.name}`);
        const text = value ? valueText(value) : line.value;
        const shown = type === 'default' ? `# ${line.name}=${line.value}` : `${line.name}=${text}`;
        return [line.name, type === 'list' ? `${name}/${line.name}` : shown] as const;
      }),
    );
    if (type === 'default') {
      return [{ name, lines: [head, ...lines.map(({ text }) => text), foot], settings: own }];
    }
    if (type === 'list') return [{ name, lines: [...own.values()], settings: own }];
    if (type !== 'full' || own.size === 0) return [];
    const inside = [...own.values()].map((one) => `\t${one}`);
    return [{ name, lines: [`${name} {`, ...inside, '}'], settings: own }];
  });
}

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
