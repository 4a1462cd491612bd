import { needsLv, selectedLv, type ActionSpec } from './action.ts';
import { SIZE_HINT, sizeOption } from './size-field.ts';

export const resizeVolume: ActionSpec = {
  id: 'resize-volume',
  title: 'Set size of volume',
  on: 'lv',
  verb: 'Resize',
  unavailable: needsLv(),
  fields: () => [
    { id: 'size', label: 'Size', kind: 'text', hint: `${SIZE_HINT}; what is cut off is lost` },
  ],
  initial: (lab, selected) => ({ size: `${selectedLv(lab, selected)?.extentCount ?? 1} PE` }),
  words(values, selected) {
    const size = sizeOption(values.size ?? '');
    return selected && size ? ['lvresize', ...size, selected.id] : undefined;
  },
};
