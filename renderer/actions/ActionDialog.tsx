/** One dialog for every action: its form, what would happen, and the button that does it. */
import { useState, type ReactElement, type SubmitEvent } from 'react';
import { Button, Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { engine, useStudio, type Subject } from '../state/store.ts';
import { nameOf } from '../state/subjects.ts';
import { concerns, type ActionSpec, type FormProps, type Values } from './action.ts';
import { FieldInput } from './FieldInput.tsx';
import { ACTIONS } from './index.ts';
import { PlanPreview } from './PlanPreview.tsx';
import { useAnswer } from './use-answer.ts';

export function ActionDialog(): ReactElement {
  const { action, lab, selected, openAction } = useStudio();
  const spec = ACTIONS.find(({ id }) => id === action);
  const Form = spec?.Form ?? ActionForm;
  return (
    <ModalOverlay
      className="overlay"
      isDismissable
      isOpen={spec !== undefined && lab !== undefined}
      onOpenChange={(open) => {
        if (!open) openAction(undefined);
      }}
    >
      <Modal className={spec?.Form ? 'modal wide' : 'modal'}>
        <Dialog className="dialog">
          {spec && lab && <Form spec={spec} lab={lab} selected={selected} />}
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

function ActionForm({ spec, lab, selected }: FormProps): ReactElement {
  const openAction = useStudio((studio) => studio.openAction);
  // What was selected when the dialog opened is what it is about, whatever happens meanwhile.
  const [subject] = useState(selected);
  const [values, setValues] = useState<Values>(() => spec.initial(lab, subject));
  const reason = spec.unavailable(lab, subject);
  const words = reason === undefined ? spec.words(values, subject) : undefined;
  const seqnos = useStudio((studio) => studio.lab?.vgs.map((vg) => vg.seqno).join());
  const { answer, current } = useAnswer(words, seqnos ?? '', preview);
  // Only what was asked on the screen counts as answered.
  const asked = answer?.ok === true && answer.value.questions.length > 0;
  const { run, failure, busy } = useRun(spec, words, asked, () => spec.then?.(values, subject));
  const ready = current && answer?.ok === true && !busy;
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (ready) run();
  };
  return (
    <form onSubmit={submit}>
      <Heading slot="title">
        {spec.title}
        {subject && concerns(spec, subject) ? ` ${nameOf(lab, subject)}` : ''}
      </Heading>
      {reason !== undefined && <p role="alert">{reason}</p>}
      <div className="fields">
        {spec.fields(lab, subject).map((field) => (
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
      <PlanPreview preview={answer} current={current} failure={failure} />
      <div className="buttons">
        <Button
          onPress={() => {
            openAction(undefined);
          }}
        >
          Cancel
        </Button>
        <Button type="submit" className="primary" isDisabled={!ready}>
          {spec.verb}
        </Button>
      </div>
    </form>
  );
}

/** What the command line would do. */
const preview = (words: readonly string[]) => engine().call('preview', [words]);

/** @param yes the line's questions were on the screen. */
function useRun(
  spec: ActionSpec,
  words: readonly string[] | undefined,
  yes: boolean,
  then: () => Subject | undefined,
) {
  const { announce, openAction, select, showView } = useStudio();
  const [failure, setFailure] = useState<readonly string[]>([]);
  const [busy, setBusy] = useState(false);
  const run = (): void => {
    if (!words) return;
    setBusy(true);
    engine()
      .call('command', [words, { yes }])
      .then(({ status, output }) => {
        setBusy(false);
        const said = output.map(({ text }) => text.trim());
        if (status !== 0) {
          setFailure(said);
          return;
        }
        announce(said.at(-1) ?? `${spec.title}: done.`);
        const next = then();
        if (next) select(next);
        if (spec.shows) showView(spec.shows.place, spec.shows.view);
        openAction(undefined);
      })
      .catch((error: unknown) => {
        setBusy(false);
        setFailure([String(error)]);
      });
  };
  return { run, failure, busy };
}
