import { needsLv, selectedLv, type ActionSpec } from './action.ts';
import { SIZE_HINT, sizeSpec } from './size-field.ts';

export const extendVolume: ActionSpec = {
  id: 'extend-volume',
  title: 'Extend volume',
  verb: 'Extend',
  unavailable: needsLv,
  fields: () => [{ id: 'size', label: 'Add', kind: 'text', hint: SIZE_HINT }],
  initial: () => ({ size: '8m' }),
  request(values, selected) {
    const volume = selectedLv(selected);
    const size = sizeSpec(values.size ?? '', true);
    return volume && size ? { verb: 'lvextend', ...volume, size } : undefined;
  },
};
