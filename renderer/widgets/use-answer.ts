/** What the engine answers to a reading call, asked again when the metadata may have changed. */
import { useEffect, useRef, useState } from 'react';
import type { EventBody } from '../../core/contract/events.ts';
import type { Refusal } from '../../core/contract/api.ts';
import type { Result } from '../../core/contract/units.ts';
import type { WireCalls } from '../../core/contract/wire.ts';
import { engine, useStudio } from '../state/store.ts';

type Readable = 'vgMetadata' | 'pvMetadata' | 'backupFiles' | 'backupText';
type Value<M extends Readable> = Extract<WireCalls[M]['result'], { readonly ok: true }>['value'];

export interface Answer<T> {
  /** The last good answer to this question, also while it is asked again. */
  readonly value?: T;
  /** Sentences that say why there is none. */
  readonly failure: readonly string[];
}

/** Events after which disks or kept versions may say something else. */
const CHANGES: readonly EventBody['kind'][] = [
  'metadata',
  'vg',
  'vg-removed',
  'orphans',
  'disk',
  'disk-detached',
  'command',
];
/** A change of the metadata is many events: one question is enough for them. */
const QUIET_MILLIS = 60;

/** @param params undefined: there is nothing to ask */
export function useAnswer<M extends Readable>(
  method: M,
  params: WireCalls[M]['params'] | undefined,
): Answer<Value<M>> {
  const changed = useStudio(
    ({ events }) => events.findLast(({ body }) => CHANGES.includes(body.kind))?.seq ?? 0,
  );
  const standing = useStudio((studio) => studio.standing);
  const question = params && JSON.stringify([method, params]);
  const [shown, setShown] = useState<{ of: string; answer: Answer<Value<M>> }>();
  const asked = useRef<string>(undefined);
  useEffect(() => {
    if (question === undefined || standing !== 'open') return undefined;
    let current = true;
    const ask = (): void => {
      asked.current = question;
      engine()
        .call(method, (JSON.parse(question) as [M, WireCalls[M]['params']])[1])
        .then((result) => {
          const answer = answerOf(result as Result<Value<M>, Refusal>);
          if (current) setShown({ of: question, answer });
        })
        .catch((error: unknown) => {
          if (current) setShown({ of: question, answer: { failure: [String(error)] } });
        });
    };
    // A new question is asked at once, the same one when it has become quiet.
    const wait = setTimeout(ask, question === asked.current ? QUIET_MILLIS : 0);
    return () => {
      current = false;
      clearTimeout(wait);
    };
  }, [method, question, changed, standing]);
  return shown && shown.of === question ? shown.answer : { failure: [] };
}

const answerOf = <T>(result: Result<T, Refusal>): Answer<T> =>
  result.ok ? { value: result.value, failure: [] } : { failure: result.error.messages };
