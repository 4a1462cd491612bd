/** Whether the monitor repairs mirrors that fail. */
import { dropsFailedLegs, mirrorsAbout } from '../state/mirrors.ts';
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

/** Until LVM loads another table: no metadata says so. */
export const dropLegs: ActionSpec = {
  id: 'drop-failed-legs',
  title: 'Let mirror drop failed legs',
  on: 'lv',
  verb: 'Set',
  unavailable: (lab, selected) => {
    const inMemory = mirrorsAbout(lab, selected)[0]?.log.kind === 'core';
    const reason = 'Its log is in memory, and would forget which leg was dropped.';
    return needsActiveMirror(lab, selected) ?? (inMemory ? reason : undefined);
  },
  fields: () => [
    {
      id: 'drops',
      label: 'By itself',
      kind: 'choice',
      options: ['y', 'n'],
      meanings: {
        y:
          'It goes on at once without a leg that failed, and no write waits for anybody; ' +
          'until LVM loads another table for it.',
        n: 'Writes that meet a leg that failed wait for the repair, as in LVM.',
      },
    },
  ],
  initial: (lab, selected) => ({
    drops: dropsFailedLegs(lab, selectedLv(lab, selected)?.dmName) ? 'n' : 'y',
  }),
  words: ({ drops = 'y' }, selected) => selected && ['drop-failed-legs', drops, selected.id],
  shows: { place: 'Stage', view: 'regions' },
};
