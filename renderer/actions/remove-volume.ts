import { needsLv, selectedLv, type ActionSpec } from './action.ts';

export const removeVolume: ActionSpec = {
  id: 'remove-volume',
  title: 'Remove volume',
  verb: 'Remove',
  unavailable: needsLv,
  fields: () => [],
  initial: () => ({}),
  words(_values, selected) {
    const volume = selectedLv(selected);
    return volume ? ['lvremove', `${volume.vg}/${volume.lv}`] : undefined;
  },
  then(_values, selected) {
    const volume = selectedLv(selected);
    return volume && { kind: 'vg', id: volume.vg };
  },
};
