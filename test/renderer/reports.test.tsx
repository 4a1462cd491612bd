/** Reports as tables: their shape as a command line, and the table that it is changed by. */
import { act } from 'react';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { ReportField } from '../../core/contract/report.ts';
import { Prng } from '../../core/env/prng.ts';
import { useStudio } from '../../renderer/state/store.ts';
import {
  firstShape,
  lineOf,
  moved,
  readShape,
  reportWords,
  selectionOf,
  sortedBy,
  toggled,
  type ReportShape,
} from '../../renderer/views/report-shape.ts';
import { Reports } from '../../renderer/views/Reports.tsx';
import { FakeBridge } from './support/bridge.ts';
import { lab, vg } from './support/lab.ts';
import { byRole, clear, click, one, settle, show, type } from './support/screen.tsx';

const shape: ReportShape = {
  columns: ['lv_name', 'vg_name', 'lv_size'],
  keys: [],
  wanted: '',
  all: false,
};
const line = (report: Parameters<typeof reportWords>[0], change: Partial<ReportShape>): string =>
  lineOf(reportWords(report, { ...shape, ...change }));

describe('the command line of a shape', () => {
  test('says columns, order, selection and hidden rows', () => {
    expect(line('lvs', {})).toBe('lvs -o lv_name,vg_name,lv_size');
    const keys = [
      { field: 'lv_size', descending: true },
      { field: 'lv_name', descending: false },
    ];
    expect(line('lvs', { keys, all: true, wanted: 'lv_size>10m && vg_name=vg' })).toBe(
      "lvs -a -o lv_name,vg_name,lv_size -O -lv_size,lv_name -S 'lv_size>10m && vg_name=vg'",
    );
    expect(line('segments', {})).toMatch(/^lvs --segments -o /);
    expect(line('vgs', { all: true })).not.toContain('-a');
    expect(lineOf(['lvs', "it's"])).toBe("lvs 'it'\\''s'");
  });

  test('a part of a name asks for the name, whatever characters it has', () => {
    expect(selectionOf('lvs', ' hom ')).toBe('lv_name=~"hom"');
    expect(selectionOf('pvs', '/dev/sda')).toBe('pv_name=~"/dev/sda"');
    expect(selectionOf('vgs', 'a.b+')).toBe('vg_name=~"a\\.b\\+"');
    expect(selectionOf('lvs', 'lv_size>4m')).toBe('lv_size>4m');
    expect(selectionOf('lvs', '')).toBe('');
  });
});

describe('a shape', () => {
  test('is sorted up, down, and not', () => {
    const up = sortedBy(shape, 'lv_size', false);
    const down = sortedBy(up, 'lv_size', false);
    expect([up.keys, down.keys, sortedBy(down, 'lv_size', false).keys]).toEqual([
      [{ field: 'lv_size', descending: false }],
      [{ field: 'lv_size', descending: true }],
      [],
    ]);
    const two = sortedBy(sortedBy(up, 'lv_name', true), 'lv_size', true);
    expect(two.keys).toEqual([
      { field: 'lv_size', descending: true },
      { field: 'lv_name', descending: false },
    ]);
    expect(sortedBy(two, 'vg_name', false).keys).toEqual([{ field: 'vg_name', descending: false }]);
  });

  test('columns move, come and go; one always stays', () => {
    expect(moved(shape, 'lv_size', -2).columns).toEqual(['lv_size', 'lv_name', 'vg_name']);
    expect(moved(shape, 'lv_size', 5)).toBe(shape);
    expect(moved(shape, 'nosuch', 1)).toBe(shape);
    expect(toggled(shape, 'origin').columns.at(-1)).toBe('origin');
    const last = toggled(toggled(shape, 'lv_name'), 'vg_name');
    expect(toggled(last, 'lv_size').columns).toEqual(['lv_size']);
  });

  test('random changes leave one that can be remembered', () => {
    const names = ['lv_name', 'vg_name', 'lv_size', 'origin', 'lv_tags'];
    for (let seed = 0; seed < 50; seed++) {
      const random = new Prng(seed);
      let now: ReportShape = shape;
      for (let step = 0; step < 40; step++) {
        const name = random.pick(names);
        now = random.pick([
          () => sortedBy(now, name, random.chance(50)),
          () => moved(now, name, random.below(7) - 3),
          () => toggled(now, name),
        ])();
        expect(readShape(JSON.parse(JSON.stringify(now)))).toEqual(now);
        expect(new Set(now.keys.map(({ field }) => field)).size).toBe(now.keys.length);
      }
    }
  });

  test.each([
    null,
    [],
    {},
    { ...shape, columns: [] },
    { ...shape, columns: ['lv_name', 'lv_name'] },
    { ...shape, columns: ['lv_name; rm'] },
    { ...shape, columns: 'lv_name' },
    { ...shape, keys: [{ field: 'lv_name' }] },
    { ...shape, keys: 'lv_name' },
    { ...shape, wanted: 7 },
    { ...shape, all: 'yes' },
  ])('rubbish is none: %j', (stored) => {
    expect(readShape(stored)).toBeUndefined();
  });
});

describe('the view', () => {
  const field = (name: string, heading: string, kind: ReportField['type']): ReportField => ({
    name,
    heading,
    about: `About ${heading}.`,
    type: kind,
    section: 'Logical Volume',
  });
  const fields = [
    field('lv_name', 'LV', 'string'),
    field('vg_name', 'VG', 'string'),
    field('lv_size', 'LSize', 'size'),
    field('lv_uuid', 'LV UUID', 'string'),
  ];
  const ROWS = 10_000;
  const rows = Array.from({ length: ROWS }, (_, n) => ({ lv_name: `v${n}`, vg_name: 'vg' }));
  const json = JSON.stringify({ report: [{ lv: rows }] });
  let bridge: FakeBridge;

  async function answered(): Promise<void> {
    await act(async () => {
      await new Promise((done) => setTimeout(done, 110));
    });
    await settle();
  }
  const asked = (): string => (bridge.calls('command').at(-1)?.[0] as string[]).join(' ');
  const heading = (text: string): HTMLButtonElement => {
    const found = [...document.querySelectorAll<HTMLButtonElement>('th button')].find((each) =>
      each.textContent.startsWith(text),
    );
    if (!found) throw new Error(`no column ${text}`);
    return found;
  };
  const command = (): string => document.querySelector('.line-bar code')?.textContent ?? '';

  beforeEach(async () => {
    localStorage.clear();
    localStorage.setItem('lvstudio.reports.lvs', JSON.stringify(shape));
    vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(480);
    vi.spyOn(HTMLElement.prototype, 'clientWidth', 'get').mockReturnValue(800);
    bridge = new FakeBridge(lab, {
      reportFields: () => fields,
      command: (argv) =>
        argv.includes('bad=')
          ? { status: 5, output: [{ stream: 'stderr', text: '  Selection syntax error' }] }
          : { status: 0, output: [{ stream: 'stdout', text: json }] },
    });
    await show(<Reports />, bridge);
    await answered();
  });
  afterEach(() => {
    clear();
    vi.restoreAllMocks();
    localStorage.clear();
  });

  test('of ten thousand volumes only those in sight are made, and all are counted', () => {
    const table = document.querySelector('table.report');
    expect(table?.getAttribute('aria-rowcount')).toBe(String(ROWS + 1));
    const made = document.querySelectorAll('tbody tr:not(.gap)').length;
    expect(made).toBeGreaterThan(15);
    expect(made).toBeLessThan(60);
    expect(document.querySelector('.count')?.textContent).toBe('10,000 rows');
  });

  test('asks quietly, in JSON, for what its command line says', () => {
    expect(command()).toBe('lvs -o lv_name,vg_name,lv_size');
    expect(bridge.calls('command').at(-1)).toEqual([
      ['lvs', '-o', 'lv_name,vg_name,lv_size', '--reportformat', 'json'],
      { quiet: true },
    ]);
  });

  test('a heading sorts; Alt and an arrow move its column; both are remembered', async () => {
    await click(heading('LSize'));
    await click(heading('LSize'));
    await answered();
    expect(asked()).toContain('-O -lv_size');
    expect(heading('LSize').closest('th')?.getAttribute('aria-sort')).toBe('descending');
    act(() => {
      heading('LSize').dispatchEvent(
        new KeyboardEvent('keydown', { key: 'ArrowLeft', altKey: true, bubbles: true }),
      );
    });
    await answered();
    expect(command()).toBe('lvs -o lv_name,lv_size,vg_name -O -lv_size');
    const stored: unknown = JSON.parse(localStorage.getItem('lvstudio.reports.lvs') ?? '');
    expect(readShape(stored)?.columns).toEqual(['lv_name', 'lv_size', 'vg_name']);
  });

  test('columns are chosen by name or meaning', async () => {
    await click(one('button', 'Columns…'));
    const find = document.querySelector<HTMLInputElement>('[aria-label="Find a field"]');
    if (!find) throw new Error('no search');
    await type(find, 'about lv uuid');
    const boxes = [...document.querySelectorAll<HTMLInputElement>('.columns [type="checkbox"]')];
    expect(boxes).toHaveLength(1);
    if (boxes[0]) await click(boxes[0]);
    await click(one('button', 'Close'));
    expect(command()).toBe('lvs -o lv_name,vg_name,lv_size,lv_uuid');
  });

  test('what the engine refuses is said, and the rows before stay', async () => {
    const input = document.querySelector<HTMLInputElement>('.view-bar input');
    if (input) await type(input, 'bad=');
    await answered();
    expect(one('alert').textContent).toBe('Selection syntax error');
    expect(document.querySelector('.count')?.textContent).toBe('10,000 rows');
  });

  test('a name selects what it stands for; events ask again', async () => {
    const link = byRole('button', 'v3')[0];
    if (link) await click(link);
    expect(useStudio.getState().selected).toEqual({ kind: 'lv', id: 'vg/v3' });
    const before = bridge.calls('command').length;
    act(() => {
      for (const seq of [11, 12]) {
        bridge.tell({ seq, timeMicros: 0, body: { kind: 'vg', vg: { ...vg, seqno: seq } } });
      }
    });
    await answered();
    expect(bridge.calls('command')).toHaveLength(before + 1);
  });
});

test('the first shape of every report can be remembered', () => {
  for (const report of ['lvs', 'vgs', 'pvs', 'segments'] as const) {
    expect(readShape(firstShape(report))).toEqual(firstShape(report));
  }
});
