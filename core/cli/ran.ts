/** What came of one request of a changing line, as it is said. */
import type { Notice, Question, VolumeError } from '../contract/errors.ts';
import type { OutputLine } from '../contract/events.ts';
import type { Plan } from '../contract/plan.ts';
import type { RunOutcome } from '../engine/types.ts';
import { noticeLine, questionText } from '../report/notices.ts';
import type { CommandLog } from './command-log.ts';
import { asSaid, errorSpoken, indented, STATUS, statusOf, type Spoken } from './output.ts';

export interface Ran {
  readonly status: number;
  readonly spoken: readonly Spoken[];
  readonly said: readonly Notice[];
  readonly failure?: VolumeError;
}

export function ran(
  line: { readonly command: string; readonly log: CommandLog },
  { failure, plan, said }: { readonly plan?: Plan } & RunOutcome,
  /** Answered with no, and another way was taken. */
  unheard?: Question,
): Ran {
  const question = failure?.code === 'declined' ? failure.question : unheard;
  const asked = question ? [unanswered(questionText(question))] : [];
  const spoken: readonly Spoken[] = [
    ...planWarnings(plan, failure?.code === 'declined').map(asSaid),
    ...[...asked, ...line.log.taken()].map((one): Spoken => ({ level: 'direct', line: one })),
    ...saidLater(said),
    ...(failure ? errorSpoken(failure, line.command) : []),
  ];
  const status = failure ? statusOf(failure) : STATUS.done;
  return { status, spoken, said, ...(failure ? { failure } : {}) };
}

/** @param declined what follows the answer is not said. */
const planWarnings = (plan: Plan | undefined, declined: boolean): readonly OutputLine[] =>
  (plan?.warnings ?? [])
    .filter(({ code }) => !declined || code !== 'pretending-size')
    .map((notice) => indented(noticeLine(notice)));

/** As it is said after the plan's own words. */
export const saidLater = (notices: readonly Notice[]): readonly Spoken[] =>
  notices.map((notice) => asSaid(indented(noticeLine(notice))));

/** What LVM prints when its question finds nobody to answer. */
const unanswered = (question: string): OutputLine => ({
  stream: 'stderr',
  text: `${question}[n]`,
});
