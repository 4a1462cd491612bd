import { needsLv, selectedLv, type ActionSpec } from './action.ts';
import { SIZE_HINT, sizeOption } from './size-field.ts';

export const extendVolume: ActionSpec = {
  id: 'extend-volume',
  title: 'Extend volume',
  verb: 'Extend',
  unavailable: needsLv,
  fields: () => [{ id: 'size', label: 'Add', kind: 'text', hint: SIZE_HINT }],
  initial: () => ({ size: '8m' }),
  words(values, selected) {
    const volume = selectedLv(selected);
    const size = sizeOption(values.size ?? '', '+');
    return volume && size ? ['lvextend', ...size, `${volume.vg}/${volume.lv}`] : undefined;
  },
};
