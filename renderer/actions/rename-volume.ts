import { needsLv, selectedLv, type ActionSpec } from './action.ts';

export const renameVolume: ActionSpec = {
  id: 'rename-volume',
  title: 'Rename volume',
  verb: 'Rename',
  unavailable: needsLv,
  fields: () => [{ id: 'to', label: 'New name', kind: 'text' }],
  initial: (_lab, selected) => ({ to: selectedLv(selected)?.lv ?? '' }),
  words(values, selected) {
    const volume = selectedLv(selected);
    if (!volume || !values.to) return undefined;
    return ['lvrename', volume.vg, volume.lv, values.to];
  },
  then(values, selected) {
    const volume = selectedLv(selected);
    return volume && { kind: 'lv', id: `${volume.vg}/${values.to ?? ''}` };
  },
};
