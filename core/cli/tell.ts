/** What a line says while it waits for something. */
import { printableLines } from '../base/printable.ts';
import type { CommandOptions } from '../contract/api.ts';
import type { OutputLine } from '../contract/events.ts';
import type { CommandEngine } from '../engine/types.ts';
import { CHANGE_COMMANDS } from './commands/index.ts';

/** All of it each time, from the moment the line only waits. */
export type Tell = (output: readonly OutputLine[]) => void;

/**
 * To the door that asked for it.
 * @param prefix of `log/prefix`: what is said with one is said at the end
 */
export function teller(
  engine: Pick<CommandEngine, 'publish'>,
  line: string,
  { told }: CommandOptions,
  prefix: string | undefined,
): Tell {
  if (told === undefined || prefix !== undefined) return () => undefined;
  return (output) => {
    engine.publish({ kind: 'said', told, line, output: output.map(shownSafely) });
  };
}

/** Names, tags and hints come from disks that anybody may have written. */
export const shownSafely = (one: OutputLine): OutputLine => ({
  ...one,
  text: printableLines(one.text),
});

/** Whether a line may wait and say something meanwhile. */
export const mayWait = ([name]: readonly string[]): boolean =>
  CHANGE_COMMANDS.some((command) => command.name === name && command.waits === true);
