/** Forms about snapshots: the lines they make, and why they are not to be had. */
import { describe, expect, test } from 'vitest';
import type { LabState } from '../../core/contract/state.ts';
import { ACTIONS } from '../../renderer/actions/index.ts';
import type { Subject } from '../../renderer/state/store.ts';
import { changed, mergingLab, snapshot, snapshotLab } from './support/snapshot-lab.ts';

const [o, s, home] = ['o', 's', 'home'].map((name): Subject => ({ kind: 'lv', id: `vg/${name}` }));

const find = (id: string) => {
  const action = ACTIONS.find((one) => one.id === id);
  if (!action) throw new Error(`no action ${id}`);
  return action;
};

/** The line of a form with these fields filled in, all of which it asks for. */
function line(id: string, subject: Subject | undefined, typed: Record<string, string> = {}) {
  const action = find(id);
  const asked = action.fields(snapshotLab, subject).map((field) => field.id);
  expect(asked).toEqual(expect.arrayContaining(Object.keys(typed)));
  return action.words({ ...action.initial(snapshotLab, subject), ...typed }, subject)?.join(' ');
}

test.each([
  ['take-snapshot', o, {}, 'lvcreate -s -l 20%ORIGIN vg/o'],
  [
    'take-snapshot',
    o,
    { name: 'n', size: '8m', chunk: '64k', access: 'read only', pvs: '/dev/sdb' },
    'lvcreate -s -n n -L 8m -c 64k -p r vg/o /dev/sdb',
  ],
  ['take-snapshot', o, { size: 'much' }, undefined],
  ['extend-store', s, {}, 'lvextend -l +20%ORIGIN vg/s'],
  ['extend-store', s, { size: '4m' }, 'lvextend -L +4m vg/s'],
  ['merge-snapshot', s, {}, 'lvconvert --merge -b vg/s'],
  ['merge-snapshot', s, { wait: 'yes' }, 'lvconvert --merge vg/s'],
  ['split-snapshot', s, {}, 'lvconvert --splitsnapshot vg/s'],
  ['attach-store', home, {}, 'lvconvert -s vg/o vg/home'],
  [
    'attach-store',
    home,
    { content: 'as it is: what was split off comes back', chunk: '8k' },
    'lvconvert -s -Zn -c 8k vg/o vg/home',
  ],
  ['change-volume', s, { permission: 'r' }, 'lvchange -p r vg/s'],
  ['remove-volume', s, {}, 'lvremove vg/s'],
] as const)('%s: $3', (id, subject, typed, words) => {
  expect(line(id, subject, typed)).toBe(words);
});

describe('why not', () => {
  const readOnly = changed({ o: { attr: 'ori-a-s---' } });
  const moving = changed({ o: { attr: 'owI-a-s---' }, s: { attr: 'swI-a-s---' } });
  const invalid = { ...snapshotLab, snapshots: [snapshot({ condition: 'invalid' })] };
  const virtual = changed({ o: { visible: false } });
  const open = changed({ s: { openCount: 1 } });

  test.each<[string, Subject | undefined, LabState, string | undefined]>([
    ['take-snapshot', o, snapshotLab, undefined],
    ['take-snapshot', s, snapshotLab, 'It is a snapshot itself: take one of its origin.'],
    ['take-snapshot', o, mergingLab, 'vg/s merges into it.'],
    ['take-snapshot', o, moving, 'It is being moved or converted.'],
    ['extend-store', home, snapshotLab, 'It is no snapshot.'],
    ['extend-store', s, mergingLab, 'It merges into vg/o.'],
    ['extend-store', s, moving, 'It is being moved.'],
    ['extend-store', s, invalid, undefined],
    ['extend-volume', s, snapshotLab, 'It is a snapshot: what can be extended is its store.'],
    ['merge-snapshot', s, invalid, 'It is invalid: it has no more what its origin was.'],
    ['merge-snapshot', s, readOnly, 'vg/o is read-only: change its permission first.'],
    ['split-snapshot', s, virtual, 'It has an origin of zeroes of its own.'],
    ['split-snapshot', s, open, 'It is open 1 times.'],
    ['attach-store', s, snapshotLab, 'It is a store already.'],
    ['attach-store', o, snapshotLab, 'It is an origin itself.'],
    ['attach-store', home, snapshotLab, undefined],
  ])('%s: $3', (id, subject, state, reason) => {
    expect(find(id).unavailable(state, subject)).toBe(reason);
  });
});
