import { vgOf } from '../state/subjects.ts';
import { mergingInto } from '../viz/snapshot-links.ts';
import { chosen, option, selectedLv, type ActionSpec } from './action.ts';
import { needsWhole, pvsField } from './mirror-fields.ts';
import { chunkField, isLocked } from './snapshot-fields.ts';
import { sizeOption } from './size-field.ts';

const WRITES = 'read and written';
const READS = 'read only';

export const takeSnapshot: ActionSpec = {
  id: 'take-snapshot',
  title: 'Take snapshot',
  on: 'lv',
  verb: 'Take',
  unavailable(lab, selected) {
    const reason = needsWhole(() => undefined)(lab, selected);
    const [vg, lv] = [vgOf(lab, selected), selectedLv(lab, selected)];
    if (reason !== undefined || !vg || !lv) return reason;
    if (lv.snapshot) return 'It is a snapshot itself: take one of its origin.';
    if (!lv.visible) return 'It is a part of another volume.';
    if (isLocked(lv)) return 'It is being moved or converted.';
    const merging = mergingInto(vg, lv.name);
    return merging && `${vg.name}/${merging.name} merges into it.`;
  },
  fields: (lab, selected) => [
    { id: 'name', label: 'Name', kind: 'text', optional: true, hint: 'empty: lvol0, lvol1, …' },
    {
      id: 'size',
      label: 'Size of its store',
      kind: 'text',
      hint: '20%ORIGIN, 8m, 50%FREE, or 4 PE; room for what changes',
    },
    chunkField,
    { id: 'access', label: 'It can be', kind: 'choice', options: [WRITES, READS] },
    pvsField(lab, selected, 'On these PVs only'),
  ],
  initial: () => ({ name: '', size: '20%ORIGIN', chunk: '4k', access: WRITES, pvs: '' }),
  words(values, selected) {
    const size = sizeOption(values.size ?? '');
    if (!size || !selected) return undefined;
    return [
      'lvcreate',
      '-s',
      ...option('-n', values.name),
      ...size,
      ...(values.chunk === '4k' ? [] : option('-c', values.chunk)),
      ...(values.access === READS ? ['-p', 'r'] : []),
      selected.id,
      ...chosen(values.pvs),
    ];
  },
  shows: { place: 'Stage', view: 'snapshots' },
  then({ name = '' }, selected) {
    const [vg = ''] = selected?.id.split('/') ?? [];
    return name.trim() === '' ? selected : { kind: 'lv', id: `${vg}/${name.trim()}` };
  },
};
