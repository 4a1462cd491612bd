/** A command of LV Studio itself, which LVM does not have. It needs no plan. */
import type { Result } from '../../base/result.ts';
import type { CommandOptions, CommandResult, Preview, Refusal } from '../../contract/api.ts';
import type { CommandEngine } from '../../engine/types.ts';

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
