/** A conversion that was cut short: the window asks, and says how fast a copy goes. */
import { act } from 'react';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { JobState } from '../../core/contract/jobs.ts';
import { App } from '../../renderer/app/App.tsx';
import { copiesOf, mirrorKey, rateOf, sampled } from '../../renderer/state/copy-rates.ts';
import { paceWords } from '../../renderer/views/mirror-words.ts';
import { FakeBridge } from './support/bridge.ts';
import { convertingLab, leg, mirror } from './support/mirror-lab.ts';
import { byRole, clear, click, one, show } from './support/screen.tsx';

const job: JobState = {
  id: 1,
  kind: 'convert',
  title: 'Synchronize vg/mir',
  volume: 'vg/mir',
  done: 6 * 2 ** 20,
  total: 24 * 2 ** 20,
  phase: 'waiting',
  stays: 'the legs have to be the same',
  choices: {
    goOn: ['lvchange', '--poll', 'y', 'vg/mir'],
    takeBack: ['lvconvert', '-m', '1', 'vg/mir'],
  },
  startedMicros: 0,
};

let bridge: FakeBridge;
let seq = 0;
const notice = (): string => document.querySelector('.cut-short')?.textContent ?? '';
const tell = (jobs: readonly JobState[]): void => {
  act(() => {
    bridge.tell({ seq: ++seq, timeMicros: 0, body: { kind: 'jobs', jobs } });
  });
};

describe('the notice', () => {
  beforeEach(async () => {
    localStorage.clear();
    seq = convertingLab.seq;
    bridge = new FakeBridge(
      { ...convertingLab, jobs: [job] },
      { command: () => ({ status: 0, output: [] }) },
    );
    await show(<App />, bridge);
  });
  afterEach(clear);

  test('names the volume, how far it is, and the lines that answer', () => {
    expect(notice()).toContain('The conversion of vg/mir was cut short');
    expect(notice()).toContain('25 % of it is copied.');
    expect(notice()).toContain('lvchange --poll y vg/mir');
    expect(notice()).toContain('lvconvert -m 1 vg/mir');
    tell([{ ...job, done: 0 }]);
    expect(notice()).toContain('it begins anew');
  });

  test('of a merge says that nothing takes it back', () => {
    const goOn = ['lvchange', '--poll', 'y', 'vg/o'];
    tell([{ ...job, kind: 'merge', volume: 'vg/o', choices: { goOn } }]);
    expect(notice()).toContain('The merge into vg/o was cut short');
    expect(notice()).toContain('left as it is the volume reads the same');
    expect(notice()).toContain('Continue');
    expect(notice()).not.toContain('Take back');
  });

  test.each([
    ['Continue: vg/mir', ['lvchange', '--poll', 'y', 'vg/mir']],
    ['Take back: vg/mir', ['lvconvert', '-m', '1', 'vg/mir']],
  ])('%s runs its line, and is gone with the answer', async (name, words) => {
    await click(one('button', name));
    expect(bridge.calls('command')).toEqual([[words, {}]]);
    const { choices: _choices, ...answered } = job;
    tell([{ ...answered, phase: 'running' }]);
    expect(notice()).toBe('');
  });

  test('left alone it waits in the jobs, where it can be answered still', async () => {
    await click(one('button', 'Leave vg/mir as it is'));
    expect(notice()).toBe('');
    expect(bridge.calls('command')).toEqual([]);
    await click(one('tab', 'Jobs'));
    expect(document.querySelector('.jobs')?.textContent).toContain('held: 6.00 MiB of 24.00 MiB');
    await click(one('button', 'Continue: vg/mir'));
    expect(bridge.calls('command')).toEqual([[job.choices?.goOn, {}]]);
  });

  test('how it ended is told', async () => {
    const { choices: _choices, ...ended } = job;
    tell([{ ...ended, phase: 'cancelled', why: 'it was taken back', endedMicros: 1 }]);
    await click(one('tab', 'Jobs'));
    expect(document.querySelector('.jobs')?.textContent).toContain('it was taken back');
    expect(byRole('button', 'Continue: vg/mir')).toEqual([]);
  });
});

describe('how fast a mirror is copied', () => {
  const at = (inSync: number, changes = {}) =>
    mirror({ cells: 'c'.repeat(inSync) + 'n'.repeat(32 - inSync), ...changes });
  /** Of these, a second apart. */
  const rate = (...mirrors: readonly ReturnType<typeof at>[]) => {
    let samples = sampled(new Map(), [], 0);
    for (const [second, one] of mirrors.entries())
      samples = sampled(samples, copiesOf([one]), second * 1e6);
    const last = mirrors.at(-1) ?? at(0);
    return rateOf(samples, mirrorKey(last), (mirrors.length - 1) * 1e6);
  };

  test('comes from the last seconds', () => {
    expect(rate(at(0))).toBeUndefined();
    expect(rate(at(0), at(4), at(8))).toBe(4);
    expect(rate(...[0, 2, 4, 6, 8, 10, 18, 26].map((inSync) => at(inSync)))).toBe(4.4);
  });

  test('falls while nothing comes, and begins anew with another throttle or other data', () => {
    expect(rate(at(0), at(4), at(4), at(4))).toBeCloseTo(4 / 3);
    expect(rate(at(0), at(8), at(10, { limit: 2 }), at(12, { limit: 2 }))).toBe(2);
    expect(rate(at(20), at(24), at(2), at(5))).toBe(3);
    expect(rate(at(0, { waits: true }), at(0, { waits: true }), at(0), at(6))).toBe(6);
  });

  test.each([
    [at(32), undefined, ''],
    [at(8), undefined, ''],
    [at(8), 4, '4.0 regions a second; 6 s left'],
    [at(8, { limit: 4 }), 3.96, '4.0 regions a second, at most 4; 7 s left'],
    [at(8, { limit: 4 }), undefined, 'at most 4 regions a second'],
    [at(8, { limit: 0 }), 4, 'stopped by the throttle'],
    [at(8, { waits: true }), undefined, 'held: nothing is copied until it goes on'],
    [at(8, { held: 1, legs: [leg('253:1'), leg('253:2', { health: 'D' })] }), 4, ''],
    [at(8), 0.1, '0.1 regions a second; 4 min left'],
    [at(8), 0.002, '0.002 regions a second; 4 h left'],
  ])('in words', (one, perSecond, words) => {
    expect(paceWords(one, perSecond)).toBe(words);
  });
});
