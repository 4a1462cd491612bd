import type { VgState } from '../../core/contract/state.ts';
import { isLost, vgOf } from '../state/subjects.ts';
import { needsPv, needsVg, type ActionField, type ActionSpec, type Values } from './action.ts';

const KEEP = 'keep them';
const REMOVE = 'remove them';
const MIRRORS = 'only reduce mirrors';

/** Volumes with extents on a missing PV, hidden ones as well. */
function partialVolumes(vg: VgState | undefined): readonly string[] {
  const missing = new Set(vg?.pvs.filter((pv) => pv.missing).map(({ id }) => id));
  return (vg?.lvs ?? [])
    .filter(({ segments }) =>
      segments.some(({ areas }) => areas.some(({ on, id }) => on === 'pv' && missing.has(id))),
    )
    .map(({ vg: group, name }) => `${group}/${name}`);
}

function volumesField(vg: VgState | undefined): ActionField {
  const partial = partialVolumes(vg);
  const hint = partial.length === 0 ? 'no volume lies on them' : `on them: ${partial.join(', ')}`;
  return {
    id: 'lvs',
    label: 'Volumes on them',
    kind: 'choice',
    options: [KEEP, REMOVE, MIRRORS],
    hint,
  };
}

const reduceLine = (vg: string, { lvs }: Values): readonly string[] => [
  'vgreduce',
  '--removemissing',
  ...(lvs === MIRRORS ? ['--mirrorsonly'] : []),
  ...(lvs === MIRRORS || lvs === REMOVE ? ['--force'] : []),
  vg,
];

export const removeMissing: ActionSpec = {
  id: 'remove-missing',
  title: 'Remove missing PVs',
  on: 'vg',
  verb: 'Remove',
  unavailable: needsVg(({ pvs }) =>
    pvs.some(({ missing }) => missing) ? undefined : 'No physical volume is missing.',
  ),
  fields: (lab, selected) => [volumesField(vgOf(lab, selected))],
  initial: () => ({ lvs: KEEP }),
  words: (values, selected) => selected && reduceLine(selected.id, values),
};

/** The group of a PV stands in a field of its own: the line names it, the selection does not. */
const groupField = (vg: VgState | undefined): ActionField => ({
  id: 'vg',
  label: 'Volume group',
  kind: 'choice',
  options: vg ? [vg.name] : [],
});

export const giveUpPv: ActionSpec = {
  id: 'give-up-pv',
  title: 'Give up all that is missing',
  on: 'pv',
  verb: 'Give up',
  unavailable: needsPv(({ missing }) => (missing ? undefined : 'It is not missing.')),
  fields: (lab, selected) => {
    const vg = vgOf(lab, selected);
    return [groupField(vg), volumesField(vg)];
  },
  initial: (lab, selected) => ({ vg: vgOf(lab, selected)?.name ?? '', lvs: KEEP }),
  words: (values) => (values.vg ? reduceLine(values.vg, values) : undefined),
  then: (values) => ({ kind: 'vg', id: values.vg ?? '' }),
};

export const restorePv: ActionSpec = {
  id: 'restore-pv',
  title: 'Take back after it was missing',
  on: 'pv',
  verb: 'Take back',
  unavailable: needsPv((pv) => {
    if (!pv.missing) return 'It is not missing.';
    return isLost(pv) ? 'No disk carries it.' : undefined;
  }),
  fields: (lab, selected) => [groupField(vgOf(lab, selected))],
  initial: (lab, selected) => ({ vg: vgOf(lab, selected)?.name ?? '' }),
  words: (values, selected) =>
    selected && values.vg ? ['vgextend', '--restoremissing', values.vg, selected.id] : undefined,
};
