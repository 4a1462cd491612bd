/** What is wrong is counted at the foot of the window and listed with what it is about. */
import { act } from 'react';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { App } from '../../renderer/app/App.tsx';
import { useStudio } from '../../renderer/state/store.ts';
import { FakeBridge } from './support/bridge.ts';
import { disk, lab, vg } from './support/lab.ts';
import { byRole, clear, click, one, show } from './support/screen.tsx';

const stray = 'WARNING: PV /dev/sdc is marked in use but no VG was found using it.';
const lost = 'WARNING: VG vg is missing PV bbbb-bb.';
const odd = {
  ...lab,
  disks: [...lab.disks, disk('c', 32), { ...disk('d', 48), problem: 'its image is gone' }],
  problems: [{ device: '/dev/sdc', sentence: stray }],
  vgs: [{ ...vg, problems: [lost] }],
};

let bridge: FakeBridge;
beforeEach(async () => {
  localStorage.clear();
  bridge = new FakeBridge(odd);
  await show(<App />, bridge);
});
afterEach(clear);

const listed = (): readonly string[] =>
  [...document.querySelectorAll('.problems li')].map((item) =>
    [...item.children].map((part) => part.textContent).join(': '),
  );

test('the count leads to the list, and the list to the objects', async () => {
  await click(one('button', '3 problems'));
  expect(listed()).toEqual([`/dev/sdd: its image is gone`, `vg: ${lost}`, `/dev/sdc: ${stray}`]);
  await click(one('button', '/dev/sdc'));
  expect(useStudio.getState().selected).toEqual({ kind: 'disk', id: '/dev/sdc' });
});

test('a problem that is over is gone', async () => {
  await click(one('button', '3 problems'));
  act(() => {
    bridge.tell({ seq: odd.seq + 1, timeMicros: 0, body: { kind: 'problems', problems: [] } });
  });
  expect(byRole('button').some((button) => button.textContent === '2 problems')).toBe(true);
  expect(listed()).toHaveLength(2);
});
