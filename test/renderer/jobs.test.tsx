/** Jobs on screen: how far they are, how they are cancelled, and how they ended. */
import { act } from 'react';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { JobState } from '../../core/contract/jobs.ts';
import { App } from '../../renderer/app/App.tsx';
import { useStudio } from '../../renderer/state/store.ts';
import { FakeBridge } from './support/bridge.ts';
import { lab } from './support/lab.ts';
import { byRole, clear, click, one, show } from './support/screen.tsx';

const MIB = 2 ** 20;
const job: JobState = {
  id: 3,
  kind: 'extract',
  title: 'Extract vg/home to /tmp/home.img',
  volume: 'vg/home',
  file: '/tmp/home.img',
  done: 12 * MIB,
  total: 64 * MIB,
  phase: 'running',
  startedMicros: 1_000_000,
};

let bridge: FakeBridge;
beforeEach(async () => {
  localStorage.clear();
  bridge = new FakeBridge(
    { ...lab, jobs: [job] },
    { command: () => ({ status: 0, output: [{ stream: 'stdout', text: '  Job 3 cancelled' }] }) },
  );
  await show(<App />, bridge);
  await click(one('tab', 'Jobs'));
});
afterEach(clear);

let seq = lab.seq;
const tell = (jobs: readonly JobState[]): void => {
  act(() => {
    bridge.tell({ seq: ++seq, timeMicros: 0, body: { kind: 'jobs', jobs } });
  });
};
const text = (): string => document.querySelector('.jobs')?.textContent ?? '';

test('a bar says how far it is, in words as well', () => {
  const bar = one('progressbar', job.title);
  expect(bar.getAttribute('aria-valuetext')).toBe('12.00 MiB of 64.00 MiB, 18 %');
  expect(text()).toContain('12.00 MiB of 64.00 MiB, 18 %');
});

test('it follows the engine, and leaves the event log alone', () => {
  seq = lab.seq;
  const logged = useStudio.getState().events.length;
  tell([{ ...job, done: 32 * MIB }]);
  expect(one('progressbar', job.title).getAttribute('aria-valuetext')).toContain('50 %');
  tell([{ ...job, done: 64 * MIB, phase: 'done', endedMicros: 3_500_000 }]);
  expect(byRole('progressbar')).toEqual([]);
  expect(text()).toContain('done: 64.00 MiB in 2.5 s');
  expect(useStudio.getState().events).toHaveLength(logged);
});

test('Cancel sends the command line that a person would type', async () => {
  await click(one('button', `Cancel: ${job.title}`));
  expect(bridge.calls('command')).toEqual([[['job', 'cancel', '3'], {}]]);
});

test.each([
  [{ phase: 'failed', why: 'the file: no space left on device' }, 'failed: the file: no space'],
  [{ phase: 'cancelled' }, 'cancelled; nothing is left of it'],
] as const)('how it ended: %j', (end, words) => {
  seq = lab.seq;
  tell([{ ...job, ...end, endedMicros: 2_000_000 }]);
  expect(text()).toContain(words);
});

test('a conversion and a repair cannot be cancelled, and say why', () => {
  seq = lab.seq;
  const common = { id: 4, volume: 'vg/home', phase: 'running', startedMicros: 0 } as const;
  const convert = { ...common, kind: 'convert', title: 'Synchronise vg/home' } as const;
  tell([{ ...convert, done: MIB, total: 4 * MIB, stays: 'it belongs to the mirror' }]);
  expect(text()).toContain('25 %; it cannot be cancelled: it belongs to the mirror');
  expect(byRole('button').filter((button) => button.closest('.jobs'))).toEqual([]);
  const repair = { ...common, kind: 'repair', title: 'Repair vg/home', done: 0, total: 0 } as const;
  tell([{ ...repair, stays: 'so' }]);
  expect(one('progressbar', 'Repair vg/home').getAttribute('aria-valuenow')).toBeNull();
  expect(text()).toContain('running; it cannot be cancelled: so');
  tell([{ ...repair, phase: 'done', endedMicros: 1_500_000 }]);
  expect(text()).toContain('done in 1.5 s');
});

test('while it is being cancelled it cannot be cancelled again; without one, how to begin', () => {
  seq = lab.seq;
  tell([{ ...job, phase: 'cancelling' }]);
  const button = one('button', `Cancel: ${job.title}`) as HTMLButtonElement;
  expect([button.disabled, text()]).toEqual([true, expect.stringContaining('being cancelled')]);
  tell([]);
  expect(document.body.textContent).toContain('“Extract volume”');
});
