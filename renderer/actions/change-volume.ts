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
    {
      id: 'skip',
      label: 'Activation skip',
      kind: 'choice',
      options: [KEEP, 'y', 'n'],
      hint: 'y: down unless asked for',
    },
    {
      id: 'auto',
      label: 'Autoactivation',
      kind: 'choice',
      options: [KEEP, 'y', 'n'],
      hint: 'y: up when its group is complete',
    },
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
  title: 'Set minor number of volume',
  on: 'lv',
  verb: 'Set',
  unavailable: needsLv(({ openCount }) =>
    openCount > 0 ? `It is open ${openCount} times.` : undefined,
  ),
  fields: () => [
    {
      id: 'fixed',
      label: 'Fixed',
      kind: 'choice',
      options: ['y', 'n'],
      hint: 'n: the next one that is free',
    },
    {
      id: 'minor',
      label: 'Minor number',
      kind: 'number',
      least: 0,
      optional: true,
      hint: 'of a fixed one: 0 to 1048575',
    },
  ],
  initial: () => ({ fixed: 'y', minor: '' }),
  words(values, selected) {
    if (!selected) return undefined;
    if (values.fixed === 'n') return ['lvchange', '-M', 'n', selected.id];
    return values.minor ? ['lvchange', '-M', 'y', '--minor', values.minor, selected.id] : undefined;
  },
};

export const refreshVolume = plain({
  id: 'refresh-volume',
  title: 'Refresh volume',
  on: 'lv',
  verb: 'Refresh',
  unavailable: needsLv(({ active }) => (active ? undefined : 'It is not active.')),
  words: (_values, selected) => selected && ['lvchange', '--refresh', selected.id],
});
