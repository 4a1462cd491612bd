import { namedGroups, groupOf } from './create-volume.ts';
import { chosen, option, type ActionSpec } from './action.ts';
import { logField, logOption, REGION_HINT } from './mirror-fields.ts';
import { SIZE_HINT, sizeOption } from './size-field.ts';

const AS_GROUP = 'as the group says';

export const createMirror: ActionSpec = {
  id: 'create-mirror',
  title: 'Create mirror',
  on: 'lab',
  verb: 'Create',
  unavailable: (lab) =>
    namedGroups(lab).length === 0 ? 'There is no volume group yet.' : undefined,
  fields: (lab, selected) => [
    {
      id: 'vg',
      label: 'Volume group',
      kind: 'choice',
      options: namedGroups(lab).map(({ name }) => name),
    },
    { id: 'name', label: 'Name', kind: 'text', optional: true, hint: 'empty: lvol0, lvol1, …' },
    { id: 'size', label: 'Size', kind: 'text', hint: SIZE_HINT },
    { id: 'copies', label: 'Copies', kind: 'number', hint: 'beside the first leg: 1 makes two' },
    logField,
    { id: 'region', label: 'Region size', kind: 'text', optional: true, hint: REGION_HINT },
    {
      id: 'sync',
      label: 'Make the legs the same',
      kind: 'choice',
      options: ['yes', 'no'],
      hint: 'no: read only what was written',
    },
    {
      id: 'alloc',
      label: 'Allocation',
      kind: 'choice',
      options: [AS_GROUP, 'anywhere'],
      hint: 'anywhere: legs may share a PV',
    },
    {
      id: 'pvs',
      label: 'On these PVs only',
      kind: 'choices',
      optional: true,
      options: groupOf(lab, selected)?.pvs.map(({ device }) => device) ?? [],
    },
  ],
  initial: (lab, selected) => ({
    vg: groupOf(lab, selected)?.name ?? '',
    name: '',
    size: '12m',
    copies: '1',
    log: 'disk',
    region: '',
    sync: 'yes',
    alloc: AS_GROUP,
    pvs: '',
  }),
  words(values) {
    const size = sizeOption(values.size ?? '');
    if (!size || !values.vg || !values.copies) return undefined;
    return [
      'lvcreate',
      '--type',
      'mirror',
      ...option('-m', values.copies),
      ...logOption(values),
      ...option('-R', values.region),
      ...(values.sync === 'no' ? ['--nosync'] : []),
      ...(values.alloc === AS_GROUP ? [] : option('--alloc', values.alloc)),
      ...option('-n', values.name),
      ...size,
      values.vg,
      ...chosen(values.pvs),
    ];
  },
  shows: { place: 'Stage', view: 'regions' },
  then: ({ vg = '', name = '' }) =>
    name === '' ? { kind: 'vg', id: vg } : { kind: 'lv', id: `${vg}/${name.trim()}` },
};
