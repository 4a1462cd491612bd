import { needsLv, selectedLv, type ActionSpec } from './action.ts';

export const renameVolume: ActionSpec = {
  id: 'rename-volume',
  title: 'Rename volume',
  verb: 'Rename',
  unavailable: needsLv,
  fields: () => [{ id: 'to', label: 'New name', kind: 'text' }],
  initial: (_lab, selected) => ({ to: selectedLv(selected)?.lv ?? '' }),
  request(values, selected) {
    const volume = selectedLv(selected);
    if (!volume || !values.to) return undefined;
    return { verb: 'lvrename', vg: volume.vg, from: volume.lv, to: values.to };
  },
};
