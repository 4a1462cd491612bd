/** Two groups of one name, as a cloned disk makes them: each is itself in the window. */
import { afterEach, describe, expect, test } from 'vitest';
import { ACTIONS } from '../../renderer/actions/index.ts';
import { lvOf, nameOf, subjectOf, vgOf } from '../../renderer/state/subjects.ts';
import { useStudio } from '../../renderer/state/store.ts';
import { rowsOf } from '../../renderer/views/explorer-rows.ts';
import { ExtentMap } from '../../renderer/views/ExtentMap.tsx';
import { Inspector } from '../../renderer/views/Inspector.tsx';
import { uuidText } from '../../renderer/widgets/uuid-text.ts';
import { FakeBridge } from './support/bridge.ts';
import { lab, vg } from './support/lab.ts';
import { clear, click, show } from './support/screen.tsx';

const cloneId = 'c'.repeat(32);
/** What the window and vgrename call it. */
const key = uuidText(cloneId);
const clone = {
  ...vg,
  id: cloneId,
  seqno: 99,
  // PVs keep their ids when a disk is copied.
  pvs: vg.pvs.map((pv) => ({ ...pv, device: `${pv.device}2` })),
  lvs: vg.lvs.map((lv) => ({ ...lv, id: `2${lv.id}`, active: false })),
};
const twins = { ...lab, vgs: [vg, clone] };
const rows = rowsOf(twins).flatMap((row) => [row, ...row.children]);

const action = (id: string) => {
  const found = ACTIONS.find((one) => one.id === id);
  if (!found) throw new Error(`no action ${id}`);
  return found;
};

afterEach(clear);

test('no two rows of the explorer are one', () => {
  expect(new Set(rows.map(({ key }) => key)).size).toBe(rows.length);
  const groups = rows.filter(({ key }) => key.startsWith('vg:'));
  expect(groups.map(({ note }) => note)).toEqual([vg.id.slice(0, 6), 'cccccc']);
});

test('a row leads to its own group and volumes', () => {
  const found = rows
    .map(({ key }) => subjectOf(key))
    .flatMap((subject) => {
      if (subject.kind === 'vg') return [vgOf(twins, subject)?.id];
      return subject.kind === 'lv' ? [lvOf(twins, subject)?.id] : [];
    });
  const ids = [vg, clone].flatMap((one) => [one.id, ...one.lvs.map(({ id }) => id)]);
  expect(found).toEqual(ids);
  expect(nameOf(twins, { kind: 'lv', id: `${key}/home` })).toBe('vg/home (cccccc)');
});

describe('what can be done', () => {
  const selected = { kind: 'vg', id: key } as const;

  test('an identifier is spelled as LVM takes it', () => {
    expect(key).toBe('cccccc-cccc-cccc-cccc-cccc-cccc-cccccc');
  });

  test('it is renamed by its id; everything else waits for that, and says so', () => {
    const rename = action('rename-group');
    expect(rename.unavailable(twins, selected)).toBeUndefined();
    expect(rename.initial(twins, selected)).toEqual({ to: 'vg' });
    expect(rename.words({ to: 'copy' }, selected)).toEqual(['vgrename', key, 'copy']);
    for (const id of ['remove-group', 'activate-group', 'split-group', 'change-group']) {
      expect(action(id).unavailable(twins, selected), id).toContain('Two groups are named vg');
    }
    const volume = { kind: 'lv', id: `${key}/home` } as const;
    expect(action('remove-volume').unavailable(twins, volume)).toContain('rename one first');
  });

  test('a new volume is not offered a name that means two groups', () => {
    expect(action('create-volume').unavailable(twins, selected)).toBeDefined();
    const third = { ...vg, id: 'd'.repeat(32), name: 'other' };
    const field = action('create-volume').fields(
      { ...twins, vgs: [vg, clone, third] },
      selected,
    )[0];
    expect(field?.options).toEqual(['other']);
  });
});

test('a run of the extent map selects the volume of its own group', async () => {
  await show(
    <>
      <ExtentMap />
      <Inspector />
    </>,
    new FakeBridge(twins),
  );
  const maps = [...document.querySelectorAll('section')].map((map) =>
    map.getAttribute('aria-label'),
  );
  expect(maps).toEqual([vg.id, cloneId].map((id) => `Extents of vg (${id.slice(0, 6)})`));
  const tables = document.querySelectorAll('table.runs');
  const button = tables[1]?.querySelector('button');
  if (!button) throw new Error('the second group has no runs');
  await click(button);
  expect(useStudio.getState().selected).toEqual({ kind: 'lv', id: `${key}/home` });
  expect(document.querySelector('.inspector h3')?.textContent).toBe('vg/home (cccccc)');
});
