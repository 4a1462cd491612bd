import type { LabState } from '../../core/contract/state.ts';
import type { Subject } from '../state/store.ts';
import { vgOf } from '../state/subjects.ts';
import { mergingInto, snapshotsTaken } from '../viz/snapshot-links.ts';
import { needsLv, option, plain, selectedLv, type ActionSpec } from './action.ts';
import { sizeOption } from './size-field.ts';
import { chunkField, isInvalid, isLocked, isVirtual, needsSnapshot } from './snapshot-fields.ts';

/** Of a snapshot what is extended is its store. */
export const extendStore: ActionSpec = {
  id: 'extend-store',
  title: 'Extend store of snapshot',
  on: 'lv',
  verb: 'Extend',
  unavailable: needsSnapshot(),
  fields: () => [
    {
      id: 'size',
      label: 'Add',
      kind: 'text',
      hint: '8m, 20%ORIGIN, 100%FREE, or 4 PE; at most what the whole origin needs',
    },
  ],
  initial: () => ({ size: '20%ORIGIN' }),
  words(values, selected) {
    const size = sizeOption(values.size ?? '', '+');
    return selected && size ? ['lvextend', ...size, selected.id] : undefined;
  },
  shows: { place: 'Stage', view: 'snapshots' },
};

/** In the background: Jobs shows how far it is. */
export const mergeSnapshot: ActionSpec = {
  id: 'merge-snapshot',
  title: 'Merge snapshot back',
  on: 'lv',
  verb: 'Merge',
  unavailable(lab, selected) {
    const reason = needsSnapshot()(lab, selected);
    const [vg, lv] = [vgOf(lab, selected), selectedLv(lab, selected)];
    if (reason !== undefined || !vg || !lv?.snapshot) return reason;
    if (isInvalid(lab, selected)) return 'It is invalid: it has no more what its origin was.';
    const { origin } = lv.snapshot;
    if (vg.lvs.find(({ name }) => name === origin)?.attr[1] === 'r') {
      return `${vg.name}/${origin} is read-only: change its permission first.`;
    }
    const other = mergingInto(vg, origin);
    return other && `${vg.name}/${other.name} merges into ${vg.name}/${origin} already.`;
  },
  fields: (lab, selected) => [
    {
      id: 'wait',
      label: 'Wait for the end',
      kind: 'choice',
      options: ['no', 'yes'],
      hint: whenWords(lab, selected),
    },
  ],
  initial: () => ({ wait: 'no' }),
  words: ({ wait }, selected) =>
    selected && ['lvconvert', '--merge', ...(wait === 'yes' ? [] : ['-b']), selected.id],
  shows: { place: 'Stage', view: 'snapshots' },
  then: (_values, selected) => selected && { kind: 'vg', id: selected.id.split('/')[0] ?? '' },
};

/** The origin goes back to what it was, at once or when nobody uses it. */
function whenWords(lab: LabState, selected: Subject | undefined): string {
  const [vg, lv] = [vgOf(lab, selected), selectedLv(lab, selected)];
  const origin = vg?.lvs.find(({ name }) => name === lv?.snapshot?.origin);
  const open = (origin?.openCount ?? 0) > 0 || (lv?.openCount ?? 0) > 0;
  return open || !origin?.active
    ? 'it begins when the origin is activated the next time'
    : 'it begins at once; what was written to the origin since is lost';
}

export const splitSnapshot = plain({
  id: 'split-snapshot',
  title: 'Split snapshot off',
  on: 'lv',
  verb: 'Split',
  unavailable: needsSnapshot((lv, vg) => {
    if (isVirtual(vg, lv)) return 'It has an origin of zeroes of its own.';
    return lv.openCount > 0 ? `It is open ${lv.openCount} times.` : undefined;
  }),
  words: (_values, selected) => selected && ['lvconvert', '--splitsnapshot', selected.id],
});

const EMPTY = 'emptied: it begins with the origin as it is now';
const AS_IT_IS = 'as it is: what was split off comes back';

/** What was split off becomes a snapshot again; so does any volume that holds nothing else. */
export const attachStore: ActionSpec = {
  id: 'attach-store',
  title: 'Make store of a snapshot',
  on: 'lv',
  verb: 'Attach',
  unavailable(lab, selected) {
    const reason = needsLv()(lab, selected);
    const [vg, lv] = [vgOf(lab, selected), selectedLv(lab, selected)];
    if (reason !== undefined || !vg || !lv) return reason;
    if (lv.snapshot) return 'It is a store already.';
    if (!lv.visible) return 'It is a part of another volume.';
    if (isLocked(lv)) return 'It is being moved or converted.';
    if (snapshotsTaken(vg, lv.name).length > 0) return 'It is an origin itself.';
    if (lv.openCount > 0) return `It is open ${lv.openCount} times.`;
    return origins(lab, selected).length === 0 ? 'There is no other volume.' : undefined;
  },
  fields: (lab, selected) => [
    { id: 'origin', label: 'Snapshot of', kind: 'choice', options: origins(lab, selected) },
    { id: 'content', label: 'Its content is', kind: 'choice', options: [EMPTY, AS_IT_IS] },
    chunkField,
  ],
  initial: (lab, selected) => ({
    origin: origins(lab, selected)[0] ?? '',
    content: EMPTY,
    chunk: '4k',
  }),
  words(values, selected) {
    if (!selected || !values.origin) return undefined;
    const keeps = values.content === AS_IT_IS ? ['-Zn'] : [];
    const chunk = values.chunk === '4k' ? [] : option('-c', values.chunk);
    return ['lvconvert', '-s', ...keeps, ...chunk, values.origin, selected.id];
  },
  shows: { place: 'Stage', view: 'snapshots' },
};

/** Volumes of the group that a snapshot can be taken of, as `vg/lv`. */
function origins(lab: LabState, selected: Subject | undefined): readonly string[] {
  const [vg, own] = [vgOf(lab, selected), selectedLv(lab, selected)];
  if (!vg) return [];
  return vg.lvs
    .filter((lv) => lv !== own && lv.visible && !lv.snapshot && !isLocked(lv))
    .filter((lv) => mergingInto(vg, lv.name) === undefined)
    .map(({ name }) => `${vg.name}/${name}`);
}
