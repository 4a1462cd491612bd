/** One dialog for every action: its form, what would happen, and the button that does it. */
import { useEffect, useState, type ReactElement, type SubmitEvent } from 'react';
import { Button, Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import type { Preview, Refusal } from '../../core/contract/api.ts';
import type { Result } from '../../core/contract/units.ts';
import { engine, useStudio, type Subject } from '../state/store.ts';
import { nameOf } from '../state/subjects.ts';
import { concerns, type ActionSpec, type FormProps, type Values } from './action.ts';
import { FieldInput } from './FieldInput.tsx';
import { ACTIONS } from './index.ts';
import { PlanPreview } from './PlanPreview.tsx';

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
  const preview = usePreview(words);
  const answer = preview.answer;
  // Only what was asked on the screen counts as answered.
  const asked = answer?.ok === true && answer.value.questions.length > 0;
  const { run, failure, busy } = useRun(spec, words, asked, () => spec.then?.(values, subject));
  const ready = preview.current && answer?.ok === true && !busy;
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
      <PlanPreview preview={answer} current={preview.current} failure={failure} />
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

interface Previewed {
  /** The last answer; of an earlier line while the next is on its way. */
  readonly answer: Result<Preview, Refusal> | undefined;
  /** The answer is about the line as it is now. */
  readonly current: boolean;
}

/** Asks the engine what the command line would do, again whenever it or the lab changes. */
function usePreview(words: readonly string[] | undefined): Previewed {
  const [shown, setShown] = useState<{ of: string; answer: Result<Preview, Refusal> }>();
  const seqno = useStudio((studio) => studio.lab?.vgs.map((vg) => vg.seqno).join());
  const key = JSON.stringify(words ?? null);
  const of = `${key} ${seqno ?? ''}`;
  useEffect(() => {
    let current = true;
    const wanted = JSON.parse(key) as readonly string[] | null;
    if (wanted) {
      engine()
        .call('preview', [wanted])
        .then((answer) => {
          if (current) setShown({ of, answer });
        })
        .catch(() => {
          // The status bar says that the engine is out of reach.
        });
    }
    return () => {
      current = false;
    };
  }, [key, of]);
  return {
    answer: words ? shown?.answer : undefined,
    current: words !== undefined && shown?.of === of,
  };
}

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
