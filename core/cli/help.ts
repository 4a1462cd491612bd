/** `help`, `--help` and unknown words: what is answered from the tables of the commands alone. */
import { err, ok, type Result } from '../base/result.ts';
import type { CommandResult } from '../contract/api.ts';
import type { OutputLine } from '../contract/events.ts';
import { COMMON, type CommandSyntax } from './command.ts';
import { ownOptions } from './own-options.ts';
import { versionOutput } from './commands/about.ts';
import { CHANGE_COMMANDS, QUERY_COMMANDS } from './commands/index.ts';
import { dmsetupWithoutLab } from './dmsetup/run.ts';
import { parseOptions } from './getopt.ts';
import { helpHint, printed, refused, STATUS } from './output.ts';
import { helpText, overview, unreadable } from './usage.ts';

export const COMMANDS: readonly CommandSyntax[] = [...CHANGE_COMMANDS, ...QUERY_COMMANDS];

const named = (name: string): CommandSyntax | undefined =>
  COMMANDS.find((one) => one.name === name);

/** `help`, `help lvrename`. */
export function help(args: readonly string[]): CommandResult {
  const line = parseOptions(args, COMMON, 'ignored');
  if (!line.ok) return unreadable('help', line.error);
  const words = line.value.positionals;
  if (words.length === 0) return overview(COMMANDS);
  const found = words.map((word) => ({ word, command: named(word) }));
  const strange = found.filter(({ command }) => command === undefined);
  return {
    status: strange.length > 0 ? STATUS.usage : STATUS.done,
    output: [
      ...strange.flatMap(({ word }) => noSuchTopic(word)),
      ...found.flatMap(({ command }) => (command ? printed(helpText(command)).output : [])),
    ],
  };
}

const noSuchTopic = (word: string): readonly OutputLine[] => [
  { stream: 'stdout', text: `  ${word}: no such command.` },
  { stream: 'stderr', text: helpHint('help') },
];

/** Commands of LVM about volumes that cannot be made here yet. */
const LATER = ['lvpoll'];

export const unknownCommand = (name: string): CommandResult =>
  refused(
    STATUS.noSuchCommand,
    LATER.includes(name)
      ? [`  ${name} is not available here yet: volumes cannot be moved.`]
      : [`  No such command '${name}'.  Try 'help'.`],
  );

/** `lvm lvs` is `lvs`; on refusal what LVM says of such a line, or its list of commands. */
export function plainArgv(argv: readonly string[]): Result<readonly string[], CommandResult> {
  const [lvm, name = 'help'] = argv;
  if (lvm !== 'lvm') return ok(argv);
  if (name === '--help' || name === '-h' || argv.length === 1) return err(overview(COMMANDS));
  if (name.startsWith('-')) {
    const why = '  Specify options after a command: lvm [command] [options].';
    return err(refused(STATUS.usage, [why]));
  }
  if (name !== 'help' && !named(name) && !LATER.includes(name)) {
    return err(refused(STATUS.noSuchCommand, ["  No such command.  Try 'lvm help'."]));
  }
  return ok(argv.slice(1));
}

/** What needs no lab: help, and words that are no command. Undefined: the line needs one. */
export function answerWithoutLab(argv: readonly string[]): CommandResult | undefined {
  const plain = plainArgv(argv);
  if (!plain.ok) return plain.error;
  const [name = '', ...args] = plain.value;
  if (name === 'dmsetup') return dmsetupWithoutLab(args);
  if (name === 'help') return help(args);
  const command = named(name);
  if (!command) return unknownCommand(name);
  const line = parseOptions(args, [...ownOptions(command), ...COMMON], 'ignored');
  if (!line.ok) return undefined;
  const { values } = line.value;
  if (values.has('help') || values.has('longhelp')) return printed(helpText(command));
  return values.has('version') ? versionOutput() : undefined;
}
