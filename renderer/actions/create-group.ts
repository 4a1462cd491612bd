import type { LabState } from '../../core/contract/state.ts';
import { chosen, option, type ActionSpec } from './action.ts';
import {
  areaFields,
  areaOptions,
  groupCopiesField,
  groupCopiesOptions,
} from './metadata-fields.ts';

/** Disks and partitions that no group has; not a disk that is made up of partitions. */
export function freeDisks(lab: LabState): readonly string[] {
  const taken = new Set(lab.vgs.flatMap(({ pvs }) => pvs.map(({ device }) => device)));
  return lab.disks
    .filter(({ path, unfit }) => !taken.has(path) && unfit === undefined)
    .map(({ path }) => path);
}

export const createGroup: ActionSpec = {
  id: 'create-group',
  title: 'Create group',
  on: 'lab',
  verb: 'Create',
  unavailable: (lab) =>
    freeDisks(lab).length === 0 ? 'Every disk is in a volume group.' : undefined,
  fields: (lab) => [
    { id: 'name', label: 'Name', kind: 'text' },
    { id: 'extent', label: 'Extent size', kind: 'text', hint: 'a power of two, 4m by default' },
    { id: 'pvs', label: 'On these disks', kind: 'choices', options: freeDisks(lab) },
    ...areaFields.filter(({ id }) => id === 'copies'),
    groupCopiesField,
  ],
  initial: () => ({ name: '', extent: '4m', pvs: '', copies: '1', vgCopies: '' }),
  words(values) {
    const devices = chosen(values.pvs);
    if (!values.name || devices.length === 0) return undefined;
    const copies = [...areaOptions(values), ...groupCopiesOptions(values)];
    return ['vgcreate', ...option('-s', values.extent), ...copies, values.name, ...devices];
  },
  then: (values) => ({ kind: 'vg', id: values.name ?? '' }),
};
