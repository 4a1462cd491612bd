import type { LabState, VgState } from '../../core/contract/state.ts';
import type { Subject } from '../state/store.ts';
import { chosen, isExported, needsVg, option, selectedVg, type ActionSpec } from './action.ts';
import { groupCopiesField, groupCopiesOptions } from './metadata-fields.ts';

export const splitGroup: ActionSpec = {
  id: 'split-group',
  title: 'Split group',
  on: 'vg',
  verb: 'Split',
  unavailable: needsVg((vg) => {
    if (isExported(vg)) return 'It is exported.';
    if (vg.pvs.some(({ missing }) => missing)) return 'Physical volumes are missing.';
    return vg.pvs.every(({ id }) => isInUse(vg, id))
      ? 'Every disk holds part of an active volume: deactivate what is to move.'
      : undefined;
  }),
  fields: (lab, selected) => {
    const vg = selectedVg(lab, selected);
    const volumes = vg?.lvs.filter(({ visible, active }) => visible && !active) ?? [];
    return [
      { id: 'to', label: 'Into group', kind: 'text', hint: 'a new one, or one that there is' },
      {
        id: 'pvs',
        label: 'These disks',
        kind: 'choices',
        optional: true,
        options: vg?.pvs.map(({ device }) => device) ?? [],
      },
      {
        id: 'lv',
        label: 'Or the disks of',
        kind: 'choice',
        optional: true,
        options: ['', ...volumes.map(({ name }) => name)],
      },
      groupCopiesField,
    ];
  },
  initial: () => ({ to: '', pvs: '', lv: '', vgCopies: '' }),
  words(values, selected) {
    const devices = chosen(values.pvs);
    const lv = option('-n', values.lv);
    if (!selected || !values.to || (devices.length === 0 && lv.length === 0)) return undefined;
    return ['vgsplit', ...lv, ...groupCopiesOptions(values), selected.id, values.to, ...devices];
  },
};

const isInUse = ({ lvs }: VgState, pvId: string): boolean =>
  lvs.some(
    ({ active, segments }) =>
      active && segments.some(({ areas }) => areas.some(({ id }) => id === pvId)),
  );

export const importClone: ActionSpec = {
  id: 'import-clone',
  title: 'Import a clone',
  on: 'lab',
  verb: 'Import',
  unavailable: (lab) =>
    clones(lab).length > 0 ? undefined : 'No disk is a copy of another, nor in a group at rest.',
  fields: (lab) => [
    { id: 'pvs', label: 'All disks of the clone', kind: 'choices', options: clones(lab) },
    { id: 'name', label: 'Group name', kind: 'text', optional: true, hint: 'empty: with a number' },
    { id: 'exported', label: 'Was it exported?', kind: 'choice', options: ['no', 'yes'] },
  ],
  initial: () => ({ pvs: '', name: '', exported: 'no' }),
  words(values) {
    const devices = chosen(values.pvs);
    if (devices.length === 0) return undefined;
    const exported = values.exported === 'yes' ? ['-i'] : [];
    return ['vgimportclone', ...option('-n', values.name), ...exported, ...devices];
  },
};

/** Disks that no active volume lies on: the copies beside the disks that are used come first. */
function clones({ vgs, orphans, disks }: LabState): readonly string[] {
  const known = [...vgs.flatMap(({ pvs }) => pvs), ...orphans].map(({ device }) => device);
  const copies = disks.map(({ path }) => path).filter((path) => !known.includes(path));
  const atRest = vgs.filter(({ lvs }) => !lvs.some(({ active }) => active));
  return [...copies, ...atRest.flatMap(({ pvs }) => pvs.map(({ device }) => device))];
}

export const mergeGroup: ActionSpec = {
  id: 'merge-group',
  title: 'Merge into another group',
  on: 'vg',
  verb: 'Merge',
  unavailable(lab, selected) {
    const reason = needsVg((vg) => {
      if (isExported(vg)) return 'It is exported.';
      if (vg.lvs.some(({ active }) => active)) return 'It has active volumes.';
      if (lab.vgs.length < 2) return 'There is no other volume group.';
      return targets(lab, selected).length > 0
        ? undefined
        : 'No other group has the same extent size and none of its volume names.';
    });
    return reason(lab, selected);
  },
  fields: (lab, selected) => [
    { id: 'to', label: 'Into group', kind: 'choice', options: targets(lab, selected) },
  ],
  initial: (lab, selected) => ({ to: targets(lab, selected)[0] ?? '' }),
  words: (values, selected) =>
    selected && values.to ? ['vgmerge', values.to, selected.id] : undefined,
  then: (values) => ({ kind: 'vg', id: values.to ?? '' }),
};

/** Groups that could take it in. */
function targets(lab: LabState, selected: Subject | undefined): readonly string[] {
  const from = selectedVg(lab, selected);
  const names = new Set(from?.lvs.map(({ name }) => name));
  return lab.vgs
    .filter((vg) => vg !== from && !isExported(vg) && vg.extentSize === from?.extentSize)
    .filter(({ lvs }) => !lvs.some(({ name }) => names.has(name)))
    .map(({ name }) => name);
}
