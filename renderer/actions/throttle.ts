/** How fast mirrors are copied: changed while they are, and kept with the lab. */
import { mirrorsAbout } from '../state/mirrors.ts';
import type { ActionField, ActionSpec } from './action.ts';
import { needsActiveMirror } from './mirror-fields.ts';

const rateField = (empty: string): ActionField => ({
  id: 'rate',
  label: 'Regions a second at most',
  kind: 'number',
  least: 0,
  optional: true,
  hint: `0: none is copied; empty: ${empty}`,
});

const rateWord = (rate: string | undefined): string => rate?.trim() || 'off';

export const throttleAll: ActionSpec = {
  id: 'throttle-all',
  title: 'Throttle copies of mirrors',
  on: 'lab',
  verb: 'Set',
  unavailable: () => undefined,
  fields: () => [rateField('as fast as can be')],
  initial: ({ settings }) => ({ rate: String(settings.copyLimit ?? '') }),
  words: ({ rate }) => ['throttle', rateWord(rate)],
};

export const throttleMirror: ActionSpec = {
  id: 'throttle-mirror',
  title: 'Throttle mirror',
  on: 'lv',
  verb: 'Set',
  unavailable: needsActiveMirror,
  fields: (lab) => {
    const { copyLimit } = lab.settings;
    const general = copyLimit === undefined ? 'as fast as can be' : `${copyLimit}, as all mirrors`;
    return [rateField(general)];
  },
  initial(lab, selected) {
    const limit = mirrorsAbout(lab, selected)[0]?.limit;
    return { rate: limit === lab.settings.copyLimit ? '' : String(limit ?? '') };
  },
  words: ({ rate }, selected) => selected && ['throttle', rateWord(rate), selected.id],
};
