/** What the options that every command has ask for, before the command itself is looked at. */
import type { CommandResult } from '../contract/api.ts';
import type { CommandSyntax } from './command.ts';
import { parseOverrides } from './config-option.ts';
import type { LineReader } from './line-reader.ts';
import { refused, STATUS } from './output.ts';
import { usageRefusal } from './usage.ts';

/** Why the line cannot be run; undefined: it can. */
export function commonRefusal(command: CommandSyntax, line: LineReader): CommandResult | undefined {
  for (const option of ['driverloaded', 'autobackup']) {
    const text = line.text(option);
    if (text !== undefined && !['y', 'n', '1', '0'].includes(text)) {
      return usageRefusal(command, { kind: 'argument', option, text });
    }
  }
  const overrides = parseOverrides(line.text('config'));
  if (!overrides.ok) return usageRefusal(command, { kind: 'misuse', why: overrides.error });
  // A lab has no profiles.
  const profile = line.text('profile') ?? line.text('commandprofile');
  if (profile === undefined) return undefined;
  return refused(STATUS.failed, [
    `  /etc/lvm/profile/${profile}.profile: stat failed: No such file or directory`,
    `  Failed to apply command profile ${profile}.`,
  ]);
}
