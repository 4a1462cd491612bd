/** What several forms about snapshots ask for, and what they ask of the selection. */
import type { LabState, LvState, VgState } from '../../core/contract/state.ts';
import { snapshotsAbout } from '../state/snapshots.ts';
import type { Subject } from '../state/store.ts';
import { vgOf } from '../state/subjects.ts';
import { needsLv, selectedLv, type ActionField, type ActionSpec } from './action.ts';

/** LVM's own comes first (reference 2.6.4). */
export const chunkField: ActionField = {
  id: 'chunk',
  label: 'Chunk size',
  kind: 'choice',
  options: ['4k', '8k', '16k', '32k', '64k', '128k', '256k', '512k'],
  hint: 'what is copied at a time',
};

/** Needs a snapshot that does not merge yet; `more` is what else is asked of it. */
export const needsSnapshot =
  (
    more: (lv: LvState, vg: VgState, lab: LabState) => string | undefined = () => undefined,
  ): ActionSpec['unavailable'] =>
  (lab, selected) => {
    const reason = needsLv()(lab, selected);
    const [vg, lv] = [vgOf(lab, selected), selectedLv(lab, selected)];
    if (reason !== undefined || !vg || !lv) return reason;
    if (!lv.snapshot) return 'It is no snapshot.';
    if (lv.snapshot.merging) return `It merges into ${vg.name}/${lv.snapshot.origin}.`;
    return isLocked(lv) ? 'It is being moved.' : more(lv, vg, lab);
  };

/** A move or a conversion has it: `I` for its allocation, as `lvs` prints it (reference 12.2). */
export const isLocked = ({ attr }: LvState): boolean => /^..[A-Z]/.test(attr);

/** Of a snapshot that is active and counts no more. */
export const isInvalid = (lab: LabState, selected: Subject | undefined): boolean =>
  snapshotsAbout(lab, selected).some(({ condition }) => condition === 'invalid');

/** What was taken of nothing lies on a volume of zeroes. */
export const isVirtual = (vg: VgState, { snapshot }: LvState): boolean =>
  vg.lvs.some(({ name, visible }) => name === snapshot?.origin && !visible);
