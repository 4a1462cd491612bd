/** Mirrors on screen: their legs and regions as they change, and what happened to them. */
import { act } from 'react';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { EventBody } from '../../core/contract/events.ts';
import type { MirrorState } from '../../core/contract/mirrors.ts';
import type { LabState } from '../../core/contract/state.ts';
import { useStudio } from '../../renderer/state/store.ts';
import { DeviceTreeView } from '../../renderer/views/DeviceTree.tsx';
import { rowsOf } from '../../renderer/views/explorer-rows.ts';
import { Inspector } from '../../renderer/views/Inspector.tsx';
import { MirrorRegions } from '../../renderer/views/MirrorRegions.tsx';
import { FakeBridge } from './support/bridge.ts';
import { area, lab, lv, segment, vg } from './support/lab.ts';
import { convertingLab, group, leg, mirror, mirrorLab } from './support/mirror-lab.ts';
import { clear, click, one, settle, show } from './support/screen.tsx';

let bridge: FakeBridge;
let seq = 0;

async function open(state: LabState): Promise<void> {
  localStorage.clear();
  seq = state.seq;
  bridge = new FakeBridge(state);
  await show(
    <>
      <MirrorRegions />
      <Inspector />
    </>,
    bridge,
  );
}
afterEach(clear);

function tell(body: EventBody): void {
  act(() => {
    bridge.tell({ seq: ++seq, timeMicros: seq * 1e6, body });
  });
}
const tellMirrors = (...mirrors: readonly MirrorState[]): void => {
  tell({ kind: 'mirrors', mirrors });
};
const stage = (): string => document.querySelector('.mirror-regions')?.textContent ?? '';
const inspector = (): string => document.querySelector('.mirror-panel')?.textContent ?? '';
const map = (): HTMLElement => one('slider', 'Regions of vg/mir');
const select = (name: string): void => {
  act(() => {
    useStudio.getState().select({ kind: 'lv', id: `vg/${name}` });
  });
};
const press = (key: string): void => {
  act(() => {
    map().dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
  });
};

describe('a mirror at work', () => {
  beforeEach(async () => {
    await open(mirrorLab);
  });

  test('legs and log with where they lie, and how they are in letter and words', () => {
    const rows = [...document.querySelectorAll('.mirror-regions .legs li')];
    expect(rows.map(({ textContent }) => textContent)).toEqual([
      'leg 0 ★ primaryvg-mir_mimage_0 on /dev/sdaA: alive0 reads',
      'leg 1vg-mir_mimage_1 on /dev/sdbA: alive0 reads',
      'logvg-mir_mlog on /dev/sdcA: alive',
    ]);
    expect(one('progressbar', 'Sync of vg/mir').getAttribute('aria-valuetext')).toBe(
      '32 of 32 regions in sync, 100 %',
    );
  });

  test('it follows the engine, and leaves the event log alone', () => {
    const logged = useStudio.getState().events.length;
    tellMirrors(
      mirror({
        cells: `${'c'.repeat(8)}${'n'.repeat(24)}`,
        legs: [leg('253:1', { reads: 1 }), leg('253:2', { health: 'D', reads: 5 })],
        lastRead: { leg: 1, region: 7 },
        held: 2,
      }),
    );
    expect(stage()).toContain('8 of 32 regions in sync, 25 %');
    expect(stage()).toContain('2 writes held');
    expect(stage()).toContain('✕ D: a write failed5 reads, the last of region 7');
    expect(document.querySelector('.for-readers')?.textContent).toBe(
      'Leg 1 of vg/mir: D: a write failed.',
    );
    expect(useStudio.getState().events).toHaveLength(logged);
  });

  test('what is told to screen readers: every tenth, and the end', () => {
    const told = (done: number): string => {
      tellMirrors(mirror({ cells: `${'c'.repeat(done)}${'n'.repeat(32 - done)}` }));
      return document.querySelector('.for-readers')?.textContent ?? '';
    };
    expect(told(4)).toBe('vg/mir: 4 of 32 regions in sync, 12 %.');
    expect(told(5)).toBe('vg/mir: 4 of 32 regions in sync, 12 %.');
    expect(told(7)).toBe('vg/mir: 7 of 32 regions in sync, 21 %.');
    expect(told(32)).toBe('vg/mir is in sync.');
  });

  test('a cell says what it is, where, and who has it; Enter selects its leg', async () => {
    tellMirrors(mirror({ cells: `c${'n'.repeat(31)}` }));
    press('ArrowRight');
    expect(map().getAttribute('aria-valuetext')).toBe(
      'region 1, leg 0: the only one with the data · sectors 1,024-2,047 · LE 0 · PE 0 of /dev/sda',
    );
    press('End');
    press('ArrowDown');
    expect(map().getAttribute('aria-valuetext')).toBe(
      'region 31, leg 1: out of sync · sectors 31,744-32,767 · LE 3 · PE 3 of /dev/sdb',
    );
    expect(document.querySelector('.region-canvas .tooltip')?.textContent).toMatch(/^region 31,/);
    press('Enter');
    await settle();
    expect(useStudio.getState().selected).toEqual({ kind: 'lv', id: 'vg/mir_mimage_1' });
    press('ArrowDown');
    expect(map().getAttribute('aria-valuetext')).toMatch(/^region 31, log: marked dirty/);
  });

  test('the same regions as a table', async () => {
    tellMirrors(mirror({ cells: `cc${'n'.repeat(30)}` }));
    const details = document.querySelector('details');
    await act(async () => {
      details?.setAttribute('open', '');
      details?.dispatchEvent(new Event('toggle'));
      await Promise.resolve();
    });
    const rows = [...document.querySelectorAll('.region-table tbody tr')].map((row) =>
      [...row.children].map(({ textContent }) => textContent),
    );
    expect(rows).toEqual([
      ['0-1', '0-2,047', '0', 'clean', '0, 1'],
      ['2-31', '2,048-32,767', '0-3', 'out of sync', '0'],
    ]);
  });

  test('the picture can be held', async () => {
    await click(one('button', 'Hold the picture'));
    tellMirrors(mirror({ cells: 'n'.repeat(32) }));
    expect(stage()).toContain('100 %');
    await click(one('button', 'Hold the picture'));
    expect(stage()).toContain('0 of 32 regions');
  });

  test('without a mirror there is a way to one', async () => {
    tellMirrors();
    const [way] = document.querySelectorAll<HTMLElement>('.mirror-regions button');
    if (!way) throw new Error('nothing leads to one');
    await click(way);
    expect(useStudio.getState().action).toBe('create-mirror');
  });
});

test('one that nobody chose is not drawn when there are too many', async () => {
  const many = Array.from({ length: 11 }, (_, n) => mirror({ device: `vg-m${n}`, cells: 'c' }));
  await open({ ...mirrorLab, mirrors: [...many, mirror()] });
  expect(document.querySelectorAll('.mirror')).toHaveLength(8);
  expect(stage()).toContain('4 mirrors more');
  select('mir_mlog');
  expect(document.querySelector('.mirror')?.getAttribute('aria-label')).toBe('Mirror vg/mir');
});

describe('the inspector', () => {
  test('a leg says whose it is, and leads there', async () => {
    await open(mirrorLab);
    select('mir_mimage_1');
    expect(inspector()).toContain('Leg 1 of vg/mir');
    await click(one('button', 'vg/mir'));
    expect(useStudio.getState().selected).toEqual({ kind: 'lv', id: 'vg/mir' });
    expect(inspector()).not.toContain('Leg 1 of');
    expect(inspector()).toContain('32 regions of 512.00 KiB');
  });

  test('a conversion is two mirrors, one on the other', async () => {
    await open(convertingLab);
    select('mir_mimage_0');
    expect(inspector()).toContain('Leg 0 of vg/mir, in mir_mimagetmp_2');
    expect(document.querySelectorAll('.mirror.chosen')).toHaveLength(2);
    const layer = document.querySelector('[aria-label="Mirror vg/mir_mimagetmp_2"]');
    expect(layer?.querySelector('h3')?.textContent).toContain('layer of a conversion');
    select('mir_mimagetmp_2');
    expect(inspector()).toContain('Layer of vg/mir');
  });

  test('one that is not active is told by its metadata', async () => {
    await open({ ...mirrorLab, mirrors: [], devices: [] });
    select('mir');
    expect(inspector()).toContain('It is not active');
    const rows = [...document.querySelectorAll('.mirror-panel .legs li')];
    expect(rows.map(({ textContent }) => textContent)).toEqual([
      'logmir_mlog on /dev/sdc',
      'leg 0mir_mimage_0 on /dev/sda',
      'leg 1mir_mimage_1 on /dev/sdb',
    ]);
  });

  test('any other volume has no such panel', async () => {
    await open(lab);
    select('home');
    expect(document.querySelector('.mirror-panel')).toBeNull();
  });

  test('what failed, what was decided, what is done about it; the newest first', async () => {
    await open({
      ...mirrorLab,
      vgs: [...mirrorLab.vgs, { ...vg, id: 'other', name: 'other', pvs: [] }],
    });
    select('mir');
    const failed = { kind: 'io-error', op: 'write', reason: 'the disk is gone' } as const;
    tell({ ...failed, device: '/dev/sdd' });
    tell({ ...failed, device: '/dev/sdd' });
    tell({ ...failed, device: 'other-home' });
    tell({ kind: 'command', line: 'lvs vg/mir', status: 0, output: [] });
    tell({
      kind: 'command',
      line: 'lvconvert --repair --use-policies vg/mir',
      status: 0,
      output: [{ stream: 'stdout', text: '  Mirror status: 1 of 2 images failed.' }],
    });
    for (const [index, what] of ['Suspend vg-mir', 'Resume vg-mir'].entries()) {
      const step = { what, why: 'it has lost a leg' };
      const shared = { operation: 1, title: 'Repair logical volume vg/mir', of: 2 } as const;
      tell({ kind: 'step', ...shared, index, phase: 'done', step });
    }
    const story = [...document.querySelectorAll('.story li')].map(({ textContent }) => textContent);
    expect(story).toEqual([
      '· 16.000 Repair logical volume vg/mirstep 2 of 2: Resume vg-mir',
      '✓ 15.000 lvconvert --repair --use-policies vg/mirMirror status: 1 of 2 images failed.',
      '✕ 11.000 write on /dev/sdd failedthe disk is gone2 times',
    ]);
  });

  test('a repair as it goes on and as it ends; also of what is no mirror any more', async () => {
    await open(mirrorLab);
    select('mir');
    const job = {
      id: 1,
      kind: 'repair',
      title: 'Repair vg/mir',
      volume: 'vg/mir',
      done: 30,
      total: 120,
      phase: 'running',
      startedMicros: 0,
    } as const;
    const others = [
      { ...job, id: 2, volume: 'vg/home', title: 'Other' },
      { ...job, id: 3, kind: 'extract', file: '/x', title: 'Copy' } as const,
    ];
    tell({ kind: 'jobs', jobs: [job, ...others] });
    expect(inspector()).toContain('Repair vg/mirrunning, 25 %');
    expect(inspector()).not.toMatch(/Other|Copy/);
    tell({ kind: 'jobs', jobs: [{ ...job, phase: 'failed', why: 'no room', endedMicros: 9 }] });
    expect(inspector()).toContain('Repair vg/mirfailed: no room');
    const plain = { ...group, lvs: [lv('mir', [segment(0, 'linear', [area('a', 0, 4)])])] };
    tell({ kind: 'vg', vg: plain });
    tellMirrors();
    expect(inspector()).toContain('failed: no room');
    expect(inspector()).not.toContain('Show its regions');
  });
});

test('the explorer says how far a sync is, and nothing once it is done', () => {
  const state = { ...mirrorLab, mirrors: [mirror({ cells: 'cccn' })] };
  const note = (one: LabState) => rowsOf(one)[0]?.children.find(({ name }) => name === 'mir')?.note;
  expect([note(state), note(mirrorLab)]).toEqual(['75 %', undefined]);
});

test('counters do not cut short what moves in the device tree', async () => {
  seq = mirrorLab.seq;
  bridge = new FakeBridge(mirrorLab);
  await show(<DeviceTreeView />, bridge);
  const [first] = mirrorLab.devices;
  if (!first) throw new Error('no device');
  const moving = (): string | undefined =>
    document.querySelector<SVGElement>('[data-move]')?.dataset['move'];
  tell({ kind: 'device', device: { ...first, suspended: true } });
  expect(moving()).toBe('suspend');
  tellMirrors(mirror({ cells: 'n'.repeat(32) }));
  expect(moving()).toBe('suspend');
});
