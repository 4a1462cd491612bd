import { needsLv, selectedLv, type ActionSpec } from './action.ts';

export const removeVolume: ActionSpec = {
  id: 'remove-volume',
  title: 'Remove volume',
  verb: 'Remove',
  unavailable: needsLv,
  fields: () => [],
  initial: () => ({}),
  request(_values, selected) {
    const volume = selectedLv(selected);
    return volume ? { verb: 'lvremove', ...volume } : undefined;
  },
};
