/** Fields that several forms about mirrors have. */
import type { LabState } from '../../core/contract/state.ts';
import type { Subject } from '../state/store.ts';
import { vgOf } from '../state/subjects.ts';
import { isMirror, partsOf } from '../viz/mirror-parts.ts';
import { needsLv, selectedLv, type ActionField, type ActionSpec, type Values } from './action.ts';

export const REGION_HINT = 'a power of two: 512k, 2m';

/** LVM's own default comes first. */
export const logField: ActionField = {
  id: 'log',
  label: 'Log',
  kind: 'choice',
  options: ['disk', 'core', 'mirrored'],
  hint: 'core: in memory, lost when it goes down',
};

export const logOption = ({ log = 'disk' }: Values): readonly string[] =>
  log === 'disk' ? [] : ['--mirrorlog', log];

/** PVs of the group of the selection. @param label what they are for */
export const pvsField = (
  lab: LabState,
  selected: Subject | undefined,
  label: string,
): ActionField => ({
  id: 'pvs',
  label,
  kind: 'choices',
  optional: true,
  options: vgOf(lab, selected)?.pvs.flatMap(({ device, missing }) => (missing ? [] : device)) ?? [],
});

/** Needs a volume that is no part of a mirror; `more` is what else is asked of it. */
export const needsWhole =
  (more: (isOne: boolean) => string | undefined): ActionSpec['unavailable'] =>
  (lab, selected) => {
    const reason = needsLv()(lab, selected);
    const [vg, lv] = [vgOf(lab, selected), selectedLv(lab, selected)];
    if (reason !== undefined || !vg || !lv) return reason;
    const part = partsOf(vg).get(lv.name);
    return part ? `It is a part of ${vg.name}/${part.top}: select that.` : more(isMirror(lv));
  };

export const needsMirror = needsWhole((isOne) => (isOne ? undefined : 'It is no mirror.'));

export const needsActiveMirror = (...args: Parameters<typeof needsMirror>): string | undefined =>
  needsMirror(...args) ?? (selectedLv(...args)?.active ? undefined : 'It is not active.');
