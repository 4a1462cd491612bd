import { needsLv, type ActionSpec } from './action.ts';
import { SIZE_HINT, sizeOption } from './size-field.ts';

export const extendVolume: ActionSpec = {
  id: 'extend-volume',
  title: 'Extend volume',
  on: 'lv',
  verb: 'Extend',
  unavailable: needsLv((lv) =>
    lv.snapshot ? 'It is a snapshot: what can be extended is its store.' : undefined,
  ),
  fields: () => [{ id: 'size', label: 'Add', kind: 'text', hint: SIZE_HINT }],
  initial: () => ({ size: '8m' }),
  words(values, selected) {
    const size = sizeOption(values.size ?? '', '+');
    return selected && size ? ['lvextend', ...size, selected.id] : undefined;
  },
};
