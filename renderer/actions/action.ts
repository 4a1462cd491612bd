import type { ComponentType } from 'react';
import type {
  DiskState,
  LabState,
  LvState,
  PvState,
  UnfitReason,
  VgState,
} from '../../core/contract/state.ts';
import type { Place, Subject } from '../state/store.ts';
import { isTwin, lvOf, pvOf, vgOf } from '../state/subjects.ts';

/** A field of an action's form. Values are the text typed; the engine judges them. */
export interface ActionField {
  readonly id: string;
  readonly label: string;
  readonly kind: 'text' | 'number' | 'choice' | 'choices';
  readonly hint?: string;
  /** For `choice` and `choices`. */
  readonly options?: readonly string[];
  /** Of a `choice`: what each option does, shown of the one that is chosen. */
  readonly meanings?: Readonly<Record<string, string>>;
  /** May be left empty. */
  readonly optional?: true;
  /** Of a `number`; default: 1. */
  readonly least?: number;
}

/** What was typed: `choices` are joined by blanks. */
export type Values = Readonly<Record<string, string>>;

/** What the form of an action is about. */
export interface FormProps {
  readonly spec: ActionSpec;
  readonly lab: LabState;
  readonly selected: Subject | undefined;
}

/** What can be done to the lab, from every menu, button and the palette alike. */
export interface ActionSpec {
  readonly id: string;
  readonly title: string;
  /** What it is done to; `lab`: nothing has to be selected. */
  readonly on: 'lab' | 'vg' | 'pv' | 'lv' | 'disk' | 'backup';
  /** The button that carries it out. */
  readonly verb: string;
  /** Why it cannot be done to what is selected; undefined when it can. */
  unavailable(lab: LabState, selected: Subject | undefined): string | undefined;
  fields(lab: LabState, selected: Subject | undefined): readonly ActionField[];
  initial(lab: LabState, selected: Subject | undefined): Values;
  /** The command line; undefined while a field that is needed is empty. */
  words(values: Values, selected: Subject | undefined): readonly string[] | undefined;
  /** Instead of the form that the fields make. */
  readonly Form?: ComponentType<FormProps>;
  /** The view that shows what came of it. */
  readonly shows?: { readonly place: Place; readonly view: string };
  /** What is selected once it is done; absent: what was. */
  then?(values: Values, selected: Subject | undefined): Subject | undefined;
}

/** `-n data`; nothing for a field that was left empty. */
export const option = (name: string, value: string | undefined): readonly string[] =>
  value === undefined || value.trim() === '' ? [] : [name, value.trim()];

/** What was chosen among `choices`. */
export const chosen = (value: string | undefined): readonly string[] =>
  (value ?? '').split(' ').filter(Boolean);

export const selectedVg = (lab: LabState, selected: Subject | undefined): VgState | undefined =>
  selected?.kind === 'vg' ? vgOf(lab, selected) : undefined;

export const selectedPv = (lab: LabState, selected: Subject | undefined): PvState | undefined =>
  pvOf(lab, selected);

export const selectedLv = (lab: LabState, selected: Subject | undefined): LvState | undefined =>
  selected?.kind === 'lv' ? lvOf(lab, selected) : undefined;

/** A PV is selected with its disk. */
export const selectedDisk = (
  lab: LabState,
  selected: Subject | undefined,
): DiskState | undefined =>
  selected?.kind === 'disk' || selected?.kind === 'pv'
    ? lab.disks.find(({ path }) => path === selected.id)
    : undefined;

/** Why no PV can be there, and where one can. */
export const unfitWords = (unfit: UnfitReason): string =>
  unfit === 'partitioned'
    ? 'It has a partition table: select one of its partitions.'
    : 'It is smaller than 2 MiB.';

/** Broken off by the user. */
export const isGone = ({ faults }: DiskState): boolean =>
  faults?.some(({ kind }) => kind === 'gone') ?? false;

export const GONE = 'It is gone: mend it first.';

/** Whether an action is about what is selected. */
export const concerns = ({ on }: ActionSpec, selected: Subject | undefined): boolean =>
  on === selected?.kind || (on === 'disk' && selected?.kind === 'pv');

type Unavailable = ActionSpec['unavailable'];

/** Needs a volume, and whatever `more` asks of it. */
export const needsLv =
  (more: (lv: LvState) => string | undefined = () => undefined): Unavailable =>
  (lab, selected) => {
    const lv = selectedLv(lab, selected);
    return lv ? (twinReason(lab, selected) ?? more(lv)) : 'Select a logical volume first.';
  };

/** LVM does not know which of two groups with one name is meant. */
function twinReason(lab: LabState, selected: Subject | undefined): string | undefined {
  const vg = vgOf(lab, selected);
  return vg && isTwin(lab, vg) ? `Two groups are named ${vg.name}: rename one first.` : undefined;
}

export const needsVg =
  (more: (vg: VgState) => string | undefined = () => undefined): Unavailable =>
  (lab, selected) => {
    const vg = selectedVg(lab, selected);
    return vg ? (twinReason(lab, selected) ?? more(vg)) : 'Select a volume group first.';
  };

export const needsPv =
  (more: (pv: PvState) => string | undefined = () => undefined): Unavailable =>
  (lab, selected) => {
    const pv = selectedPv(lab, selected);
    return pv ? more(pv) : 'Select a physical volume first.';
  };

/** An action without a form: what is selected is all it needs. */
export function plain(spec: Omit<ActionSpec, 'fields' | 'initial'>): ActionSpec {
  return { ...spec, fields: () => [], initial: () => ({}) };
}

export const isExported = (vg: VgState): boolean => vg.attr.includes('x');
