/** `help`, `--help` and unknown words: what is answered from the tables of the commands alone. */
import type { CommandResult } from '../contract/api.ts';
import { COMMON, ownOptions, type CommandSyntax } from './command.ts';
import { CHANGE_COMMANDS, QUERY_COMMANDS } from './commands/index.ts';
import { dmsetupWithoutLab } from './dmsetup/run.ts';
import { parseOptions } from './getopt.ts';
import { printed, refused, STATUS } from './output.ts';
import { helpText, overview } from './usage.ts';

export const COMMANDS: readonly CommandSyntax[] = [...CHANGE_COMMANDS, ...QUERY_COMMANDS];

const named = (name: string): CommandSyntax | undefined =>
  COMMANDS.find((one) => one.name === name);

/** `help`, `help lvrename`. */
export function help(words: readonly string[]): CommandResult {
  if (words.length === 0) return overview(COMMANDS);
  const found = words.map((word) => ({ word, command: named(word) }));
  const strange = found.filter(({ command }) => command === undefined);
  return {
    status: strange.length > 0 ? STATUS.usage : STATUS.done,
    output: [
      ...strange.flatMap(({ word }) => refused(STATUS.usage, noSuchTopic(word)).output),
      ...found.flatMap(({ command }) => (command ? printed(helpText(command)).output : [])),
    ],
  };
}

const noSuchTopic = (word: string): readonly string[] => [
  `  ${word}: no such command.`,
  "  Run `help --help' for more information.",
];

export const unknownCommand = (name: string): CommandResult =>
  refused(STATUS.noSuchCommand, [`  No such command '${name}'.  Try 'help'.`]);

/** What needs no lab: help, and words that are no command. Undefined: the line needs one. */
export function answerWithoutLab([name = '', ...args]: readonly string[]):
  CommandResult | undefined {
  if (name === 'dmsetup') return dmsetupWithoutLab(args);
  if (name === 'help') return help(args.filter((word) => !word.startsWith('-')));
  const command = named(name);
  if (!command) return unknownCommand(name);
  const line = parseOptions(args, [...ownOptions(command), ...COMMON]);
  const asked = line.ok && (line.value.values.has('help') || line.value.values.has('longhelp'));
  return asked ? printed(helpText(command)) : undefined;
}
