/** Snapshots on screen: chunks, stores and merges as they change, and what is chosen with what. */
import { act } from 'react';
import { afterEach, describe, expect, test } from 'vitest';
import type { SnapshotState } from '../../core/contract/snapshots.ts';
import type { LabState } from '../../core/contract/state.ts';
import type { Sectors } from '../../core/contract/units.ts';
import { relatedDevices, relatedVolumes, snapshotsAbout } from '../../renderer/state/snapshots.ts';
import { useStudio, type Subject } from '../../renderer/state/store.ts';
import { DeviceTreeView } from '../../renderer/views/DeviceTree.tsx';
import { rowsOf } from '../../renderer/views/explorer-rows.ts';
import { ExtentMap } from '../../renderer/views/ExtentMap.tsx';
import { Inspector } from '../../renderer/views/Inspector.tsx';
import { Snapshots } from '../../renderer/views/Snapshots.tsx';
import { FakeBridge } from './support/bridge.ts';
import { lab } from './support/lab.ts';
import { click, clear, one, show } from './support/screen.tsx';
import { cells, mergingLab, snapshot, snapshotLab } from './support/snapshot-lab.ts';

let bridge: FakeBridge;
let seq = 0;
let seconds = 0;

async function open(state: LabState): Promise<void> {
  localStorage.clear();
  seq = state.seq;
  bridge = new FakeBridge(state);
  await show(
    <>
      <Snapshots />
      <Inspector />
    </>,
    bridge,
  );
}
afterEach(clear);

/** @param after seconds since the last news */
function tell(state: SnapshotState, after = 1): void {
  act(() => {
    seconds += after;
    const body = { kind: 'snapshots', snapshots: [state] } as const;
    bridge.tell({ seq: ++seq, timeMicros: seconds * 1e6, body });
  });
}
const stage = (): string => document.querySelector('.snapshots')?.textContent ?? '';
const panel = (): string => document.querySelector('.snapshot-panel')?.textContent ?? '';
const map = (): HTMLElement => one('slider', 'Chunks of vg/s');
const select = (subject: Subject): void => {
  act(() => {
    useStudio.getState().select(subject);
  });
};
const press = (key: string): void => {
  act(() => {
    map().dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
  });
};
const lv = (name: string): Subject => ({ kind: 'lv', id: `vg/${name}` });

describe('what is chosen with what', () => {
  test.each<[Subject, readonly string[]]>([
    [lv('o'), ['vg/s']],
    [lv('s'), ['vg/o']],
    [{ kind: 'device', id: 'vg-s-cow' }, ['vg/s', 'vg/o']],
    [{ kind: 'device', id: 'vg-o-real' }, ['vg/o', 'vg/s']],
    [lv('home'), []],
    [{ kind: 'vg', id: 'vg' }, []],
  ])('$id', (subject, volumes) => {
    expect(relatedVolumes(snapshotLab, subject)).toEqual(volumes);
    const devices = relatedDevices(snapshotLab, subject);
    expect(devices.includes('vg-s-cow') && devices.includes('vg-o-real')).toBe(volumes.length > 0);
    expect(snapshotsAbout(snapshotLab, subject)).toHaveLength(volumes.length > 0 ? 1 : 0);
  });

  test('a PV below the store or the origin', () => {
    for (const id of ['/dev/sda', '/dev/sdb']) {
      expect(snapshotsAbout(snapshotLab, { kind: 'pv', id })).toHaveLength(1);
    }
  });

  test('of a merge origin and store stay together', () => {
    expect(relatedVolumes(mergingLab, lv('o'))).toEqual(['vg/s']);
    expect(snapshotsAbout(mergingLab, lv('s'))).toHaveLength(1);
  });

  test('in the device tree: roles by word, and the others marked', async () => {
    await show(<DeviceTreeView />, new FakeBridge(snapshotLab));
    select(lv('s'));
    const titles = [...document.querySelectorAll('.card title')].map((node) => node.textContent);
    for (const words of [
      /^vg-o .*; origin: copies before writes$/,
      /^vg-o-real .*; data of the origin$/,
      /^vg-s .*; 25\.00 % full, 2 chunks$/,
      /^vg-s-cow .*; COW store of vg-s$/,
    ]) {
      expect(titles).toContainEqual(expect.stringMatching(words));
    }
    const related = [...document.querySelectorAll('.card.related title')];
    expect(related.map((node) => node.textContent.split(' ')[0]).sort()).toEqual([
      'vg-o',
      'vg-o-real',
      'vg-s-cow',
    ]);
  });

  test('in the extent map: roles by word, and the other row marked', async () => {
    await show(<ExtentMap />, new FakeBridge(snapshotLab));
    select(lv('s'));
    const rows = [...document.querySelectorAll('table.runs tbody tr')].map((row) => [
      row.className,
      [...row.children].at(-1)?.textContent,
    ]);
    expect(rows).toContainEqual(['selected', 'linear, COW store of o']);
    expect(rows).toContainEqual(['related', 'linear, origin of s']);
  });

  test('in the explorer: whose it is and how full, and what counts no more', () => {
    const note = (state: LabState) => {
      const row = rowsOf(state)[0]?.children.find(({ key }) => key === 'lv:vg/s');
      return [row?.note, row?.missing];
    };
    expect(note(snapshotLab)).toEqual(['of o, 25 %', undefined]);
    const invalid = { ...snapshotLab, snapshots: [snapshot({ condition: 'invalid' })] };
    expect(note(invalid)).toEqual(['of o, Invalid', true]);
    expect(note(mergingLab)).toEqual(['merges into o', undefined]);
  });
});

describe('a snapshot at work', () => {
  test('how full it is, which part are tables, and who would extend it', async () => {
    await open(snapshotLab);
    expect(one('meter', 'Store of vg/s').getAttribute('aria-valuetext')).toBe(
      '25.00 % full: 16.00 KiB of 64.00 KiB, 8.00 KiB of it tables',
    );
    expect(stage()).toContain('warned of at 80 % · nothing extends it by itself');
    clear();
    const lvm = { 'activation/snapshot_autoextend_threshold': 70 };
    await open({ ...snapshotLab, settings: { lvm } });
    expect(stage()).toContain('the monitor adds 20 % at 70 %');
  });

  test('when it will be full, from how fast it filled lately', async () => {
    await open(snapshotLab);
    tell(snapshot());
    tell(snapshot({ allocated: 40 as Sectors, exceptions: 3 }), 2);
    // 4 sectors a second, 88 to go.
    expect(stage()).toContain('full in about 22 s at the present rate, 2.00 KiB a second');
  });

  test('which runs are where in the order of a first write', async () => {
    await open(snapshotLab);
    const current = (): readonly string[] =>
      [...document.querySelectorAll('[aria-current="step"]')].map((step) => step.textContent);
    expect(current()).toEqual([]);
    const run = { oldChunk: 8, newChunk: 4, count: 2 };
    tell(snapshot({ underWay: [{ ...run, stage: 'copying' }] }));
    expect(current()).toEqual(['copy data']);
    expect(stage()).toContain('copying chunks 8-9 → 4-5');
    tell(snapshot({ underWay: [{ ...run, stage: 'recording' }] }));
    expect(current()).toEqual(['flush', 'record exception', 'flush']);
    tell(snapshot());
    expect(stage()).toContain('No write waits for a chunk.');
  });

  test('a cell says what it is and where it is kept; Enter selects the origin', async () => {
    await open(snapshotLab);
    for (let step = 0; step < 6; step++) press('ArrowRight');
    expect(map().getAttribute('aria-valuetext')).toBe(
      'chunk 6: kept in the store, newest quarter · chunk 6 → 3 of the store · ' +
        'sectors 48-55 of the origin',
    );
    press('Enter');
    expect(useStudio.getState().selected).toEqual(lv('o'));
    press('End');
    expect(map().getAttribute('aria-valuetext')).toMatch(/^chunk 31: as in the origin · /);
  });

  test('the same chunks as tables', async () => {
    await open(snapshotLab);
    await act(async () => {
      const details = document.querySelector('details');
      details?.setAttribute('open', '');
      details?.dispatchEvent(new Event('toggle'));
      await Promise.resolve();
    });
    const rows = [...document.querySelectorAll('.region-table tbody tr')].map((row) =>
      [...row.children].map(({ textContent }) => textContent).join(' | '),
    );
    expect(rows).toEqual([
      '0-4 | 0-39 | as in the origin | 0 | ',
      '5 | 40-47 | kept in the store | 1 | older',
      '6 | 48-55 | kept in the store | 1 | newest quarter',
      '7-31 | 56-255 | as in the origin | 0 | ',
      '6 | 3',
      '5 | 2',
    ]);
  });

  test.each([
    ['invalid', '✕ Invalid', 'Nothing brings it back', 'Remove volume…'],
    ['overflowed', '✕ Overflow', 'Extend its store', 'Extend store of snapshot…'],
    ['merge-failed', '✕ Merge failed', 'Mend the disk', undefined],
  ] as const)('%s is said in words, with the way out', async (condition, word, way, button) => {
    await open({ ...snapshotLab, snapshots: [snapshot({ condition })] });
    expect(stage()).toContain(word);
    expect(stage()).toContain(way);
    const [first] = document.querySelectorAll<HTMLElement>('.snapshots .trouble button');
    expect(first?.textContent).toBe(button);
  });

  test('nearly full: warned of, told to screen readers, with the way out', async () => {
    await open(snapshotLab);
    expect(document.querySelector('.trouble')).toBeNull();
    tell(snapshot({ allocated: 104 as Sectors }));
    expect(stage()).toContain('It is 81.25 % full.');
    expect(document.querySelector('.for-readers')?.textContent).toBe('vg/s: 81.25 % full.');
    const [first] = document.querySelectorAll<HTMLElement>('.snapshots .trouble button');
    if (!first) throw new Error('no way out');
    await click(first);
    expect(useStudio.getState()).toMatchObject({ action: 'extend-store', selected: lv('s') });
  });

  test('a merge: what is left, and what flows', async () => {
    await open(mergingLab);
    expect(stage()).toContain('vg/s flows back into vg/o');
    expect(stage()).toContain('2 chunks to flow back');
    expect(stage()).toContain('Flows back: chunks 5-6 ← 2-3');
    const [state] = mergingLab.snapshots;
    if (!state) throw new Error('no merge');
    const { merging: _, ...rest } = state;
    tell({ ...rest, exceptions: 1, cells: cells({ 5: 0 }) }, 2);
    expect(stage()).toContain('1 chunk to flow back');
  });

  test('without one there is a way to one, of the volume that is selected', async () => {
    await open(lab);
    expect(stage()).toContain('Select a volume');
    select(lv('home'));
    const way = document.querySelector<HTMLElement>('.snapshots .empty button');
    if (!way) throw new Error('nothing leads to one');
    await click(way);
    expect(useStudio.getState().action).toBe('take-snapshot');
  });
});

describe('the inspector', () => {
  test('an origin leads to its snapshots, and they to it', async () => {
    await open(snapshotLab);
    select(lv('o'));
    expect(panel()).toContain('Origin of vg/s');
    await click(one('button', 'vg/s'));
    expect(useStudio.getState().selected).toEqual(lv('s'));
    expect(panel()).toContain('Snapshot of vg/o, with a store of 8.00 MiB in chunks of 4.00 KiB');
  });

  test('of one that is not active the metadata is known', async () => {
    await open({ ...snapshotLab, snapshots: [], devices: [] });
    select(lv('s'));
    expect(panel()).toContain('Snapshot of vg/o');
    expect(panel()).toContain('It is not active');
  });

  test('any other volume has no such panel', async () => {
    await open(snapshotLab);
    select(lv('home'));
    expect(document.querySelector('.snapshot-panel')).toBeNull();
  });
});
