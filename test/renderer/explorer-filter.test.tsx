/** The explorer's filter: what it leaves, and the keys that lead through it. */
import { act } from 'react';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { useStudio } from '../../renderer/state/store.ts';
import { Explorer } from '../../renderer/views/Explorer.tsx';
import { filtered, matchOf, rowsOf } from '../../renderer/views/explorer-rows.ts';
import { FakeBridge } from './support/bridge.ts';
import { disk, lab, lv, pv, vg } from './support/lab.ts';
import { byRole, clear, settle, show, type } from './support/screen.tsx';

const data = { ...vg, name: 'Data', id: 'data-id', pvs: [pv('c', 10, 10)], lvs: [lv('www', [])] };
const { vg: _group, ...orphan } = pv('d', 0, 0);
const full = {
  ...lab,
  disks: ['a', 'b', 'c', 'd', 'e'].map((letter, index) => disk(letter, index * 16)),
  orphans: [orphan],
  vgs: [data, vg],
};

describe('rows', () => {
  const names = (wanted: string): readonly string[] =>
    filtered(rowsOf(full), wanted).rows.flatMap((row) => [
      row.name,
      ...row.children.map(({ name }) => `  ${name}`),
    ]);

  test('every object once: groups, PVs without one, disks without a PV', () => {
    const all = rowsOf(full).flatMap((row) => [row, ...row.children]);
    expect(new Set(all.map(({ key }) => key)).size).toBe(all.length);
    expect(rowsOf(full).map(({ name, note }) => [name, note])).toEqual([
      ['Data', undefined],
      ['vg', undefined],
      ['/dev/sdd', 'no group'],
      ['/dev/sde', 'no PV'],
    ]);
  });

  test('a match stands below its group; a group that matches alone keeps all it holds', () => {
    expect(names('hom')).toEqual(['vg', '  home']);
    expect(names('sdc')).toEqual(['Data', '  /dev/sdc']);
    expect(names('data')).toEqual(['Data', '  www', '  /dev/sdc']);
    expect(names('sd')).toEqual([
      'Data',
      '  /dev/sdc',
      'vg',
      '  /dev/sda',
      '  /dev/sdb',
      '/dev/sdd',
      '/dev/sde',
    ]);
    expect(names('nothing')).toEqual([]);
    expect(names('no PV')).toEqual([]);
  });

  test('an empty filter leaves all; matches are counted', () => {
    expect(filtered(rowsOf(full), '')).toEqual({ rows: rowsOf(full), matches: 11, of: 11 });
    expect(filtered(rowsOf(full), 'SD')).toMatchObject({ matches: 5, of: 11 });
  });

  test('the place of a match, in any case, markup being text', () => {
    expect(matchOf('Home', 'OM')).toEqual([1, 3]);
    expect(matchOf('a<b>', '<B')).toEqual([1, 3]);
    expect(matchOf('home', '')).toBeUndefined();
    expect(matchOf('a.b', '.*')).toBeUndefined();
  });
});

describe('by keyboard', () => {
  const input = (): HTMLInputElement => {
    const found = document.querySelector<HTMLInputElement>('.filter input');
    if (!found) throw new Error('no filter');
    return found;
  };
  const rows = (): readonly string[] =>
    byRole('row').map((row) => row.getAttribute('aria-label') ?? '');
  const press = async (key: string, at: EventTarget = input()): Promise<KeyboardEvent> => {
    const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true });
    act(() => {
      at.dispatchEvent(event);
      at.dispatchEvent(new KeyboardEvent('keyup', { key, bubbles: true }));
    });
    await settle();
    return event;
  };
  const focused = (): string | null | undefined =>
    document.activeElement?.getAttribute('aria-label');

  beforeEach(async () => {
    await show(<Explorer />, new FakeBridge(full));
  });
  afterEach(clear);

  test('/ leads into the field from everywhere, except out of a text that is typed', async () => {
    const event = await press('/', document.body);
    expect(event.defaultPrevented).toBe(true);
    expect(document.activeElement).toBe(input());
    expect((await press('/')).defaultPrevented).toBe(false);
  });

  test('what is typed leaves its rows and says how many', async () => {
    await type(input(), 'sd');
    expect(rows()).toHaveLength(7);
    expect(document.querySelector('.count')?.textContent).toBe('5 of 11 match');
    await type(input(), 'home');
    expect(document.querySelector('.count')?.textContent).toBe('1 of 11 matches');
    expect(document.querySelector('mark')?.textContent).toBe('home');
  });

  test('down and Enter lead to the rows', async () => {
    for (const key of ['ArrowDown', 'Enter']) {
      act(() => {
        input().focus();
      });
      await type(input(), 'home');
      await press(key);
      expect(focused()).toMatch(/^vg /);
    }
  });

  test('Escape clears; the next one leaves for the rows', async () => {
    act(() => {
      input().focus();
    });
    await type(input(), 'home');
    await press('Escape');
    expect(input().value).toBe('');
    expect(rows()).toHaveLength(11);
    await press('Escape');
    expect(focused()).toMatch(/^Data /);
  });

  test('a match inside a folded group is seen; afterwards the group is folded again', async () => {
    const fold = document.querySelectorAll<HTMLButtonElement>('.chevron')[0];
    act(() => {
      fold?.click();
    });
    await settle();
    const folded = rows().length;
    expect(folded).toBeLessThan(11);
    await type(input(), 'www');
    expect(rows().some((row) => row.startsWith('www '))).toBe(true);
    await type(input(), '');
    expect(rows()).toHaveLength(folded);
  });

  test('the selection stays while rows come and go', async () => {
    act(() => {
      useStudio.getState().select({ kind: 'lv', id: 'vg/home' });
    });
    await type(input(), 'www');
    await type(input(), '');
    expect(useStudio.getState().selected).toEqual({ kind: 'lv', id: 'vg/home' });
    const marked = byRole('row').filter((row) => row.getAttribute('aria-selected') === 'true');
    expect(marked.map((row) => row.getAttribute('aria-label'))).toEqual([
      expect.stringMatching(/^home /),
    ]);
  });

  test('nothing found is said', async () => {
    await type(input(), '<b>');
    expect(document.querySelector('.empty')?.textContent).toBe('No name contains “<b>”.');
  });
});
