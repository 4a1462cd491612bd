/** Moves of extents, proposed before anything is moved: each form shows them before and after. */
import { isLost } from '../state/subjects.ts';
import { MOVE_MARKED, useMoves } from '../state/moves.ts';
import { isExported, needsLv, needsPv, plain, type ActionSpec } from './action.ts';
import { MoveForm } from './MoveForm.tsx';

const VERB = 'Run';

export const moveOfPv: ActionSpec = plain({
  id: 'move-of-pv',
  title: 'Move extents of physical volume',
  on: 'pv',
  verb: VERB,
  unavailable: needsPv((pv) => {
    if (pv.vg === undefined) return 'It is in no volume group.';
    return isLost(pv) ? 'No disk carries it.' : undefined;
  }),
  words: () => undefined,
  Form: MoveForm,
});

export const moveOfVolume: ActionSpec = plain({
  id: 'move-of-volume',
  title: 'Move extents of volume',
  on: 'lv',
  verb: VERB,
  unavailable: needsLv(),
  words: () => undefined,
  Form: MoveForm,
});

export const moveMarked: ActionSpec = plain({
  id: MOVE_MARKED,
  title: 'Move marked extents',
  on: 'lab',
  verb: VERB,
  unavailable: (lab) => {
    const { marked, wish } = useMoves.getState();
    const device = wish?.kind === 'run' ? wish.device : marked?.device;
    if (device === undefined) return 'Mark extents on the extent map first.';
    const vg = lab.vgs.find(({ pvs }) => pvs.some((pv) => pv.device === device));
    if (!vg) return 'The marked extents are gone.';
    return isExported(vg) ? `${vg.name} is exported.` : undefined;
  },
  words: () => undefined,
  Form: MoveForm,
});
