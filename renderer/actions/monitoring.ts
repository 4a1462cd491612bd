/** Whether the monitor repairs mirrors that fail. */
import { isMirror } from '../viz/mirror-parts.ts';
import { needsVg, selectedLv, type ActionField, type ActionSpec } from './action.ts';
import { needsActiveMirror } from './mirror-fields.ts';

const monitorField = (now: string): ActionField => ({
  id: 'monitor',
  label: 'Monitor',
  kind: 'choice',
  options: ['y', 'n'],
  meanings: {
    y: `When a leg or the log fails it is repaired as the policies say (${now}).`,
    n: `When a leg or the log fails its writes wait until somebody repairs it (${now}).`,
  },
});

export const monitorVolume: ActionSpec = {
  id: 'monitor-volume',
  title: 'Monitor mirror',
  on: 'lv',
  verb: 'Set',
  unavailable: needsActiveMirror,
  fields: (lab, selected) => [
    monitorField(selectedLv(lab, selected)?.monitored ? 'monitored now' : 'not monitored now'),
  ],
  initial: (lab, selected) => ({ monitor: selectedLv(lab, selected)?.monitored ? 'n' : 'y' }),
  words: ({ monitor = 'y' }, selected) =>
    selected && ['lvchange', '--monitor', monitor, selected.id],
};

export const monitorGroup: ActionSpec = {
  id: 'monitor-group',
  title: 'Monitor all mirrors',
  on: 'vg',
  verb: 'Set',
  unavailable: needsVg(({ lvs }) =>
    lvs.some((lv) => lv.active && isMirror(lv)) ? undefined : 'No mirror is active.',
  ),
  fields: () => [monitorField('for all of the group')],
  initial: () => ({ monitor: 'y' }),
  words: ({ monitor = 'y' }, selected) =>
    selected && ['vgchange', '--monitor', monitor, selected.id],
};
