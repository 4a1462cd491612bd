import { isExported, needsVg, option, plain, selectedVg, type ActionSpec } from './action.ts';
import { modeFields, modeInitial, modeOptions } from './activation-mode.ts';
import { groupCopiesField, groupCopiesOptions } from './metadata-fields.ts';

const notExported = needsVg((vg) => (isExported(vg) ? 'It is exported.' : undefined));

export const renameGroup: ActionSpec = {
  id: 'rename-group',
  title: 'Rename group',
  on: 'vg',
  verb: 'Rename',
  // The one command that takes a group by its id: the way out where two have one name.
  unavailable: (lab, selected) =>
    selectedVg(lab, selected) ? undefined : 'Select a volume group first.',
  fields: () => [{ id: 'to', label: 'New name', kind: 'text' }],
  initial: (lab, selected) => ({ to: selectedVg(lab, selected)?.name ?? '' }),
  words: (values, selected) =>
    selected && values.to && values.to !== selected.id
      ? ['vgrename', selected.id, values.to]
      : undefined,
  then: (values) => ({ kind: 'vg', id: values.to ?? '' }),
};

export const changeGroup: ActionSpec = {
  id: 'change-group',
  title: 'Change group',
  on: 'vg',
  verb: 'Change',
  unavailable: notExported,
  fields: () => [
    { id: 'addtag', label: 'Add tag', kind: 'text', optional: true },
    { id: 'deltag', label: 'Remove tag', kind: 'text', optional: true },
    { id: 'extent', label: 'Extent size', kind: 'text', optional: true, hint: 'empty: as it is' },
    { id: 'maxLv', label: 'Volumes at most', kind: 'text', optional: true, hint: '0: no limit' },
    { id: 'maxPv', label: 'PVs at most', kind: 'text', optional: true, hint: '0: no limit' },
    groupCopiesField,
    {
      id: 'auto',
      label: 'Autoactivation',
      kind: 'choice',
      options: ['as it is', 'y', 'n'],
      hint: 'y: up when it is complete',
    },
  ],
  initial: () => ({
    addtag: '',
    deltag: '',
    extent: '',
    maxLv: '',
    maxPv: '',
    vgCopies: '',
    auto: 'as it is',
  }),
  words(values, selected) {
    const options = [
      ...option('--addtag', values.addtag),
      ...option('--deltag', values.deltag),
      ...option('-s', values.extent),
      ...option('-l', values.maxLv),
      ...option('-p', values.maxPv),
      ...groupCopiesOptions(values),
      ...(values.auto === 'as it is' ? [] : option('--setautoactivation', values.auto)),
    ];
    return selected && options.length > 0 ? ['vgchange', ...options, selected.id] : undefined;
  },
};

export const activateGroup: ActionSpec = {
  id: 'activate-group',
  title: 'Activate all volumes',
  on: 'vg',
  verb: 'Activate',
  unavailable: needsVg((vg) => {
    if (isExported(vg)) return 'It is exported.';
    if (vg.lvs.length === 0) return 'It has no volumes.';
    return vg.lvs.some(({ active, visible }) => visible && !active)
      ? undefined
      : 'Every volume is active.';
  }),
  fields: (lab, selected) => modeFields(selectedVg(lab, selected)),
  initial: () => modeInitial,
  words: (values, selected) => selected && ['vgchange', '-ay', ...modeOptions(values), selected.id],
};

export const deactivateGroup = plain({
  id: 'deactivate-group',
  title: 'Deactivate all volumes',
  on: 'vg',
  verb: 'Deactivate',
  unavailable: needsVg(({ lvs }) => {
    const open = lvs.find(({ openCount }) => openCount > 0);
    if (open) return `${open.name} is open.`;
    return lvs.some(({ active }) => active) ? undefined : 'No volume is active.';
  }),
  words: (_values, selected) => selected && ['vgchange', '-an', selected.id],
});

export const exportGroup = plain({
  id: 'export-group',
  title: 'Export group',
  on: 'vg',
  verb: 'Export',
  unavailable: needsVg((vg) => {
    if (isExported(vg)) return 'It is exported.';
    return vg.lvs.some(({ active }) => active) ? 'It has active volumes.' : undefined;
  }),
  words: (_values, selected) => selected && ['vgexport', selected.id],
});

export const importGroup = plain({
  id: 'import-group',
  title: 'Import group',
  on: 'vg',
  verb: 'Import',
  unavailable: needsVg((vg) => (isExported(vg) ? undefined : 'It is not exported.')),
  words: (_values, selected) => selected && ['vgimport', selected.id],
});

export const backUpGroup = plain({
  id: 'back-up-group',
  title: 'Back up metadata',
  on: 'vg',
  verb: 'Back up',
  unavailable: needsVg(),
  words: (_values, selected) => selected && ['vgcfgbackup', selected.id],
});

export const checkGroup = plain({
  id: 'check-group',
  title: 'Rewrite all copies of the metadata',
  on: 'vg',
  verb: 'Rewrite',
  unavailable: needsVg(),
  words: (_values, selected) => selected && ['vgck', '--updatemetadata', selected.id],
});

export const removeGroup = plain({
  id: 'remove-group',
  title: 'Remove group',
  on: 'vg',
  verb: 'Remove',
  unavailable: needsVg((vg) => {
    if (isExported(vg)) return 'It is exported.';
    const open = vg.lvs.find(({ openCount }) => openCount > 0);
    return open && `${open.name} is open.`;
  }),
  words: (_values, selected) => selected && ['vgremove', selected.id],
  then: () => undefined,
});
