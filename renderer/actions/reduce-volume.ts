import { needsLv, type ActionSpec } from './action.ts';
import { SIZE_HINT, sizeOption } from './size-field.ts';

export const reduceVolume: ActionSpec = {
  id: 'reduce-volume',
  title: 'Reduce volume',
  on: 'lv',
  verb: 'Reduce',
  unavailable: needsLv(({ extentCount }) =>
    extentCount > 1 ? undefined : 'It has one extent: remove it instead.',
  ),
  fields: () => [
    { id: 'size', label: 'Cut off', kind: 'text', hint: `${SIZE_HINT}; what was there is lost` },
  ],
  initial: () => ({ size: '4m' }),
  words(values, selected) {
    const size = sizeOption(values.size ?? '', '-');
    return selected && size ? ['lvreduce', ...size, selected.id] : undefined;
  },
};
