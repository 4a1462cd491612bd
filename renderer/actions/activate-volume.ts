import { vgOf } from '../state/subjects.ts';
import { needsLv, plain, type ActionSpec } from './action.ts';
import { modeFields, modeInitial, modeOptions } from './activation-mode.ts';

export const activateVolume: ActionSpec = {
  id: 'activate-volume',
  title: 'Activate volume',
  on: 'lv',
  verb: 'Activate',
  unavailable: needsLv(({ active }) => (active ? 'It is active.' : undefined)),
  fields: (lab, selected) => modeFields(vgOf(lab, selected)),
  initial: () => modeInitial,
  words: (values, selected) =>
    selected && ['lvchange', '-ay', '-K', ...modeOptions(values), selected.id],
};

export const deactivateVolume = plain({
  id: 'deactivate-volume',
  title: 'Deactivate volume',
  on: 'lv',
  verb: 'Deactivate',
  unavailable: needsLv(({ active, openCount }) => {
    if (!active) return 'It is not active.';
    return openCount > 0 ? `It is open ${openCount} times.` : undefined;
  }),
  words: (_values, selected) => selected && ['lvchange', '-an', selected.id],
});
