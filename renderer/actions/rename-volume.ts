import { needsLv, selectedLv, type ActionSpec } from './action.ts';

export const renameVolume: ActionSpec = {
  id: 'rename-volume',
  title: 'Rename volume',
  on: 'lv',
  verb: 'Rename',
  unavailable: needsLv(),
  fields: () => [{ id: 'to', label: 'New name', kind: 'text' }],
  initial: (lab, selected) => ({ to: selectedLv(lab, selected)?.name ?? '' }),
  words(values, selected) {
    const [vg, lv] = selected?.id.split('/') ?? [];
    return vg && lv && values.to ? ['lvrename', vg, lv, values.to] : undefined;
  },
  then(values, selected) {
    const [vg] = selected?.id.split('/') ?? [];
    return vg ? { kind: 'lv', id: `${vg}/${values.to ?? ''}` } : undefined;
  },
};
