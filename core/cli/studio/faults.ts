/** `lab break` and `lab mend`: which faults a line names. */
import { err, ok, type Result } from '../../base/result.ts';
import type { DiskErrors, DiskFault, FailingOps, FaultChoice } from '../../contract/faults.ts';
import type { FaultChange } from '../../engine/disk-keeper.ts';
import { flag, repeated, valued, type OptionSpec } from '../getopt.ts';
import type { LineReader } from '../line-reader.ts';
import { parseSize } from '../sizes.ts';

const ERRORS: Readonly<Record<string, FailingOps>> = {
  errors: 'both',
  'error-reads': 'reads',
  'error-writes': 'writes',
};
const COMMON = [
  flag('gone'),
  flag('drop-writes'),
  ...Object.keys(ERRORS).map((name) => repeated(valued(name, undefined, 'all|START:COUNT'))),
];

export const BREAK_OPTIONS: readonly OptionSpec[] = [
  ...COMMON,
  valued('slow', undefined, 'Milliseconds'),
];
export const MEND_OPTIONS: readonly OptionSpec[] = [...COMMON, flag('slow')];

const KINDS = '--gone, --errors, --error-reads, --error-writes, --slow or --drop-writes';

type Changes = Result<readonly FaultChange[], string>;

export function parseBreak(line: LineReader): Changes {
  const faults = choices(line);
  if (!faults.ok) return faults;
  const slow = line.text('slow');
  if (slow !== undefined && !/^\d{1,6}$/.test(slow)) return err(`--slow ${slow}: milliseconds`);
  const all: readonly DiskFault[] = [
    ...faults.value,
    ...(slow === undefined ? [] : [{ kind: 'slow', millis: Number(slow) } as const]),
  ];
  if (line.words.length === 0) return err('lab break needs a DISK');
  if (all.length === 0) return err(`lab break needs ${KINDS}`);
  return ok(line.words.map((device) => ({ kind: 'break', device, faults: all })));
}

export function parseMend(line: LineReader): Changes {
  const found = choices(line);
  if (!found.ok) return found;
  const faults: readonly FaultChoice[] = [
    ...found.value,
    ...(line.has('slow') ? [{ kind: 'slow' } as const] : []),
  ];
  if (line.words.length === 0) return err('lab mend needs a DISK');
  return ok(line.words.map((device) => ({ kind: 'mend', device, faults })));
}

/** All but how slow it is. */
function choices(
  line: LineReader,
): Result<readonly Exclude<DiskFault, { kind: 'slow' }>[], string> {
  const errors: DiskErrors[] = [];
  for (const { long, value } of line.inOrder) {
    const on = Object.hasOwn(ERRORS, long) ? ERRORS[long] : undefined;
    if (!on) continue;
    const range = value === 'all' ? ok(undefined) : rangeOf(value);
    if (!range.ok) return err(`--${long} ${value}: ${range.error}`);
    errors.push({ kind: 'errors', on, ...(range.value && { range: range.value }) });
  }
  return ok([
    ...(line.has('gone') ? [{ kind: 'gone' } as const] : []),
    ...errors,
    ...(line.has('drop-writes') ? [{ kind: 'drops-writes' } as const] : []),
  ]);
}

/** `2048:8` counts sectors; `1m:4k` is the same. */
function rangeOf(text: string): Result<NonNullable<DiskErrors['range']>, string> {
  const [first = '', length = '', ...surplus] = text.split(':');
  const start = parseSize(first, 's');
  const count = parseSize(length, 's');
  if (!start.ok || !count.ok || surplus.length > 0 || count.value === 0) {
    return err('all, or START:COUNT in sectors or with a unit (2048:8, 1m:4k)');
  }
  return ok({ start: start.value, count: count.value });
}
