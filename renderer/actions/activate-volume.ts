import { needsLv, plain } from './action.ts';

export const activateVolume = plain({
  id: 'activate-volume',
  title: 'Activate volume',
  on: 'lv',
  verb: 'Activate',
  unavailable: needsLv(({ active }) => (active ? 'It is active.' : undefined)),
  words: (_values, selected) => selected && ['lvchange', '-ay', '-K', selected.id],
});

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
