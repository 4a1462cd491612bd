import { needsLv, option, selectedLv, type ActionSpec } from './action.ts';

const KEEP = 'as it is';
const POLICIES = ['inherit', 'contiguous', 'cling', 'normal', 'anywhere'];

export const changeVolume: ActionSpec = {
  id: 'change-volume',
  title: 'Change volume',
  on: 'lv',
  verb: 'Change',
  unavailable: needsLv(),
  fields: (lab, selected) => [
    { id: 'permission', label: 'Permission', kind: 'choice', options: [KEEP, 'rw', 'r'] },
    { id: 'alloc', label: 'Allocation', kind: 'choice', options: [KEEP, ...POLICIES] },
    { id: 'addtag', label: 'Add tag', kind: 'text', optional: true },
    {
      id: 'deltag',
      label: 'Remove tag',
      kind: 'choice',
      options: [KEEP, ...(selectedLv(lab, selected)?.tags ?? [])],
    },
  ],
  initial: () => ({ permission: KEEP, alloc: KEEP, addtag: '', deltag: KEEP }),
  words(values, selected) {
    const wish = (name: string, value: string | undefined): readonly string[] =>
      value === KEEP ? [] : option(name, value);
    const options = [
      ...wish('-p', values.permission),
      ...wish('--alloc', values.alloc),
      ...option('--addtag', values.addtag),
      ...wish('--deltag', values.deltag),
    ];
    return selected && options.length > 0 ? ['lvchange', ...options, selected.id] : undefined;
  },
};
