/** What the window remembers, and what it makes of rubbish. */
import { afterEach, describe, expect, test, vi } from 'vitest';
import { Prng } from '../../core/env/prng.ts';
import {
  aBoolean,
  numberWithin,
  oneOf,
  recall,
  remember,
  sharesOf,
} from '../../renderer/state/remember.ts';
import { start, useStudio } from '../../renderer/state/store.ts';
import { FakeBridge } from './support/bridge.ts';
import { lab } from './support/lab.ts';

afterEach(() => {
  localStorage.clear();
  vi.unstubAllGlobals();
});

const themes = oneOf(['system', 'light', 'dark']);
const panels = sharesOf(['left', 'right']);
const zoom = numberWithin(0.2, 2);

describe('what was remembered comes back', () => {
  test.each([
    ['theme', themes, 'dark'],
    ['moves', aBoolean, false],
    ['zoom', zoom, 1.25],
    ['panels', panels, { left: 30, right: 70 }],
  ] as const)('%s', (name, read, value) => {
    remember(name, value);
    expect(recall<unknown>(name, read)).toEqual(value);
    expect(localStorage.getItem(`lvstudio.${name}`)).toBe(JSON.stringify(value));
  });
});

describe('rubbish is ignored', () => {
  const rubbish: readonly unknown[] = [
    null,
    7,
    -1,
    'purple',
    '',
    [],
    {},
    [30, 70],
    { left: 30 },
    { left: 30, right: 90 },
    { left: '30', right: 70 },
    { left: NaN, right: 70 },
    { left: -10, right: 110 },
    { left: 30, right: 70, third: 0 },
    { __proto__: null, left: 30, middle: 70 },
  ];
  test.each(rubbish.map((value) => JSON.stringify(value)))('%s', (text) => {
    localStorage.setItem('lvstudio.x', text);
    for (const read of [themes, aBoolean, zoom, panels]) {
      expect(recall<unknown>('x', read)).toBeUndefined();
    }
  });

  test('text that is no JSON, cut or random', () => {
    const random = new Prng(7);
    for (let round = 0; round < 300; round++) {
      const bytes = String.fromCharCode(...random.bytes(random.below(40)));
      localStorage.setItem('lvstudio.x', random.chance(50) ? bytes : `{"left":${bytes}`);
      expect(recall<unknown>('x', panels)).toBeUndefined();
    }
  });

  test('the window starts with the theme of the first time', () => {
    Object.defineProperty(window, 'lvstudio', { value: new FakeBridge(lab), configurable: true });
    localStorage.setItem('lvstudio.theme', '"plaid"');
    start();
    expect(useStudio.getState().theme).toBe('system');
    useStudio.getState().setTheme('dark');
    start();
    expect(useStudio.getState().theme).toBe('dark');
  });
});

test('a browser that keeps nothing is no fault', () => {
  vi.stubGlobal('localStorage', {
    getItem: () => {
      throw new Error('denied');
    },
    setItem: () => {
      throw new Error('quota');
    },
    clear: () => undefined,
  });
  remember('theme', 'dark');
  expect(recall('theme', themes)).toBeUndefined();
});
