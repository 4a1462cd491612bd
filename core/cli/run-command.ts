/** One command line of LVM or dmsetup, from words to lines and an exit status. */
import { err, ok, type Result } from '../base/result.ts';
import type { AskedQuestion, CommandOptions, CommandResult } from '../contract/api.ts';
import type { Notice, Question, VolumeError } from '../contract/errors.ts';
import type { OutputLine } from '../contract/events.ts';
import type { Plan } from '../contract/plan.ts';
import { refuseUnanswered, runChain, runPlan } from '../engine/run-plan.ts';
import type { CommandEngine } from '../engine/types.ts';
import type { Request } from '../lvm/ops/index.ts';
import { questionText } from '../report/notices.ts';
import type { ReportSource } from '../report/source.ts';
import { COMMON, type Answer, type ChangeCommand, type CommandSyntax } from './command.ts';
import { versionOutput } from './commands/about.ts';
import { CHANGE_COMMANDS, QUERY_COMMANDS } from './commands/index.ts';
import { CommandLog } from './command-log.ts';
import { commonEffects, commonRefusal } from './common-options.ts';
import { dmsetupOnlyReads, planDmsetup, runDmsetup } from './dmsetup/run.ts';
import { waitFor } from './follow-copy.ts';
import { parseOptions } from './getopt.ts';
import { COMMANDS, help, plainArgv, unknownCommand } from './help.ts';
import { knownIn } from './known.ts';
import { labOverrides, overriddenFlag, overriddenText } from './config-option.ts';
import { LineReader } from './line-reader.ts';
import { withMonitoring } from './monitoring.ts';
import { ownOptions, REPORTS } from './own-options.ts';
import { logRefusal, processingOf, wantsLog, withLog, workedOn } from './log-report.ts';
import type { Processing, Worked } from './log-walk.ts';
import {
  asSaid,
  complaints,
  errorOutput,
  indented,
  printed,
  STATUS,
  TEST_MODE,
  type Spoken,
} from './output.ts';
import { ran, type Ran } from './ran.ts';
import { reportLook, type ReportLook } from './report-options.ts';
import { scanWarnings } from './scan-warnings.ts';
import { studioCommand } from './studio/index.ts';
import { shownSafely, teller, type Tell } from './tell.ts';
import { helpText, unreadable, usageRefusal } from './usage.ts';
import { joinWords } from '../base/words.ts';

/** Reports only read, and a view asks for them again and again; so it does with dmsetup. */
function mayBeQuiet([name = '', ...args]: readonly string[]): boolean {
  return name === 'dmsetup' ? dmsetupOnlyReads(args) : ['pvs', 'vgs', 'lvs'].includes(name);
}

export async function runCommand(
  engine: CommandEngine,
  argv: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  const plain = plainArgv(argv);
  const answered = plain.ok ? await dispatch(engine, plain.value, options) : plain.error;
  const { status } = answered;
  // dmsetup draws with what a terminal obeys, and spells out the names itself.
  const words = plain.ok ? plain.value : [];
  const draws = words[0] === 'dmsetup';
  const output = answered.output.map((one) => (draws ? one : shownSafely(one)));
  const result = { ...answered, output };
  const unheard = options.quiet === true && mayBeQuiet(words);
  if (!result.questions && !result.wantsInput && !unheard) {
    engine.publish({ kind: 'command', line: joinWords(argv), status, output });
  }
  return result;
}

function dispatch(
  engine: CommandEngine,
  argv: readonly string[],
  options: CommandOptions,
): Promise<CommandResult> {
  const [name = '', ...args] = argv;
  if (name === 'dmsetup') return runDmsetup(args, engine, options);
  const own = studioCommand(name);
  if (own) return own.run(args, engine, options);
  const query = QUERY_COMMANDS.find((one) => one.name === name);
  if (query) {
    const line = readLine(query, args, engine);
    if (!line.ok) return Promise.resolve(line.error);
    return seen(query, line.value, engine, (seeing) => query.run(line.value, seeing));
  }
  const command = CHANGE_COMMANDS.find((one) => one.name === name);
  if (command) {
    const line = readLine(command, args, engine);
    if (!line.ok) return Promise.resolve(line.error);
    return seen(command, line.value, engine, (seeing) =>
      withMonitoring(line.value, seeing, () => runChange(seeing, command, argv, options)),
    );
  }
  return Promise.resolve(name === 'help' ? help(args) : unknownCommand(name));
}

/** Runs it on the part of the lab that its line leaves to see. */
async function seen(
  command: CommandSyntax,
  line: LineReader,
  engine: CommandEngine,
  run: (engine: CommandEngine) => Promise<Answer>,
): Promise<CommandResult> {
  const { engine: seeing, said, refusal } = commonEffects(command, line, engine);
  const ran = logged(refusal ?? (await run(seeing)), line);
  const result = hasReport(command, line, ran)
    ? ran
    : { ...ran, output: [...ran.output, ...EMPTY] };
  const prefix = overriddenText(line.settings, 'log/prefix');
  const output = [...said, ...result.output];
  if (prefix === undefined) return { ...result, output };
  const text = (one: OutputLine): string => one.text.replace(/^ {2}/, () => prefix);
  return { ...result, output: output.map((one) => ({ ...one, text: text(one) })) };
}

/** Where a log is kept, what was said is in it instead. */
function logged({ walk, ...answer }: Answer, line: LineReader): CommandResult {
  const look = walk && wantsLog(line) ? reportLook(line) : undefined;
  if (!walk || !look?.ok) return answer;
  return { ...answer, output: withLog(walk, line, look.value).output };
}

/** In JSON there is a report of a command that makes none: an empty one. */
const hasReport = ({ name }: CommandSyntax, line: LineReader, ran: CommandResult): boolean =>
  line.text('reportformat') !== 'json' ||
  (wantsLog(line) && processingOf(name, []) !== undefined) ||
  REPORTS.includes(name) ||
  name === 'devtypes' ||
  name.endsWith('display') ||
  ran.status === STATUS.usage ||
  ran.questions !== undefined;

const EMPTY: readonly OutputLine[] = printed(['  {', '  }']).output;

/** The line's options, or what is printed instead of running it. */
function readLine(
  command: CommandSyntax,
  args: readonly string[],
  { settings }: CommandEngine,
): Result<LineReader, CommandResult> {
  const line = parseOptions(args, [...ownOptions(command), ...COMMON], 'ignored');
  if (!line.ok) return err(unreadable(command.name, line.error));
  const asGiven = joinWords([command.name, ...args]);
  const reader = new LineReader(line.value, asGiven, labOverrides(settings.settings));
  const wantsHelp = reader.has('help') || reader.has('longhelp');
  if (wantsHelp) return err(printed(helpText(command)));
  if (reader.has('version')) return err(versionOutput());
  const refusal = commonRefusal(command, reader);
  return refusal ? err(refusal) : ok(reader);
}

/** A line of a changing command, understood. */
interface ChangeLine {
  readonly engine: CommandEngine;
  readonly command: string;
  /** As it goes into the metadata and the log. */
  readonly line: string;
  readonly requests: readonly Request[];
  /** What a look at the disks found odd. */
  readonly warnings: readonly OutputLine[];
  readonly agrees: (question: Question) => boolean;
  /** Plans only: nothing is written. */
  readonly test: boolean;
  /** `-qq`: what went well is not said. */
  readonly silent: boolean;
  readonly log: CommandLog;
  readonly tell: Tell;
  /** Where the command keeps a log for a report of it. */
  readonly reported?: Reported;
}

interface Reported {
  readonly reader: LineReader;
  readonly processing: Processing;
  readonly source: ReportSource;
  readonly look: ReportLook;
}

async function readChange(
  engine: CommandEngine,
  command: ChangeCommand,
  argv: readonly string[],
  options: CommandOptions = {},
  previews = false,
): Promise<Result<ChangeLine, CommandResult>> {
  const line = readLine(command, argv.slice(1), engine);
  if (!line.ok) return line;
  const source = await engine.source();
  const { scan } = source;
  const known = knownIn(source, engine);
  const looked = await command.look?.(line.value, engine, { ...known, previews });
  if (looked) return err(logged(looked, line.value));
  const { settings } = line.value;
  const requests = await command.parse(line.value, known);
  if (!requests.ok) return err(usageRefusal(command, requests.error, line.value));
  const reported = reportedOf(command, line.value, source, requests.value);
  if (!reported.ok) return reported;
  return ok({
    engine,
    ...(reported.value && { reported: reported.value }),
    command: command.name,
    line: joinWords(argv),
    requests: line.value.text('autobackup')?.match(/^[n0]$/)
      ? requests.value.map((request): Request => ({ ...request, unsaved: true }))
      : requests.value,
    warnings: [
      ...prefaceOf(command, line.value),
      ...scanWarnings(scan, command, requests.value, namesAll(line.value)),
    ],
    agrees: line.value.has('yes') ? () => true : agreement(options),
    test: line.value.has('test') || overriddenFlag(settings, 'global/test') === true,
    silent: line.value.times('quiet') > 1 || overriddenFlag(settings, 'log/silent') === true,
    log: new CommandLog(command.name, line.value.times('verbose'), engine),
    tell: teller(engine, joinWords(argv), options, overriddenText(settings, 'log/prefix')),
  });
}

/** Refused where the log cannot be kept as it is asked for. */
function reportedOf(
  command: ChangeCommand,
  reader: LineReader,
  source: ReportSource,
  requests: readonly Request[],
): Result<Reported | undefined, CommandResult> {
  const processing = processingOf(command.name, requests);
  if (!processing || !wantsLog(reader)) return ok(undefined);
  const look = reportLook(reader);
  if (!look.ok) return err(usageRefusal(command, look.error));
  const made = logRefusal(reader, source, look.value);
  if (!made.ok) return err({ status: STATUS.failed, output: complaints(made.error) });
  return ok({ reader, processing, source, look: look.value });
}

/** Nothing is named, or all is searched for what bears a tag. */
const namesAll = ({ words }: LineReader): boolean =>
  words.length === 0 || words.some((word) => word.startsWith('@'));

const prefaceOf = (command: ChangeCommand, line: LineReader): readonly OutputLine[] =>
  (command.preface?.(line) ?? []).map((text) => indented({ stream: 'stderr', text }));

async function runChange(
  engine: CommandEngine,
  command: ChangeCommand,
  argv: readonly string[],
  options: CommandOptions,
): Promise<CommandResult> {
  const read = await readChange(engine, command, argv, options);
  if (!read.ok) return read.error;
  const line = read.value;
  if (options.ask === true) {
    const questions = await openQuestions(line);
    if (questions.length > 0) return { status: STATUS.failed, output: [], questions };
  }
  let status: number = STATUS.done;
  // Each request is an operation of its own; the worst status is the line's.
  const spoken: Spoken[] = [];
  const worked: Worked[] = [];
  const said: Notice[] = [];
  const failures: VolumeError[] = [];
  const head = line.test ? [TEST_MODE] : [];
  const tell = (more: readonly Spoken[]): void => {
    const all = [...spoken, ...more].filter(({ level }) => !line.silent || level !== 'print');
    line.tell([...head, ...line.warnings, ...all.map((one) => one.line)]);
  };
  const hear = (request: Request, done: Ran): void => {
    const heard = done.spoken.filter(({ level }) => !line.silent || level !== 'print');
    spoken.push(...heard);
    worked.push(...workedOn(request, heard, done.failure));
    status = Math.max(status, done.status);
    said.push(...done.said);
    if (done.failure) failures.push(done.failure);
  };
  // All is begun before anything is waited for.
  const begun: { readonly request: Request; readonly plan: Plan | undefined }[] = [];
  for (const request of line.requests) {
    const { plan, ...done } = line.test
      ? await testOnly(line, request)
      : await runRequest(line, request);
    hear(request, done);
    if (!line.test && !done.failure) begun.push({ request, plan });
  }
  for (const { request, plan } of begun) {
    const more = await waitFor(line, request, plan, tell);
    if (more.spoken.length > 0 || more.failure) hear(request, more);
  }
  const summary = command.summary?.(said, failures);
  const last: readonly Spoken[] =
    summary === undefined || line.silent
      ? []
      : [{ level: 'print', line: { stream: 'stdout', text: `  ${summary}` } }];
  const { reported } = line;
  if (!reported || failures.some((error) => isEarly(line.command, error))) {
    const lines = [...spoken, ...last].map((one) => one.line);
    return { status, output: [...head, ...line.warnings, ...lines] };
  }
  const { reader, look, source, processing } = reported;
  const warnings = line.warnings.map(asSaid);
  const everything = reader.words.length === 0;
  const forgetful = line.command === 'vgreduce' ? ({ forgetful: true } as const) : {};
  const walk = { processing, worked, source, warnings, everything, summary: last, ...forgetful };
  const { output } = withLog(walk, reader, look);
  return { status, output: [...head, ...output] };
}

/** Found out before a log is begun. */
const isEarly = (command: string, { code }: VolumeError): boolean =>
  command === 'vgcreate' && (code === 'vg-exists' || code === 'name-refused');

/** Asked before anything is done: what one object loses must not hang on a yes for another. */
async function openQuestions(line: ChangeLine): Promise<readonly AskedQuestion[]> {
  const asked: AskedQuestion[] = [];
  for (const [object, request] of line.requests.entries()) {
    const plan = await line.engine.plan(request, line.line);
    const open = plan.ok ? plan.value.questions.filter((one) => !line.agrees(one)) : [];
    asked.push(...open.map((question) => ({ question, text: questionText(question), object })));
  }
  return asked;
}

function agreement({ yes, agreed }: CommandOptions): ChangeLine['agrees'] {
  if (yes === true) return () => true;
  const texts = new Set(agreed);
  return (question) => texts.has(questionText(question));
}

type Begun = Ran & { readonly plan?: Plan | undefined };

async function runRequest(line: ChangeLine, request: Request): Promise<Begun> {
  let unheard: Question | undefined;
  const accept = (plan: Plan): Result<Plan, VolumeError> => {
    if (plan.otherwise) unheard = plan.questions.find((one) => !line.agrees(one));
    return refuseUnanswered(plan, line.agrees);
  };
  const outcome = await line.engine.change(request, line.line, accept, line.log.sink);
  return { ...ran(line, outcome, unheard), plan: outcome.plan };
}

/** Says what the plan would say if every step of it went through, and does none of them. */
async function testOnly(line: ChangeLine, request: Request): Promise<Begun> {
  const plan = await line.engine.plan(request, line.line);
  if (!plan.ok) return ran(line, { said: [], failure: plan.error });
  const answered = refuseUnanswered(plan.value, line.agrees);
  if (!answered.ok) return ran(line, { plan: plan.value, said: [], failure: answered.error });
  const nothing = { perform: () => ok(), progress: () => undefined, log: line.log.sink };
  const outcome = await runChain(answered.value, (one) => runPlan(one, nothing));
  return ran(line, { plan: answered.value, ...outcome });
}

/**
 * What a line would do, one plan per object.
 * Refused as the command itself would refuse it.
 */
export async function planCommand(
  engine: CommandEngine,
  given: readonly string[],
): Promise<Result<readonly Plan[], PlanRefusal>> {
  const plain = plainArgv(given);
  if (!plain.ok) return err({ output: plain.error.output });
  const argv = plain.value;
  const command = CHANGE_COMMANDS.find((one) => one.name === argv[0]);
  if (!command) {
    if (argv[0] === 'dmsetup') return planDmsetup(argv.slice(1), engine);
    if (COMMANDS.some(({ name }) => name === argv[0])) return ok([]);
    return err({ output: unknownCommand(argv[0] ?? '').output });
  }
  const words = readLine(command, argv.slice(1), engine);
  if (!words.ok) return err({ output: words.error.output });
  const { engine: seeing, refusal } = commonEffects(command, words.value, engine);
  if (refusal) return err({ output: refusal.output });
  const line = await readChange(seeing, command, argv, {}, true);
  // One that only looks, or says what is watched, changes nothing that a plan would show.
  if (!line.ok && line.error.status === STATUS.done) return ok([]);
  if (!line.ok) return err({ output: line.error.output });
  const plans: Plan[] = [];
  for (const request of line.value.requests) {
    const plan = await seeing.plan(request, line.value.line);
    if (!plan.ok) return err({ error: plan.error, output: errorOutput(plan.error, command.name) });
    plans.push(plan.value);
  }
  return ok(plans);
}

/** `error` where an operation refused; a line that was not understood has words only. */
export interface PlanRefusal {
  readonly error?: VolumeError;
  readonly output: readonly OutputLine[];
}
