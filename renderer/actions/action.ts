import type { Request } from '../../core/contract/requests.ts';
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
  /** Undefined while a field that is needed is empty or makes no sense. */
  request(values: Values, selected: Subject | undefined): Request | undefined;
}

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
