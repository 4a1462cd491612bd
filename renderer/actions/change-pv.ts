import { isLost, pvOf } from '../state/subjects.ts';
import { GONE, isGone, needsPv, option, plain, unfitWords, type ActionSpec } from './action.ts';
import { areaFields, areaInitial, areaOptions } from './metadata-fields.ts';

export const createPv: ActionSpec = {
  id: 'create-pv',
  title: 'Make physical volume',
  on: 'disk',
  verb: 'Make',
  unavailable: (lab, selected) => {
    const disk = lab.disks.find(({ path }) => selected?.kind === 'disk' && path === selected.id);
    if (!disk) return 'Select a disk without a PV first.';
    if (disk.problem !== undefined) return disk.problem;
    if (isGone(disk)) return GONE;
    if (pvOf(lab, { kind: 'pv', id: disk.path })) return 'It is a physical volume already.';
    if (disk.unfit) return unfitWords(disk.unfit);
    return disk.mode === 'read-only' ? 'It is opened read-only.' : undefined;
  },
  fields: () => [
    ...areaFields,
    { id: 'area', label: 'Size of an area', kind: 'text', optional: true, hint: '1m by default' },
  ],
  initial: () => ({ ...areaInitial, area: '' }),
  words(values, selected) {
    const size = option('--metadatasize', values.area);
    return selected && ['pvcreate', ...areaOptions(values), ...size, selected.id];
  },
  then: (_values, selected) => selected && { kind: 'pv', id: selected.id },
};

const areasInUse = (count: number): string =>
  count === 0 ? 'none is in use now' : `${count} in use now`;

export const changePv: ActionSpec = {
  id: 'change-pv',
  title: 'Change physical volume',
  on: 'pv',
  verb: 'Change',
  unavailable: needsPv((pv) => {
    if (pv.vg === undefined) return 'It is in no volume group.';
    return isLost(pv) ? 'No disk carries it.' : undefined;
  }),
  fields: (lab, selected) => [
    {
      id: 'allocatable',
      label: 'New extents here',
      kind: 'choice',
      options: ['as it is', 'yes', 'no'],
    },
    {
      id: 'areas',
      label: 'Its metadata areas',
      kind: 'choice',
      options: ['as they are', 'use', 'set aside'],
      hint: areasInUse(pvOf(lab, selected)?.areaCount ?? 0),
    },
    { id: 'addtag', label: 'Add tag', kind: 'text', optional: true },
    { id: 'deltag', label: 'Remove tag', kind: 'text', optional: true },
  ],
  initial: () => ({ allocatable: 'as it is', areas: 'as they are', addtag: '', deltag: '' }),
  words(values, selected) {
    const { allocatable, areas } = values;
    const options = [
      ...(allocatable === 'as it is' ? [] : ['-x', allocatable === 'yes' ? 'y' : 'n']),
      ...(areas === 'as they are' ? [] : ['--metadataignore', areas === 'use' ? 'n' : 'y']),
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
