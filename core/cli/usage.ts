/** What commands say about themselves: `--help`, and why a line was not understood. */
import type { CommandResult } from '../contract/api.ts';
import { COMMON, type CommandSyntax, type UsageError } from './command.ts';
import { ownOptions } from './own-options.ts';
import type { OptionSpec, Unreadable } from './getopt.ts';
import type { LineReader } from './line-reader.ts';
import { errorOutput, helpHint, printed, refused, STATUS, statusOf } from './output.ts';
import { similarSyntax } from './similar.ts';

/** Made of the command's own table, so that it cannot promise what is not there. */
export function helpText(command: CommandSyntax): readonly string[] {
  const { name, about, forms } = command;
  return [
    `  ${name} - ${about}`,
    '',
    ...forms.map((form) => `  ${name} ${form}`),
    ...ownOptions(command)
      .filter(({ unlisted }) => !unlisted)
      .map(optionLine),
    '',
    '  Common options for lvm:',
    ...COMMON.filter(({ short }) => short !== '?').map(optionLine),
    '',
  ];
}

function optionLine({ short, long, value }: OptionSpec): string {
  const letter = short === undefined ? '   ' : `-${short}|`;
  return `\t[ ${letter}--${long}${value === undefined ? '' : ` ${value}`} ]`;
}

/** `lvstudio help`. */
export const overview = (commands: readonly CommandSyntax[]): CommandResult =>
  printed(commands.map(({ name, about }) => `  ${name.padEnd(16)}${about}`));

/** Options that cannot be read: getopt names the command, LVM indents. */
export const unreadable = (name: string, { by, why }: Unreadable): CommandResult => {
  const line = by === 'getopt' ? `${name}: ${why}` : `  ${why}`;
  return refused(STATUS.usage, [line, '  Error during parsing of command line.']);
};

/** @param line where it was understood far enough to have options */
export function usageRefusal(
  { name, forms }: CommandSyntax,
  error: UsageError,
  line?: LineReader,
): CommandResult {
  switch (error.kind) {
    case 'misuse': {
      const lines = error.why.split('\n').map((line) => `  ${line}`);
      return refused(STATUS.usage, [...lines, helpHint(name)]);
    }
    case 'failed':
      return { status: statusOf(error.error), output: errorOutput(error.error, name) };
    case 'said':
      return error.result;
    case 'argument':
      return refused(STATUS.usage, [
        ...(error.why === undefined ? [] : [`  ${error.why}`]),
        `  Invalid argument for --${error.option}: ${error.text}`,
        '  Error during parsing of command line.',
      ]);
    case 'plain':
      return refused(error.status, [`  ${error.why}`]);
    case 'unwanted':
      return refused(STATUS.usage, [`  Command does not accept ${error.what}.`]);
    case 'syntax': {
      const why = 'No command with matching syntax recognised.';
      const hint = `  ${why}  Run '${name} --help' for more information.`;
      const similar = line ? similarSyntax(name, line) : [];
      if (similar.length > 0) {
        const { output } = refused(STATUS.usage, [hint]);
        return { status: STATUS.usage, output: [...output, ...similar] };
      }
      // With one form LVM says which one it is, the form itself on the other stream.
      const [form, ...others] = forms;
      if (form === undefined || others.length > 0) return refused(STATUS.usage, [hint]);
      const { output } = refused(STATUS.usage, [hint, '  Correct command syntax is:']);
      return {
        status: STATUS.usage,
        output: [...output, { stream: 'stdout', text: `  ${name} ${form}` }],
      };
    }
  }
}
