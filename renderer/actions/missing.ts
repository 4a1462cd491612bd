import { needsPv, needsVg, plain, type ActionSpec } from './action.ts';

const KEEP = 'keep volumes that lie on them';
const REMOVE = 'remove volumes that lie on them';

export const removeMissing: ActionSpec = {
  id: 'remove-missing',
  title: 'Remove missing PVs',
  on: 'vg',
  verb: 'Remove',
  unavailable: needsVg(({ pvs }) =>
    pvs.some(({ missing }) => missing) ? undefined : 'No physical volume is missing.',
  ),
  fields: () => [{ id: 'lvs', label: 'Volumes', kind: 'choice', options: [KEEP, REMOVE] }],
  initial: () => ({ lvs: KEEP }),
  words: (values, selected) =>
    selected && [
      'vgreduce',
      '--removemissing',
      ...(values.lvs === REMOVE ? ['--force'] : []),
      selected.id,
    ],
};

export const restorePv: ActionSpec = {
  ...plain({
    id: 'restore-pv',
    title: 'Take back after it was missing',
    on: 'pv',
    verb: 'Take back',
    unavailable: needsPv(({ missing, device }) => {
      if (!missing) return 'It is not missing.';
      return device.startsWith('/') ? undefined : 'No disk carries it.';
    }),
    words: () => undefined,
  }),
  fields: (lab, selected) => {
    const group = lab.vgs.find(({ pvs }) => pvs.some(({ device }) => device === selected?.id));
    return [
      { id: 'vg', label: 'Volume group', kind: 'choice', options: group ? [group.name] : [] },
    ];
  },
  initial: (lab, selected) => ({
    vg: lab.vgs.find(({ pvs }) => pvs.some(({ device }) => device === selected?.id))?.name ?? '',
  }),
  words: (values, selected) =>
    selected && values.vg ? ['vgextend', '--restoremissing', values.vg, selected.id] : undefined,
};
