import { needsLv, plain } from './action.ts';

export const removeVolume = plain({
  id: 'remove-volume',
  title: 'Remove volume',
  on: 'lv',
  verb: 'Remove',
  unavailable: needsLv(({ openCount }) =>
    openCount === 0 ? undefined : `It is open ${openCount} times.`,
  ),
  words: (_values, selected) => selected && ['lvremove', selected.id],
  then: (_values, selected) => selected && { kind: 'vg', id: selected.id.split('/')[0] ?? '' },
});
