// @vitest-environment happy-dom
/** Moves on the page: what is marked, where a drag lands, what a form wishes, how lines run. */
import { act } from 'react';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { MoveProposal, ProposedLine } from '../../core/contract/moves.ts';
import type { Extents } from '../../core/contract/units.ts';
import { ActionDialog } from '../../renderer/actions/ActionDialog.tsx';
import { initialValues, wishFields, wishOf } from '../../renderer/actions/move-wish.ts';
import { MoveBanner } from '../../renderer/app/MoveBanner.tsx';
import { MOVE_MARKED, useMoves, type MarkedRun } from '../../renderer/state/moves.ts';
import { useStudio } from '../../renderer/state/store.ts';
import { ExtentMap } from '../../renderer/views/ExtentMap.tsx';
import { dropPlace, dropWords } from '../../renderer/viz/drop-place.ts';
import { layoutExtents } from '../../renderer/viz/layout-extents.ts';
import { layoutMoves } from '../../renderer/viz/layout-moves.ts';
import { marked } from '../../renderer/viz/mark-runs.ts';
import { FakeBridge } from './support/bridge.ts';
import { lab, pv, vg } from './support/lab.ts';
import { byRole, clear, click, field, one, settle, show, submit, type } from './support/screen.tsx';

const fresh = useMoves.getState();
beforeEach(() => {
  useMoves.setState(fresh, true);
});
afterEach(clear);

/** sda: home 0-19, free, home 30-39, db 40-49, free to 99; sdb: db 0-9, free, log 20-29, free. */
const [a, b] = layoutExtents(vg, 500);
const strips = { a: a!, b: b! };
const home: MarkedRun = {
  vg: 'vg',
  device: '/dev/sda',
  pvId: strips.a.pv.id,
  first: 30,
  count: 10,
};

const x = (extents: number): Extents => extents as Extents;
const line = (text: string): ProposedLine => ({ argv: text.split(' '), text, moves: 1 });
const proposal: MoveProposal = {
  vg: 'vg',
  lines: [line('pvmove /dev/sda:30-39 /dev/sdb:30-39')],
  moves: [
    {
      lv: 'home',
      count: x(10),
      from: { device: '/dev/sda', first: x(30) },
      to: { device: '/dev/sdb', first: x(30) },
    },
  ],
  maps: [
    {
      device: '/dev/sdb',
      pvId: strips.b.pv.id,
      extentCount: x(50),
      before: [{ first: x(0), count: x(10), lv: 'db', type: 'striped' }],
      after: [
        { first: x(0), count: x(10), lv: 'db', type: 'striped' },
        { first: x(30), count: x(10), lv: 'home', type: 'linear' },
      ],
    },
  ],
  stays: [],
  extents: x(10),
  twice: x(0),
};

describe('a drag', () => {
  test('lands where the pointer holds it, flush with an end of the gap that is near', () => {
    // 5 pixels an extent; 8 of them attract.
    expect(dropPlace(strips.a, home, 375, 5)).toMatchObject({ first: 70 });
    expect(dropPlace(strips.a, home, 280, 5)).toMatchObject({ first: 50 });
    expect(dropPlace(strips.b, home, 174, 5)).toMatchObject({ device: '/dev/sdb', first: 30 });
    expect(dropPlace(strips.b, home, 240, 5)).toMatchObject({ first: 40 });
  });

  test('goes anywhere with room on another PV, and not onto others of its own', () => {
    expect(dropPlace(strips.b, home, 20, 5)).toEqual({ pvId: strips.b.pv.id, device: '/dev/sdb' });
    expect(dropPlace(strips.b, { ...home, count: 11 }, 75, 5)).not.toHaveProperty('first');
    expect(dropPlace(strips.a, home, 20, 5)).toMatchObject({ why: 'other extents are there' });
    expect(dropPlace(strips.a, home, 175, 5)).toMatchObject({ why: 'they are there already' });
    const long = { ...home, first: 0, count: 60 };
    expect(dropPlace(strips.a, long, 450, 5)).toMatchObject({ first: 40 });
  });

  test('may end among its own extents, and nowhere that takes none', () => {
    expect(dropPlace(strips.a, home, 150, 5)).toMatchObject({ first: 25 });
    const closed = { ...strips.b, pv: { ...pv('b', 50, 30), allocatable: false } };
    const over = dropPlace(closed, home, 100, 5);
    expect(dropWords(over, home)).toBe('not on /dev/sdb: it is not allocatable');
    const missing = { ...strips.b, pv: { ...pv('b', 50, 30), missing: true } };
    expect(dropPlace(missing, home, 100, 5)).toMatchObject({ why: 'its disk is missing' });
    const place = dropPlace(strips.b, home, 174, 5);
    expect(dropWords(place, home)).toBe('to /dev/sdb:30-39');
  });
});

describe('marks', () => {
  test('reach from run to run, without the free extents at the ends', () => {
    expect(marked(strips.a.runs, 0, 2)).toEqual({ first: 0, count: 40 });
    expect(marked(strips.a.runs, 4, 1)).toEqual({ first: 30, count: 20 });
    expect(marked(strips.a.runs, 1, 1)).toBeUndefined();
  });

  test('are made by keys, and M asks where they are to go', async () => {
    const bridge = new FakeBridge(lab, { proposeMoves: () => ({ ok: true, value: proposal }) });
    await show(
      <>
        <ExtentMap />
        <ActionDialog />
      </>,
      bridge,
    );
    const strip = one('slider', 'Extents of /dev/sda');
    const press = (key: string, shiftKey = false): void => {
      act(() => {
        strip.dispatchEvent(new KeyboardEvent('keydown', { key, shiftKey, bubbles: true }));
      });
    };
    press('ArrowRight');
    press('ArrowRight');
    press('ArrowRight', true);
    expect(useMoves.getState().marked).toMatchObject({ first: 30, count: 20 });
    one('button', 'Move PE 30-49…');
    press('m');
    await settle();
    expect(bridge.calls('proposeMoves')).toEqual([
      [{ kind: 'run', device: '/dev/sda', first: 30, count: 20, to: { device: '/dev/sdb' } }],
    ]);
    expect(document.body.textContent).toContain('10 extents move.');
    expect(byRole('img').map((canvas) => canvas.getAttribute('aria-label'))).toEqual([
      '/dev/sdb before: 1 runs in use, 40 extents free',
      '/dev/sdb after: 2 runs in use, 30 extents free',
    ]);
  });
});

describe('the form', () => {
  const sda = { kind: 'pv', id: '/dev/sda' } as const;
  const volume = { kind: 'lv', id: 'vg/home' } as const;

  test('of a PV empties or packs it', () => {
    const values = initialValues(vg, sda, undefined);
    expect(wishOf(values, sda)).toEqual({ kind: 'empty', device: '/dev/sda' });
    const to = { ...values, pvs: '/dev/sdb', together: 'may share a PV' };
    expect(wishOf(to, sda)).toEqual({
      kind: 'empty',
      device: '/dev/sda',
      to: ['/dev/sdb'],
      together: true,
    });
    const pack = { ...values, kind: 'pack it, so that it can shrink' };
    expect(wishOf(pack, sda)).toEqual({ kind: 'compact', device: '/dev/sda' });
    expect(wishOf({ ...pack, count: '45' }, sda)).toMatchObject({ to: 45 });
    expect(wishFields(vg, sda, pack).map(({ id }) => id)).toEqual(['kind', 'count']);
    expect(wishFields(vg, sda, values).at(-1)?.options).toEqual(['/dev/sdb']);
  });

  test('of a volume makes it one piece, or spreads it over PVs that are named', () => {
    const values = initialValues(vg, volume, undefined);
    expect(wishOf(values, volume)).toEqual({ kind: 'contiguous', volume: 'vg/home' });
    const spread = { ...values, kind: 'spread evenly over PVs' };
    expect(wishOf(spread, volume)).toBeUndefined();
    expect(wishOf({ ...spread, pvs: '/dev/sda /dev/sdb' }, volume)).toMatchObject({
      over: ['/dev/sda', '/dev/sdb'],
    });
  });

  test('shows why there is no proposal, and runs nothing', async () => {
    const refusal = { error: { code: 'no-data-to-move', vg: 'vg' }, messages: ['No data.'] };
    const bridge = new FakeBridge(lab, { proposeMoves: () => ({ ok: false, error: refusal }) });
    await show(<ActionDialog />, bridge);
    act(() => {
      useMoves.getState().mark(home);
      useStudio.getState().openAction(MOVE_MARKED);
    });
    await settle();
    expect(one('alert').textContent).toBe('No data.');
    await submit();
    expect(bridge.calls('command')).toEqual([]);
    await type(field('Last PE'), '5');
    expect(document.body.textContent).toContain('Fill in what is missing.');
  });
});

describe('lines', () => {
  const three = ['pvmove a b', 'pvmove c d', 'pvmove e f'].map(line);

  test('run one after the other, up to the first that fails', async () => {
    const answers = [0, 5].map((status) => ({
      status,
      output: [{ stream: 'stderr', text: '  No extents available for allocation.' }],
    }));
    const bridge = new FakeBridge(lab, { command: () => answers.shift() });
    await show(<MoveBanner />, bridge);
    act(() => {
      useMoves.getState().run(three);
    });
    expect(bridge.calls('command')).toHaveLength(1);
    await settle();
    expect(bridge.calls('command').map(([argv]) => argv)).toEqual([
      ['pvmove', 'a', 'b'],
      ['pvmove', 'c', 'd'],
    ]);
    const said = one('alert').textContent;
    expect(said).toContain('Failed at line 2 of 3: pvmove c d');
    expect(said).toContain('No extents available for allocation. 1 line behind it not run.');
    await click(one('button', 'Dismiss'));
    expect(byRole('alert')).toEqual([]);
  });

  test('end behind the one that runs when they are stopped', async () => {
    let done: (() => void) | undefined;
    const answer = { status: 0, output: [] };
    const bridge = new FakeBridge(lab, {
      command: () => new Promise((resolve) => (done = () => resolve(answer))),
    });
    await show(<MoveBanner />, bridge);
    act(() => {
      useMoves.getState().run(three);
    });
    await settle();
    await click(one('button', 'Stop after this line'));
    act(() => done?.());
    await settle();
    expect(bridge.calls('command')).toHaveLength(1);
    expect(useStudio.getState().announcement).toBe('Stopped: 2 lines not run.');
    expect(useMoves.getState().running).toBeUndefined();
  });
});

test('a proposal is drawn on one scale, with what leaves and what comes', () => {
  const [map] = layoutMoves(proposal, vg, 500);
  expect(map?.before.runs.map(({ start, count }) => [start, count])).toEqual([
    [0, 10],
    [10, 40],
  ]);
  expect(map?.leaving).toEqual([]);
  expect(map?.coming).toEqual([{ x: 300, width: 100, aside: false }]);
});
