/** `-S`: the devices that a verb is about, or the rows that a report shows. */
import { ok, type Result } from '../../base/result.ts';
import { DM_SELECTABLE, dmCellOf, dmFieldHelp, type DmRow } from '../../report/dmsetup-fields.ts';
import { readSelection } from '../../report/selection.ts';
import type { LineReader } from '../line-reader.ts';
import { deviceRef, isReferred } from './device-ref.ts';
import type { Call, Verb } from './verb.ts';

export type Choice = 'all' | 'help' | ((row: DmRow) => boolean);

/** @returns lines about a selection that cannot be understood */
export function readChoice(line: LineReader, nowMicros: number): Result<Choice, readonly string[]> {
  const text = line.text('select') ?? '';
  if (text === 'help' || text === '?') return ok('help');
  const read = readSelection(DM_SELECTABLE, text, Math.floor(nowMicros / 1_000_000));
  if (!read.ok) return read;
  const selection = read.value;
  return ok(selection ? (row) => selection.matches(dmCellOf(row)) : 'all');
}

export const choiceHelp = (): readonly string[] => [...dmFieldHelp(true), ...DM_SELECTABLE.words()];

/** Runs the verb for one device after the other: for all, or for those named. Ends at a failure. */
export async function runChosen(
  call: Call,
  verb: Verb,
  words: readonly string[],
  choice: Choice,
): Promise<boolean> {
  const choosing = verb.selects === true && typeof choice !== 'string' ? choice : undefined;
  const everything = words.length === 0 && !isReferred(call.line);
  if (choosing && everything && call.world().devices.length === 0) {
    return call.say('No devices found');
  }
  const named = choosing && everything ? call.world().devices.map(({ name }) => name) : words;
  const repeats = verb.repeats === true && named.length > 0;
  for (const each of repeats ? named.map((word) => [word]) : [words]) {
    if (choosing) {
      const chosen = isChosen(call, each[0], choosing);
      if (chosen === undefined) return call.complain('Device does not exist.');
      if (!chosen) continue;
    }
    if (!(await verb.run(call, each))) return false;
  }
  return true;
}

/** Undefined for a device that is not there. */
function isChosen(
  call: Call,
  word: string | undefined,
  choice: (row: DmRow) => boolean,
): boolean | undefined {
  const ref = deviceRef(call, word);
  const device = ref.ok ? call.device(ref.value) : undefined;
  if (!device) return undefined;
  return choice({ world: call.world(), device, inactive: call.line.has('inactive') });
}

/** A report that says of each row whether it is selected shows them all. */
export const chosenRows = (rows: readonly DmRow[], choice: Choice): readonly DmRow[] =>
  typeof choice === 'string' ? rows : rows.map((row) => ({ ...row, selected: choice(row) }));
