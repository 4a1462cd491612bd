/** Lines of output as commands make them. */
import type { CommandResult } from '../contract/api.ts';
import type { VolumeError } from '../contract/errors.ts';
import type { OutputLine } from '../contract/events.ts';
import { errorLines } from '../report/errors.ts';

/** LVM's exit statuses (reference 13). */
export const STATUS = { done: 0, noSuchCommand: 2, usage: 3, failed: 5 } as const;

const out = (text: string): OutputLine => ({ stream: 'stdout', text });
const complaint = (text: string): OutputLine => ({ stream: 'stderr', text });

/** LVM puts two blanks in front of what it says. */
export const indented = ({ stream, text }: OutputLine): OutputLine => ({
  stream,
  text: `  ${text}`,
});

export const printed = (lines: readonly string[]): CommandResult => ({
  status: STATUS.done,
  output: lines.map(out),
});

export const refused = (status: number, lines: readonly string[]): CommandResult => ({
  status,
  output: lines.map(complaint),
});

export const errorOutput = (error: VolumeError): readonly OutputLine[] =>
  errorLines(error).map((line) => indented(complaint(line)));

/** Errors that LVM counts as misuse of the command line. */
export function statusOf(error: VolumeError): number {
  const misuse: readonly VolumeError['code'][] = [
    'usage',
    'size-zero',
    'size-invalid',
    'stripe-size-invalid',
    'stripes-invalid',
    'same-name',
    'name-refused',
  ];
  return misuse.includes(error.code) ? STATUS.usage : STATUS.failed;
}
