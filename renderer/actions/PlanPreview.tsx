/** What will happen: the command line, the steps with their reasons, or why it is refused. */
import type { ReactElement } from 'react';
import type { Preview, Refusal } from '../../core/contract/api.ts';
import type { Result } from '../../core/contract/units.ts';

interface Props {
  readonly preview: Result<Preview, Refusal> | undefined;
  /** False while the answer is of an earlier line. */
  readonly current: boolean;
  readonly failure: readonly string[];
}

export function PlanPreview({ preview, current, failure }: Props): ReactElement {
  const refused = preview?.ok === false ? preview.error.messages : [];
  const problems = [...refused, ...failure];
  return (
    <section className="plan" aria-label="What will happen" aria-busy={!current}>
      {problems.length > 0 && (
        <div role="alert" className="refused">
          {problems.map((line) => (
            <p key={line}>{line}</p>
          ))}
        </div>
      )}
      {preview?.ok === true && <Steps preview={preview.value} />}
    </section>
  );
}

function Steps({ preview }: { preview: Preview }): ReactElement {
  const { plans, commandLine, warnings, questions } = preview;
  const lost = plans.flatMap(({ done }) =>
    done.flatMap((notice) => (notice.code === 'lv-removed' ? [`${notice.vg}/${notice.lv}`] : [])),
  );
  return (
    <>
      <code className="command-line">{commandLine}</code>
      {[...warnings, ...questions].map((line) => (
        <p key={line} className="warning">
          {line.replace(/ \[y\/n\]:? ?$/, '')}
        </p>
      ))}
      {lost.length > 0 && (
        <p className="warning">
          Lost with {lost.length === 1 ? 'its' : 'their'} data: {lost.join(', ')}
        </p>
      )}
      {plans.map((plan) => (
        <ol key={plan.title} aria-label={plan.title}>
          {plan.steps.map((step, index) => (
            <li key={`${index} ${step.what}`} className={index === plan.commitAt ? 'commit' : ''}>
              <strong>{step.what}</strong> <span>{step.why}</span>
            </li>
          ))}
        </ol>
      ))}
    </>
  );
}
