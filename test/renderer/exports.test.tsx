/** Exports on screen: the address, who is there, how to use it, and how it ends. */
import { act } from 'react';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ExportState } from '../../core/contract/exports.ts';
import { App } from '../../renderer/app/App.tsx';
import { useStudio } from '../../renderer/state/store.ts';
import { FakeBridge } from './support/bridge.ts';
import { lab, vg } from './support/lab.ts';
import { byRole, clear, click, one, show } from './support/screen.tsx';

const [home] = vg.lvs;
const counts = { readRequests: 1200, writeRequests: 3, read: 4_915_200, written: 512 };
const exported: ExportState = {
  volume: 'vg/home',
  ...(home && { lvId: home.id }),
  size: vg.extentSize,
  readOnly: false,
  place: { kind: 'unix', path: '/labs/sample/vg-home.nbd' },
  uri: 'nbd+unix:///vg/home?socket=/labs/sample/vg-home.nbd',
  clients: [{ id: 7, name: '#7', sinceMicros: 0, ...counts }],
  uses: [{ what: 'See what it offers', lines: ['nbdinfo nbd+unix:///vg/home'] }],
};

let bridge: FakeBridge;
beforeEach(async () => {
  localStorage.clear();
  bridge = new FakeBridge({ ...lab, exports: [exported] });
  await show(<App />, bridge);
  await click(one('tab', 'Exports'));
});
afterEach(clear);

const tell = (exports: readonly ExportState[]): void => {
  act(() => {
    bridge.tell({ seq: lab.seq + 1, timeMicros: 0, body: { kind: 'exports', exports } });
  });
};
const cells = (): readonly string[] =>
  [...document.querySelectorAll('.exports td')].map((cell) => cell.textContent);
const text = (): string => document.querySelector('.exports')?.textContent ?? '';

test('an export shows its address, its programs and the commands that use it', () => {
  expect(text()).toContain(exported.uri);
  expect(text()).toContain('WRITABLE');
  expect(cells()).toEqual(['7', '#7', '1,200', '4.69 MiB', '3', '512 B']);
  expect(text()).toContain('nbdinfo nbd+unix:///vg/home');
});

test('counters follow the engine, and leave the event log alone', () => {
  const logged = useStudio.getState().events.length;
  tell([{ ...exported, clients: [] }]);
  expect(text()).toContain('No program is connected.');
  expect(useStudio.getState().events).toHaveLength(logged);
  tell([]);
});

test('it is ended by the action on its volume', async () => {
  await click(one('button', 'End export…'));
  const { selected, action } = useStudio.getState();
  expect([selected, action]).toEqual([{ kind: 'lv', id: 'vg/home' }, 'end-export']);
});

test('without one it is said how to begin', () => {
  tell([]);
  expect(document.querySelector('[role="tabpanel"] .empty')).toBeDefined();
  expect(byRole('button').some(({ textContent }) => textContent === 'End export…')).toBe(false);
});

test('a window whose volumes are in use, or that has jobs, asks before it is closed', () => {
  const asks = (): boolean => {
    const leaving = new Event('beforeunload', { cancelable: true });
    window.dispatchEvent(leaving);
    return leaving.defaultPrevented;
  };
  expect(asks()).toBe(true);
  tell([{ ...exported, clients: [] }]);
  expect(asks()).toBe(false);
});
