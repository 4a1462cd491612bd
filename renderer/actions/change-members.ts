import { chosen, isExported, needsPv, needsVg, plain, type ActionSpec } from './action.ts';
import { freeDisks } from './create-group.ts';
import { areaFields, areaInitial, areaOptions } from './metadata-fields.ts';

export const extendGroup: ActionSpec = {
  id: 'extend-group',
  title: 'Extend group',
  on: 'vg',
  verb: 'Extend',
  unavailable(lab, selected) {
    const reason = needsVg((vg) => (isExported(vg) ? 'It is exported.' : undefined));
    if (freeDisks(lab).length === 0) return 'Every disk is in a volume group.';
    return reason(lab, selected);
  },
  fields: (lab) => [
    { id: 'pvs', label: 'By these disks', kind: 'choices', options: freeDisks(lab) },
    ...areaFields,
  ],
  initial: () => ({ pvs: '', ...areaInitial }),
  words(values, selected) {
    const devices = chosen(values.pvs);
    if (!selected || devices.length === 0) return undefined;
    return ['vgextend', ...areaOptions(values), selected.id, ...devices];
  },
};

export const leaveGroup = {
  ...plain({
    id: 'leave-group',
    title: 'Take out of its group',
    on: 'pv',
    verb: 'Take out',
    unavailable: needsPv((pv) => {
      if (pv.vg === undefined) return 'It is in no volume group.';
      if (pv.missing) return 'It is missing: give it up, or take it back.';
      const used = pv.extentCount - pv.freeCount;
      return used > 0 ? `${used} of its extents are in use.` : undefined;
    }),
    words: () => undefined,
  }),
  fields: (lab, selected) => {
    const pv = lab.vgs.flatMap(({ pvs }) => pvs).find(({ device }) => device === selected?.id);
    return [
      { id: 'vg', label: 'Volume group', kind: 'choice', options: pv?.vg ? [pv.vg] : [] } as const,
    ];
  },
  initial: (lab, selected) => ({
    vg: lab.vgs.find(({ pvs }) => pvs.some(({ device }) => device === selected?.id))?.name ?? '',
  }),
  words: (values, selected) =>
    selected && values.vg ? ['vgreduce', values.vg, selected.id] : undefined,
} satisfies ActionSpec;
