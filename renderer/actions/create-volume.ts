import type { LabState, VgState } from '../../core/contract/state.ts';
import type { Subject } from '../state/store.ts';
import { isTwin, vgOf } from '../state/subjects.ts';
import { chosen, option, type ActionSpec } from './action.ts';
import { SIZE_HINT, sizeOption } from './size-field.ts';

/** Groups that a command line can name. */
export const namedGroups = (lab: LabState): readonly VgState[] =>
  lab.vgs.filter((vg) => !isTwin(lab, vg));

/** The group that the selection is in, or the first one. */
export function groupOf(lab: LabState, selected: Subject | undefined): VgState | undefined {
  const found = vgOf(lab, selected);
  return found && !isTwin(lab, found) ? found : namedGroups(lab)[0];
}

/** As opposed to volumes that lie on no disk. */
const STORES = 'stores data';

export const createVolume: ActionSpec = {
  id: 'create-volume',
  title: 'Create volume',
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
    { id: 'type', label: 'Kind', kind: 'choice', options: [STORES, 'zero', 'error'] },
    { id: 'stripes', label: 'Stripes', kind: 'number', hint: '1 is linear' },
    { id: 'stripeSize', label: 'Stripe size in KiB', kind: 'number', optional: true, hint: '64' },
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
    type: STORES,
    stripes: '1',
    stripeSize: '',
    pvs: '',
  }),
  words(values) {
    const size = sizeOption(values.size ?? '');
    if (!size || !values.vg) return undefined;
    if (values.type === 'zero' || values.type === 'error') {
      const name = option('-n', values.name);
      return ['lvcreate', '--type', values.type, ...name, ...size, values.vg];
    }
    const striped = Number(values.stripes ?? '1') > 1;
    return [
      'lvcreate',
      ...option('-n', values.name),
      ...size,
      ...(striped ? option('-i', values.stripes) : []),
      ...(striped ? option('-I', values.stripeSize) : []),
      values.vg,
      ...chosen(values.pvs),
    ];
  },
};
