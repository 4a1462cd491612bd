import { needsPv, option, plain, type ActionSpec } from './action.ts';

export const changePv: ActionSpec = {
  id: 'change-pv',
  title: 'Change physical volume',
  on: 'pv',
  verb: 'Change',
  unavailable: needsPv(({ vg }) => (vg === undefined ? 'It is in no volume group.' : undefined)),
  fields: () => [
    {
      id: 'allocatable',
      label: 'New extents here',
      kind: 'choice',
      options: ['as it is', 'yes', 'no'],
    },
    { id: 'addtag', label: 'Add tag', kind: 'text', optional: true },
    { id: 'deltag', label: 'Remove tag', kind: 'text', optional: true },
  ],
  initial: () => ({ allocatable: 'as it is', addtag: '', deltag: '' }),
  words(values, selected) {
    const { allocatable } = values;
    const options = [
      ...(allocatable === 'as it is' ? [] : ['-x', allocatable === 'yes' ? 'y' : 'n']),
      ...option('--addtag', values.addtag),
      ...option('--deltag', values.deltag),
    ];
    return selected && options.length > 0 ? ['pvchange', ...options, selected.id] : undefined;
  },
};

export const resizePv: ActionSpec = {
  id: 'resize-pv',
  title: 'Resize physical volume',
  on: 'pv',
  verb: 'Resize',
  unavailable: needsPv(({ missing }) => (missing ? 'Its disk is missing.' : undefined)),
  fields: () => [
    { id: 'size', label: 'Size', kind: 'text', optional: true, hint: 'empty: that of the disk' },
  ],
  initial: () => ({ size: '' }),
  words: (values, selected) =>
    selected && ['pvresize', ...option('--setphysicalvolumesize', values.size), selected.id],
};

export const removePv = plain({
  id: 'remove-pv',
  title: 'Remove physical volume',
  on: 'pv',
  verb: 'Remove',
  unavailable: needsPv(({ vg }) => (vg === undefined ? undefined : `It is in ${vg}.`)),
  words: (_values, selected) => selected && ['pvremove', selected.id],
});
