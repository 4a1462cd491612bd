/** A command of LV Studio itself, which LVM does not have. It needs no plan. */
import { err, ok, type Result } from '../../base/result.ts';
import { joinWords } from '../../base/words.ts';
import type { CommandOptions, CommandResult, Preview, Refusal } from '../../contract/api.ts';
import type { VolumeError } from '../../contract/errors.ts';
import type { CommandEngine } from '../../engine/types.ts';
import { errorOutput, statusOf } from '../output.ts';

export interface StudioCommand {
  readonly name: string;
  /** @param args the words after the name */
  run(
    args: readonly string[],
    engine: CommandEngine,
    options: CommandOptions,
  ): Promise<CommandResult>;
  /** What the line would do: its questions, or why it is refused. @param argv with the name */
  preview(argv: readonly string[], engine: CommandEngine): Promise<Result<Preview, Refusal>>;
}

/** What came of a line that was understood and not carried out. */
export const failed = (command: string, error: VolumeError): CommandResult => ({
  status: statusOf(error),
  output: errorOutput(error, command),
});

/** @param line as it was read; the error is a clause */
export function previewOf(
  argv: readonly string[],
  line: Result<unknown, string>,
  questions: readonly string[] = [],
): Result<Preview, Refusal> {
  if (line.ok) return ok({ commandLine: joinWords(argv), plans: [], questions, warnings: [] });
  const why = line.error;
  return err({ error: { code: 'usage', command: argv[0] ?? '', why }, messages: [why] });
}
