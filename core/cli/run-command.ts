/** One command line of LVM or dmsetup, from words to lines and an exit status. */
import type { CommandOptions, CommandResult } from '../contract/api.ts';
import type { OutputLine } from '../contract/events.ts';
import type { Plan } from '../contract/plan.ts';
import type { Request } from '../contract/requests.ts';
import { refuseUnanswered } from '../engine/run-plan.ts';
import type { CommandEngine } from '../engine/types.ts';
import { isVisible } from '../lvm/format/model.ts';
import { noticeLine, questionText } from '../report/notices.ts';
import { COMMON, times, type ChangeCommand, type GroupNames } from './command.ts';
import { CHANGE_COMMANDS } from './commands/index.ts';
import { runDmsetup } from './dmsetup-command.ts';
import { parseOptions } from './getopt.ts';
import { errorOutput, indented, refused, STATUS, statusOf } from './output.ts';
import { REPORTS, runReport } from './report-command.ts';
import { joinWords } from './words.ts';

export async function runCommand(
  engine: CommandEngine,
  argv: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  const result = await dispatch(engine, argv, options);
  const { status, output } = result;
  if (!result.question) {
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
  const report = REPORTS.find((one) => one === name);
  if (report) return runReport(report, args, engine);
  if (name === 'dmsetup') return runDmsetup(args, engine);
  const command = CHANGE_COMMANDS.find((one) => one.name === name);
  if (command) return runChange(engine, command, argv, options);
  const help = `No such command '${name}'.  Try 'help'.`;
  return Promise.resolve(refused(STATUS.noSuchCommand, [`  ${help}`]));
}

async function runChange(
  engine: CommandEngine,
  command: ChangeCommand,
  argv: readonly string[],
  options: CommandOptions,
): Promise<CommandResult> {
  const line = parseOptions(argv.slice(1), [...COMMON, ...command.options]);
  if (!line.ok) {
    const end = '  Error during parsing of command line.';
    return refused(STATUS.usage, [`${command.name}: ${line.error}`, end]);
  }
  const source = await engine.source();
  const lvsOf: GroupNames = (name) =>
    (source.scan.vgs.find(({ vg }) => vg.name === name)?.vg.lvs ?? [])
      .filter(isVisible)
      .map((lv) => lv.name);
  const requests = command.parse(line.value, lvsOf);
  if (!requests.ok) {
    const { why, help } = requests.error;
    const hint = `Run \`${command.name} --help' for more information.`;
    const lines = [...why.split('\n'), ...(help ? [hint] : [])];
    return refused(
      STATUS.usage,
      lines.map((text) => `  ${text}`),
    );
  }
  const warnings = source.scan.notices.map((notice) => indented(noticeLine(notice)));
  const session: Session = {
    engine,
    line: joinWords(argv),
    yes: options.yes === true || times(line.value, 'yes') > 0,
    ask: options.ask === true,
    test: times(line.value, 'test') > 0,
  };
  return runRequests(session, requests.value, warnings);
}

interface Session {
  readonly engine: CommandEngine;
  readonly line: string;
  readonly yes: boolean;
  readonly ask: boolean;
  /** Plans only: nothing is written. */
  readonly test: boolean;
}

/** Each request of a line is an operation of its own; the worst status is the line's. */
async function runRequests(
  session: Session,
  requests: readonly Request[],
  warnings: readonly OutputLine[],
): Promise<CommandResult> {
  const output = [...warnings];
  let status: number = STATUS.done;
  if (session.ask && !session.yes) {
    const question = await firstQuestion(session, requests);
    if (question) return { status: STATUS.failed, output: [], question };
  }
  for (const request of requests) {
    const done = await runRequest(session, request);
    output.push(...done.output);
    status = Math.max(status, done.status);
  }
  return { status, output };
}

async function firstQuestion(
  { engine, line }: Session,
  requests: readonly Request[],
): Promise<CommandResult['question']> {
  for (const request of requests) {
    const plan = await engine.plan(request, line);
    const question = plan.ok ? plan.value.questions[0] : undefined;
    if (question) return { question, text: questionText(question) };
  }
  return undefined;
}

async function runRequest(session: Session, request: Request): Promise<CommandResult> {
  const { engine, line, yes } = session;
  if (session.test) return testOnly(session, request);
  const outcome = await engine.change(request, line, (plan) => {
    const answered = refuseUnanswered(plan, yes);
    return answered.ok ? undefined : answered.error;
  });
  const { failure, plan, said } = outcome;
  const asked = failure?.code === 'declined' ? [unanswered(questionText(failure.question))] : [];
  const output = [
    ...planWarnings(plan),
    ...asked,
    ...said.map((notice) => indented(noticeLine(notice))),
    ...(failure ? errorOutput(failure) : []),
  ];
  return { status: failure ? statusOf(failure) : STATUS.done, output };
}

async function testOnly({ engine, line }: Session, request: Request): Promise<CommandResult> {
  const mode = 'TEST MODE: Metadata will NOT be updated and volumes will not be (de)activated.';
  const plan = await engine.plan(request, line);
  const output = [{ stream: 'stderr' as const, text: `  ${mode}` }];
  if (!plan.ok) {
    return { status: statusOf(plan.error), output: [...output, ...errorOutput(plan.error)] };
  }
  const steps = plan.value.steps.map(({ what }) => ({
    stream: 'stdout' as const,
    text: `  ${what}`,
  }));
  return { status: STATUS.done, output: [...output, ...planWarnings(plan.value), ...steps] };
}

const planWarnings = (plan: Plan | undefined): readonly OutputLine[] =>
  (plan?.warnings ?? []).map((notice) => indented(noticeLine(notice)));

/** What LVM prints when its question finds nobody to answer. */
const unanswered = (question: string): OutputLine => ({
  stream: 'stderr',
  text: `${question}[n]`,
});
