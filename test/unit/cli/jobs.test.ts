/** Jobs of every kind: what is listed of them, which can be cancelled, and how they are ended. */
import { expect, test } from 'vitest';
import { err, ok } from '../../../core/base/result.ts';
import { job as command } from '../../../core/cli/studio/job.ts';
import { Jobs, type JobWish } from '../../../core/engine/jobs.ts';
import type { CommandEngine } from '../../../core/engine/types.ts';
import { SimScheduler } from '../../../core/env/sim-scheduler.ts';
import { turn } from '../../support/sim.ts';

const STAYS = 'the monitor repairs the mirror';

const untilStopped: JobWish['work'] = (control) => control.stopped.then(() => err('stopped'));

const convert: JobWish = {
  kind: 'convert',
  title: 'Synchronise vg/home',
  volume: 'vg/home',
  total: 4096,
  stays: 'the mirror is made the same as long as it is active',
  work: untilStopped,
};
const repair: JobWish = {
  kind: 'repair',
  title: 'Repair vg/home',
  volume: 'vg/home',
  total: 0,
  stays: STAYS,
  work: (control) => control.stopped.then(() => ok()),
};
const extract: JobWish = {
  kind: 'extract',
  title: 'Extract vg/home to /x',
  volume: 'vg/home',
  file: '/x',
  total: 1000,
  work: untilStopped,
};

function open() {
  const jobs = new Jobs(new SimScheduler(turn), () => undefined);
  const engine = { jobs } as unknown as CommandEngine;
  const run = async (...args: string[]): Promise<readonly [number, string]> => {
    const { status, output } = await command.run(args, engine, {});
    return [status, output.map(({ text }) => text.trim()).join('\n')];
  };
  return { jobs, run };
}

test('each is listed with how far it is, and why it cannot be cancelled', async () => {
  const { jobs, run } = open();
  for (const wish of [extract, convert, repair]) jobs.start(wish);
  expect(jobs.states.map(({ kind }) => kind)).toEqual(['extract', 'convert', 'repair']);
  expect(await run('list')).toEqual([
    0,
    [
      '1 Extract vg/home to /x (0 %)',
      `2 Synchronise vg/home (0 %; cannot be cancelled: ${convert.stays})`,
      `3 Repair vg/home (running; cannot be cancelled: ${STAYS})`,
    ].join('\n'),
  ]);
  await jobs.close();
  expect(jobs.states.map(({ phase }) => phase)).toEqual(['cancelled', 'cancelled', 'done']);
});

test('one that stays is not cancelled by hand; others are', async () => {
  const { jobs, run } = open();
  jobs.start(convert);
  jobs.start(extract);
  expect(await run('cancel', '1')).toEqual([
    5,
    `Job 1 cannot be cancelled: Synchronise vg/home: ${convert.stays}.`,
  ]);
  expect(await run('cancel', '2')).toEqual([0, 'Job 2 cancelled: Extract vg/home to /x']);
  expect(jobs.states.map(({ phase }) => phase)).toEqual(['running', 'cancelled']);
  await jobs.close();
});

test('a conversion may fall back: what it has reached is said, not what it did', async () => {
  const { jobs, run } = open();
  const { ended } = jobs.start({
    ...convert,
    work: async (control) => {
      control.reach(3072);
      expect((await run())[1]).toContain('(75 %;');
      control.reach(1024);
      expect((await run())[1]).toContain('(25 %;');
      return ok();
    },
  });
  expect(await ended).toMatchObject({ kind: 'convert', done: 1024, phase: 'done' });
});
