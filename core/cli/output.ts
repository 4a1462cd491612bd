/** Lines of output as commands make them. */
import type { CommandResult } from '../contract/api.ts';
import type { VolumeError } from '../contract/errors.ts';
import type { OutputLine } from '../contract/events.ts';
import { errorLines } from '../report/errors.ts';
import type { LogLevel } from '../report/log-book.ts';
import { noticeLine } from '../report/notices.ts';

/** `direct`: not for a log: what is asked, and what `-v` shows. */
export interface Spoken {
  readonly level: LogLevel | 'direct';
  readonly line: OutputLine;
}

/** LVM's exit statuses (reference 13). */
export const STATUS = { done: 0, noSuchCommand: 2, usage: 3, failed: 5 } as const;

const out = (text: string): OutputLine => ({ stream: 'stdout', text });
const complaint = (text: string): OutputLine => ({ stream: 'stderr', text });

/** LVM puts two blanks in front of what it says. */
export const indented = ({ stream, text }: OutputLine): OutputLine => ({
  stream,
  text: `  ${text}`,
});

/** Said first by whatever is run with --test. */
export const TEST_MODE: OutputLine = complaint(
  '  TEST MODE: Metadata will NOT be updated and volumes will not be (de)activated.',
);

export const testMode = (line: { has(long: string): boolean }): readonly OutputLine[] =>
  line.has('test') ? [TEST_MODE] : [];

/** Lines of the error stream, with LVM's two blanks. */
export const complaints = (lines: readonly string[]): readonly OutputLine[] =>
  lines.map((text) => complaint(`  ${text}`));

export const printed = (lines: readonly string[]): CommandResult => ({
  status: STATUS.done,
  output: lines.map(out),
});

export const refused = (status: number, lines: readonly string[]): CommandResult => ({
  status,
  output: lines.map(complaint),
});

export const helpHint = (command: string): string =>
  `  Run \`${command} --help' for more information.`;

/** LVM's lines; those that count as misuse end with the hint to read the command's help. */
export const errorOutput = (error: VolumeError, command: string): readonly OutputLine[] =>
  errorSpoken(error, command).map(({ line }) => line);

/** The same, with what each line counts for. */
export function errorSpoken(error: VolumeError, command: string): readonly Spoken[] {
  const lines = told(error);
  const hint: Spoken = { level: 'direct', line: complaint(helpHint(command)) };
  return statusOf(error) === STATUS.usage ? [...lines, hint] : lines;
}

/** A line as it was meant: what is on standard output was said plainly. */
export const asSaid = (line: OutputLine): Spoken => ({
  level: line.stream === 'stdout' ? 'print' : 'warn',
  line,
});

/** With what was said before it came to the refusal. */
function told(error: VolumeError): readonly Spoken[] {
  const before = (error.before ?? []).map((notice) => asSaid(indented(noticeLine(notice))));
  const lines =
    error.code === 'several'
      ? error.errors.flatMap(told)
      : errorLines(error).map((text) => failed(indented(complaint(text))));
  // Another program says it, without LVM's two blanks.
  const fsadm =
    error.code === 'resize-fs-unknown'
      ? [failed(complaint(`fsadm: Cannot get FSTYPE of "/dev/mapper/${error.device}".`))]
      : [];
  return [...before, ...fsadm, ...lines];
}

const failed = (line: OutputLine): Spoken => ({ level: 'error', line });

/** Errors that LVM counts as misuse of the command line. */
const MISUSE: readonly VolumeError['code'][] = [
  'usage',
  'size-zero',
  'stripes-invalid',
  'same-name',
  'restore-unreadable',
  'restore-id-unknown',
  'name-refused',
  'move-lv-elsewhere',
];

export function statusOf(error: VolumeError): number {
  if (error.code === 'several') {
    return error.misuse ? STATUS.usage : Math.max(...error.errors.map(statusOf));
  }
  if (error.code === 'stripe-size-invalid') {
    return error.command === 'lvcreate' ? STATUS.usage : STATUS.failed;
  }
  if (error.code === 'extent-size-invalid') {
    return error.why === 'zero-of-new' ? STATUS.usage : STATUS.failed;
  }
  // vgrename alone takes a bad name for a failure.
  if (error.code === 'name-refused' && error.object === 'vg' && error.isNew) return STATUS.failed;
  return MISUSE.includes(error.code) ? STATUS.usage : STATUS.failed;
}
