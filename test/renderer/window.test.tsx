import { act } from 'react';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Console } from '../../renderer/views/Console.tsx';
import { Explorer } from '../../renderer/views/Explorer.tsx';
import { TreeText } from '../../renderer/views/TreeText.tsx';
import { ErrorBorder } from '../../renderer/widgets/ErrorBorder.tsx';
import { useStudio } from '../../renderer/state/store.ts';
import { FakeBridge } from './support/bridge.ts';
import { lab, vg } from './support/lab.ts';
import { byRole, clear, click, one, settle, show, submit, type } from './support/screen.tsx';

afterEach(clear);

describe('the explorer', () => {
  const rows = (): readonly string[] =>
    byRole('row').map((row) => row.getAttribute('aria-label') ?? '');
  let bridge: FakeBridge;
  beforeEach(async () => {
    bridge = new FakeBridge(lab);
    await show(<Explorer />, bridge);
  });

  test('groups hold their volumes and PVs, with sizes and attributes as lvs prints them', () => {
    expect(one('treegrid', 'Explorer')).toBeTruthy();
    expect(rows()).toEqual([
      'vg 600.00 MiB wz--n-',
      'home 120.00 MiB -wi-a-----',
      'db 80.00 MiB -wi-a-----',
      'log 40.00 MiB -wi-a-----',
      '/dev/sda 400.00 MiB a--',
      '/dev/sdb 200.00 MiB a--',
    ]);
  });

  test('an event of the engine changes it', () => {
    const body = { kind: 'vg', vg: { ...vg, lvs: vg.lvs.slice(0, 1) } } as const;
    act(() => {
      bridge.tell({ seq: 11, timeMicros: 0, body });
    });
    expect(rows()).toHaveLength(4);
    expect(bridge.calls('state')).toHaveLength(1);
  });

  test('of thousands of rows those in sight are made; what is selected comes into sight', () => {
    const some = vg.lvs.slice(0, 1);
    const many = Array.from({ length: 5000 }, (_, index) =>
      some.map((lv) => ({ ...lv, id: `id${index}`, name: `many${index}` })),
    ).flat();
    act(() => {
      const body = { kind: 'vg', vg: { ...vg, lvs: many } } as const;
      bridge.tell({ seq: 11, timeMicros: 0, body });
    });
    expect(rows().length).toBeLessThan(200);
    expect(rows()[1]).toContain('many0 ');
    act(() => {
      useStudio.getState().select({ kind: 'lv', id: 'vg/many4000' });
    });
    expect(one('treegrid', 'Explorer').scrollTop).toBeGreaterThan(4000 * 20);
  });

  test('a group that is new is open', () => {
    const home = vg.lvs.slice(0, 1).map((lv) => ({ ...lv, id: 'x', vg: 'data', name: 'fresh' }));
    const data = { ...vg, id: 'data-id', name: 'data', pvs: [], lvs: home };
    act(() => {
      bridge.tell({ seq: 11, timeMicros: 0, body: { kind: 'vg', vg: data } });
    });
    expect(rows().slice(0, 2)).toEqual(['data 600.00 MiB wz--n-', 'fresh 120.00 MiB -wi-a-----']);
  });

  test('after a gap in the numbers the state is asked for', async () => {
    bridge.state = { ...lab, seq: 14, vgs: [] };
    act(() => {
      bridge.tell({
        seq: 14,
        timeMicros: 0,
        body: { kind: 'vg-removed', vg: 'other', id: 'other' },
      });
    });
    await settle();
    expect(bridge.calls('state')).toHaveLength(2);
    expect(rows()).toEqual([
      '/dev/sda (no PV) 256.00 MiB live',
      '/dev/sdb (no PV) 256.00 MiB live',
    ]);
  });
});

describe('the console', () => {
  const log = (): string => one('log', 'Console output').textContent;
  const line = async (text: string): Promise<void> => {
    const input = document.querySelector<HTMLInputElement>('[aria-label="Command line"]');
    if (input) await type(input, text);
    await submit();
  };
  const asking = new FakeBridge(lab, {
    command: (argv, options) =>
      options?.ask === true && argv[0] === 'lvremove'
        ? {
            status: 5,
            output: [],
            questions: ['home', 'more'].map((lv, object) => ({
              question: { code: 'remove-active-lv', vg: 'vg', lv },
              text: `Do you really want to remove active logical volume vg/${lv}? [y/n]: `,
              object,
            })),
          }
        : { status: 0, output: [{ stream: 'stdout', text: `ran ${argv.join(' ')}` }] },
  });

  test('prints what a command prints', async () => {
    await show(<Console />, asking);
    await line('lvs -a');
    expect(log()).toBe('$ lvs -aran lvs -a');
  });

  test('arrows bring back earlier lines, the newest first, and end in an empty one', async () => {
    await show(<Console />, asking);
    await line('lvs');
    await line('vgs');
    const input = document.querySelector<HTMLInputElement>('[aria-label="Command line"]');
    const seen = ['ArrowUp', 'ArrowUp', 'ArrowUp', 'ArrowDown', 'ArrowDown'].map((key) => {
      act(() => {
        input?.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
      });
      return input?.value;
    });
    expect(seen).toEqual(['vgs', 'lvs', 'lvs', 'vgs', '']);
  });

  test('each question is asked; what was agreed to is sent with the line again', async () => {
    await show(<Console />, asking);
    await line('lvremove vg/home');
    expect(one('alertdialog').textContent).toContain('active logical volume vg/home?');
    await click(one('button', 'Yes'));
    expect(one('alertdialog').textContent).toContain('active logical volume vg/more?');
    await click(one('button', 'No'));
    const agreed = ['Do you really want to remove active logical volume vg/home? [y/n]: '];
    expect(asking.calls('command').at(-1)).toEqual([['lvremove', 'vg/home'], { agreed }]);
    expect(log()).toContain('ran lvremove vg/home');
    expect(byRole('alertdialog')).toEqual([]);
  });
});

test('what the view of dmsetup asks is no event', async () => {
  const bridge = new FakeBridge(lab);
  await show(<TreeText />, bridge);
  const asked = bridge.calls('command');
  expect(asked.map(([words]) => words)).toContainEqual(['dmsetup', 'table']);
  for (const [, options] of asked) expect(options).toEqual({ quiet: true });
});

test('a view that fails leaves the others alone', async () => {
  const Broken = (): never => {
    throw new Error('no such extent');
  };
  const quiet = console.error;
  console.error = () => undefined;
  await show(
    <>
      <ErrorBorder name="Extent map">
        <Broken />
      </ErrorBorder>
      <Explorer />
    </>,
    new FakeBridge(lab),
  );
  console.error = quiet;
  expect(one('alert').textContent).toBe('Extent map cannot be shown: no such extent');
  expect(byRole('row').length).toBeGreaterThan(0);
  expect(useStudio.getState().standing).toBe('open');
});
