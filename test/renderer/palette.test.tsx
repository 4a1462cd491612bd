/** Ctrl+K: finding a command or an object by a few letters. */
import { act } from 'react';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Palette } from '../../renderer/app/Palette.tsx';
import { useStudio } from '../../renderer/state/store.ts';
import { FakeBridge } from './support/bridge.ts';
import { lab, lv, vg } from './support/lab.ts';
import { byRole, clear, one, settle, show, type } from './support/screen.tsx';

afterEach(clear);

const many = Array.from({ length: 300 }, (_, index) => lv(`many${index}`, []));

async function press(target: EventTarget, key: string, ctrlKey = false): Promise<void> {
  act(() => {
    target.dispatchEvent(new KeyboardEvent('keydown', { key, ctrlKey, bubbles: true }));
  });
  await settle();
}

const input = (): HTMLInputElement => {
  const found = one('dialog', 'Command palette').querySelector('input');
  if (!found) throw new Error('no field');
  return found;
};

const names = (): readonly string[] => byRole('menuitem').map((item) => item.textContent);

beforeEach(async () => {
  await show(<Palette />, new FakeBridge({ ...lab, vgs: [{ ...vg, lvs: [...vg.lvs, ...many] }] }));
  await press(window, 'k', true);
});

test('letters leave what has them in its name, in any case', async () => {
  await type(input(), 'VG/HOM');
  expect(names()).toEqual(['Select vg/home']);
});

test('Enter right behind the last letter takes the first of them', async () => {
  await type(input(), 'vg/many7');
  await press(input(), 'Enter');
  expect(byRole('dialog')).toEqual([]);
  expect(useStudio.getState().selected).toMatchObject({ kind: 'lv', id: 'vg/many7' });
});

test('of thousands it shows some, and says so; of none it says that', async () => {
  expect(names()).toHaveLength(50);
  expect(document.body.textContent).toMatch(/2\d\d more: type on\./);
  await type(input(), 'no such thing');
  expect(names()).not.toContain('Select vg/home');
  expect(document.body.textContent).toContain('Nothing has these words in its name.');
  await press(input(), 'Enter');
  expect(byRole('dialog')).toHaveLength(1);
});
