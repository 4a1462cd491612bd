import { needsLv, option, plain, selectedLv, type ActionSpec } from './action.ts';

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
    {
      id: 'readAhead',
      label: 'Read ahead',
      kind: 'text',
      optional: true,
      hint: 'auto, none or sectors; empty: as it is',
    },
    { id: 'skip', label: 'Stays down unless asked for', kind: 'choice', options: [KEEP, 'y', 'n'] },
    { id: 'auto', label: 'Comes up by itself', kind: 'choice', options: [KEEP, 'y', 'n'] },
  ],
  initial: () => ({
    permission: KEEP,
    alloc: KEEP,
    addtag: '',
    deltag: KEEP,
    readAhead: '',
    skip: KEEP,
    auto: KEEP,
  }),
  words(values, selected) {
    const wish = (name: string, value: string | undefined): readonly string[] =>
      value === KEEP ? [] : option(name, value);
    const options = [
      ...wish('-p', values.permission),
      ...wish('--alloc', values.alloc),
      ...option('--addtag', values.addtag),
      ...wish('--deltag', values.deltag),
      ...option('-r', values.readAhead),
      ...wish('-k', values.skip),
      ...wish('--setautoactivation', values.auto),
    ];
    return selected && options.length > 0 ? ['lvchange', ...options, selected.id] : undefined;
  },
};

export const numberVolume: ActionSpec = {
  id: 'number-volume',
  title: 'Give a fixed minor number',
  on: 'lv',
  verb: 'Give',
  unavailable: needsLv(({ openCount }) =>
    openCount > 0 ? `It is open ${openCount} times.` : undefined,
  ),
  fields: () => [{ id: 'minor', label: 'Minor number', kind: 'number' }],
  initial: () => ({ minor: '' }),
  words: (values, selected) =>
    selected && values.minor
      ? ['lvchange', '-M', 'y', '--minor', values.minor, selected.id]
      : undefined,
};

export const refreshVolume = plain({
  id: 'refresh-volume',
  title: 'Load its tables anew',
  on: 'lv',
  verb: 'Refresh',
  unavailable: needsLv(({ active }) => (active ? undefined : 'It is not active.')),
  words: (_values, selected) => selected && ['lvchange', '--refresh', selected.id],
});
