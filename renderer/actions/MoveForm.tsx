/** A wish for moves, what would come of it, and the button that has its lines run. */
import { useState, type ReactElement, type SubmitEvent } from 'react';
import { Button, Heading } from 'react-aria-components';
import type { MoveWish } from '../../core/contract/moves.ts';
import { lineCount, MOVE_MARKED, useMoves } from '../state/moves.ts';
import { engine, useStudio } from '../state/store.ts';
import { nameOf } from '../state/subjects.ts';
import type { FormProps, Values } from './action.ts';
import { FieldInput } from './FieldInput.tsx';
import { groupOfWish, initialValues, wishFields, wishOf } from './move-wish.ts';
import { ProposalView } from './ProposalView.tsx';
import { useAnswer } from './use-answer.ts';

export function MoveForm({ spec, lab, selected }: FormProps): ReactElement {
  const openAction = useStudio((studio) => studio.openAction);
  const run = useMoves((moves) => moves.run);
  const running = useMoves((moves) => moves.running);
  // What was picked when the dialog opened is what it is about, whatever happens meanwhile.
  const [picked] = useState(() => (spec.id === MOVE_MARKED ? pickedWish() : undefined));
  const [subject] = useState(picked ? undefined : selected);
  const vg = groupOfWish(lab, subject, picked);
  const [values, setValues] = useState<Values>(() =>
    vg ? initialValues(vg, subject, picked) : {},
  );
  const wish = vg ? wishOf(values, subject) : undefined;
  const { answer, current } = useAnswer(wish, `${vg?.seqno}`, propose);
  const lines = answer?.ok ? answer.value.lines : [];
  const ready = current && lines.length > 0 && running === undefined;
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (!ready) return;
    run(lines);
    openAction(undefined);
  };
  return (
    <form onSubmit={submit}>
      <Heading slot="title">
        {subject ? `${spec.title} ${nameOf(lab, subject)}` : `Move extents of ${values.source}`}
      </Heading>
      <div className="fields">
        {vg &&
          wishFields(vg, subject, values).map((field) => (
            <FieldInput
              key={field.id}
              field={field}
              value={values[field.id] ?? ''}
              onChange={(value) => {
                setValues((all) => ({ ...all, [field.id]: value }));
              }}
            />
          ))}
      </div>
      <section className="proposal" aria-label="What will move" aria-busy={!current}>
        {!wish && <p className="empty">Fill in what is missing.</p>}
        {answer?.ok === false && (
          <div role="alert" className="refused">
            {answer.error.messages.map((line) => (
              <p key={line}>{line}</p>
            ))}
          </div>
        )}
        {vg && answer?.ok && <ProposalView proposal={answer.value} vg={vg} />}
      </section>
      <div className="buttons">
        {running && <small>Other lines run: see the bar above.</small>}
        <Button
          onPress={() => {
            openAction(undefined);
          }}
        >
          Cancel
        </Button>
        <Button type="submit" className="primary" isDisabled={!ready}>
          {lines.length === 0 ? spec.verb : `${spec.verb} ${lineCount(lines.length)}`}
        </Button>
      </div>
    </form>
  );
}

/** What was dragged, else what is marked. */
function pickedWish(): MoveWish | undefined {
  const { wish, marked } = useMoves.getState();
  if (wish || !marked) return wish;
  const { device, first, count } = marked;
  return { kind: 'run', device, first, count, to: { device: '' } };
}

const propose = (wish: MoveWish) => engine().call('proposeMoves', [wish]);
