/** One line of dmsetup, from words to lines and an exit status (reference 4, 14). */
import type { CommandOptions, CommandResult } from '../../contract/api.ts';
import type { Plan } from '../../contract/plan.ts';
import { err, ok, type Result } from '../../base/result.ts';
import type { CommandEngine } from '../../engine/types.ts';
import { dmFieldHelp } from '../../report/dmsetup-fields.ts';
import { readTreeOptions } from '../../report/dmsetup-tree.ts';
import { parseOptions } from '../getopt.ts';
import { LineReader } from '../line-reader.ts';
import { refused } from '../output.ts';
import { parseUnits } from '../../report/size-text.ts';
import { joinWords } from '../../base/words.ts';
import { choiceHelp, chosenRows, readChoice, runChosen } from './choice.ts';
import { isReferred } from './device-ref.ts';
import { OPTIONS, wrongOptions } from './options.ts';
import { readReport, reportLines, withoutNode } from './report.ts';
import { usageLines } from './usage.ts';
import { intervalOf, isEndless, timesOf } from './repeats.ts';
import { Call, type Verb } from './verb.ts';
import { VERBS } from './verbs.ts';
import { namingOf } from './view-verbs.ts';

/** dmsetup knows no other. */
const FAILED = 1;

/** A line that was understood. */
interface Understood {
  readonly verb: Verb;
  readonly line: LineReader;
  /** Without that of the verb. */
  readonly words: readonly string[];
}

const NOT_PROCESSED = "Couldn't process command line.";

/** The verb of a line, or what is printed instead of running one. */
function understand(args: readonly string[]): Result<Understood, CommandResult> {
  const options = parseOptions(args, OPTIONS);
  if (!options.ok) return refuse(`dmsetup: ${options.error.why}`, NOT_PROCESSED);
  const line = new LineReader(options.value, joinWords(['dmsetup', ...args]));
  const wrong = wrongOptions(line);
  if (wrong !== undefined) return refuse(wrong, NOT_PROCESSED);
  if (!parseUnits(line.text('units') ?? 'h')) return refuse('Invalid --units argument.');
  if (isEndless(line))
    return refuse('What would go on until it is interrupted needs a --count of at most 10000.');
  const [name, ...words] = line.words;
  if (line.has('help') || name === 'help') return err(help(line, words));
  const wanted = line.has('version') ? 'version' : name;
  if (wanted === undefined) return refuse(...usageLines());
  const verb = VERBS.find((one) => one.name === wanted);
  if (!verb) return refuse('Unknown command.', ...usageLines());
  const [least, most] = verb.words;
  const given = line.has('version') ? [] : words;
  if (given.length < least || given.length > most) return wrongCount();
  const strange = wrongList(line, verb);
  return strange === undefined ? ok({ verb, line, words: given }) : refuse(strange, NOT_PROCESSED);
}

const refuse = (...lines: readonly string[]): { ok: false; error: CommandResult } =>
  err(refused(FAILED, lines));

const wrongCount = () => refuse('Incorrect number of arguments.', ...usageLines());

/** dmsetup's help goes to the standard error. */
function help(line: LineReader, words: readonly string[]): CommandResult {
  if (words.length > 0 && !line.has('help')) return wrongCount().error;
  return refused(0, [...usageLines(), ...(line.has('columns') ? dmFieldHelp() : [])]);
}

/** -o of everything but a report. */
function wrongList(line: LineReader, verb: Verb): string | undefined {
  const text = line.text('options');
  if (text === undefined) return undefined;
  if (line.has('tree')) {
    const look = readTreeOptions(text);
    return 'unknown' in look ? `Tree options not recognised: ${look.unknown}.` : undefined;
  }
  if (isReport(line, verb)) return undefined;
  const naming = namingOf(text);
  return typeof naming === 'string' ? undefined : `Option not recognised: ${naming.unknown}.`;
}

const isReport = (line: LineReader, verb: Verb): boolean =>
  line.has('columns') || verb.name === 'splitname';

async function execute(
  { verb, line, words }: Understood,
  engine: CommandEngine,
  input: string,
  preview: boolean,
): Promise<{ readonly result: CommandResult; readonly plans: readonly Plan[] }> {
  const choice = readChoice(line, engine.nowMicros());
  const report = isReport(line, verb) ? readReport(line, verb.name) : undefined;
  if (report?.ok === false) return { result: refused(FAILED, report.error), plans: [] };
  const looks = verb.selects === true || report !== undefined;
  if (looks && !choice.ok) return { result: refused(FAILED, choice.error), plans: [] };
  const chosen = looks && choice.ok ? choice.value : 'all';
  const selecting = verb.selects === true && chosen !== 'all';
  const several = words.length !== 1 && (words.length > 0 || !isReferred(line));
  const many = verb.repeats === true && (several || selecting);
  const call = new Call({ engine, line, input, preview, many });
  if (report?.value === 'help') call.complain(...dmFieldHelp());
  if (chosen === 'help') call.complain(...choiceHelp());
  const shown = report?.value === 'help' || chosen === 'help' ? undefined : report?.value;
  // A change is not made to everything where help was asked for.
  if (chosen === 'help' && verb.onlyReads !== true) return answerOf(call, true);
  const times = preview ? 1 : timesOf(line);
  let well = true;
  for (let left = times; well; left--) {
    well = await runChosen(call, verb, words, chosen);
    if (!well) call.complain('Command failed.');
    if (call.concise.length > 0) call.say(call.concise.splice(0).join(';'));
    const rows = call.rows.splice(0);
    if (shown) {
      call.complain(...withoutNode(shown, rows));
      call.say(...reportLines(shown, chosenRows(rows, chosen), line));
    }
    if (left === 1 || !well) break;
    if (shown) call.say('');
    await engine.pause(intervalOf(line));
  }
  return answerOf(call, well);
}

const answerOf = (call: Call, well: boolean) => ({
  result: { status: well ? 0 : FAILED, output: call.output },
  plans: call.plans,
});

export async function runDmsetup(
  args: readonly string[],
  engine: CommandEngine,
  { input, ask }: CommandOptions,
): Promise<CommandResult> {
  const line = understand(args);
  if (!line.ok) return line.error;
  const { verb, words } = line.value;
  const reads = verb.readsInput?.(line.value.line, words) === true;
  if (reads && input === undefined && ask === true) {
    return { status: FAILED, output: [], wantsInput: true };
  }
  return (await execute(line.value, engine, input ?? '', false)).result;
}

/** What a line would do; a line that fails has no plans but words. */
export async function planDmsetup(
  args: readonly string[],
  engine: CommandEngine,
): Promise<Result<readonly Plan[], CommandResult>> {
  const line = understand(args);
  if (!line.ok) return line;
  const { result, plans } = await execute(line.value, engine, '', true);
  return result.status === 0 ? ok(plans) : err(result);
}

/** Whether the line, understood or not, leaves everything as it is. */
export function dmsetupOnlyReads(args: readonly string[]): boolean {
  const line = understand(args);
  return !line.ok || line.value.verb.onlyReads === true;
}

/** Help, and lines that are not understood, need no lab. */
export function dmsetupWithoutLab(args: readonly string[]): CommandResult | undefined {
  const line = understand(args);
  return line.ok ? undefined : line.error;
}
