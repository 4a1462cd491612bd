import type { LabState } from '../../core/contract/state.ts';
import type { Subject } from '../state/store.ts';

/** A field of an action's form. Values are the text typed; the engine judges them. */
export interface ActionField {
  readonly id: string;
  readonly label: string;
  readonly kind: 'text' | 'number' | 'choice' | 'choices';
  readonly hint?: string;
  /** For `choice` and `choices`. */
  readonly options?: readonly string[];
  /** May be left empty. */
  readonly optional?: true;
}

/** What was typed: `choices` are joined by blanks. */
export type Values = Readonly<Record<string, string>>;

/** What can be done to the lab, from every menu, button and the palette alike. */
export interface ActionSpec {
  readonly id: string;
  readonly title: string;
  /** The button that carries it out. */
  readonly verb: string;
  /** Why it cannot be done to what is selected; undefined when it can. */
  unavailable(lab: LabState, selected: Subject | undefined): string | undefined;
  fields(lab: LabState, selected: Subject | undefined): readonly ActionField[];
  initial(lab: LabState, selected: Subject | undefined): Values;
  /** The command line; undefined while a field that is needed is empty. */
  words(values: Values, selected: Subject | undefined): readonly string[] | undefined;
  /** What is selected once it is done; absent: what was. */
  then?(values: Values, selected: Subject | undefined): Subject | undefined;
}

/** `-n data`; nothing for a field that was left empty. */
export const option = (name: string, value: string | undefined): readonly string[] =>
  value === undefined || value.trim() === '' ? [] : [name, value.trim()];

/** What was chosen among `choices`. */
export const chosen = (value: string | undefined): readonly string[] =>
  (value ?? '').split(' ').filter(Boolean);

/** `vg/lv` of a selected volume. */
export function selectedLv(
  selected: Subject | undefined,
): { readonly vg: string; readonly lv: string } | undefined {
  if (selected?.kind !== 'lv') return undefined;
  const [vg, lv] = selected.id.split('/');
  return vg !== undefined && lv !== undefined ? { vg, lv } : undefined;
}

export const needsLv = (_lab: LabState, selected: Subject | undefined): string | undefined =>
  selectedLv(selected) ? undefined : 'Select a logical volume first.';
