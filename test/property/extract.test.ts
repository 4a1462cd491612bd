/** Volumes of any content and layout, extracted: the file is the volume, and holes stay holes. */
import { expect, test } from 'vitest';
import { ok } from '../../core/base/result.ts';
import { SECTOR, sectors } from '../../core/base/units.ts';
import { RamDisk } from '../../core/block/ram-disk.ts';
import { BadSectorDevice } from '../../core/block/wrap/bad-sectors.ts';
import { FaultPlan, FaultyDevice, type FaultRule } from '../../core/block/wrap/fault.ts';
import type { JobState } from '../../core/contract/jobs.ts';
import type { OpenDevice } from '../../core/dm/open-device.ts';
import { startExtract, type NewFile } from '../../core/engine/extract.ts';
import { Jobs } from '../../core/engine/jobs.ts';
import { Prng } from '../../core/env/prng.ts';
import { DmWorld } from '../support/dm.ts';
import { write, zero } from '../support/sectors.ts';
import { simulated, type Sim } from '../support/sim.ts';

const MIB = 2 ** 20;

interface Run {
  readonly job: JobState;
  readonly told: readonly (readonly JobState[])[];
  readonly fate: readonly string[];
}

/** @param faults of the file */
async function extract(
  sim: Sim,
  device: OpenDevice,
  into: RamDisk,
  faults?: FaultRule,
): Promise<Run> {
  const [told, fate]: [(readonly JobState[])[], string[]] = [[], []];
  const jobs = new Jobs(sim.scheduler, (states) => told.push(states));
  const file: NewFile = {
    device: new FaultyDevice(into, new FaultPlan(faults ?? { nth: Infinity })),
    keep: () => Promise.resolve(void fate.push('kept')),
    drop: () => Promise.resolve(void fate.push('dropped')),
  };
  const started = await startExtract(
    { target: { vg: 'vg', lv: 'home' }, file: '/x', force: false },
    {
      jobs,
      files: { create: () => Promise.resolve(ok(file)) },
      openVolume: () => Promise.resolve(ok({ device, volume: 'vg/home' })),
    },
  );
  if (!started.ok) throw new Error(started.error.code);
  return { job: await started.value.ended, told, fate };
}

test('40 random volumes come out as they are', () =>
  simulated(1, async (sim) => {
    const random = new Prng(3);
    let [kept, all] = [0, 0];
    for (let round = 0; round < 40; round++) {
      const world = new DmWorld();
      for (const name of ['sda', 'sdb']) world.disk(new RamDisk(name, sectors(20_000)));
      const size = random.pick([1, 127, 128, 129, 2048, 6000, 12_345]);
      const chunk = random.pick([8, 128]);
      const striped = size % (2 * chunk) === 0;
      const table = striped ? `striped 2 ${chunk} 8:0 9 8:16 0` : 'linear 8:0 7';
      const volume = await world.device('vol', [`0 ${size} ${table}`]);
      for (let stamp = random.below(9); stamp > 0; stamp--) {
        const start = random.below(size);
        const count = 1 + random.below(Math.min(size - start, 900));
        if (random.chance(30)) await zero(volume, start, count);
        else await write(volume, start, random.chance(20) ? 0 : stamp, count);
      }
      const into = new RamDisk('file', sectors(size));
      const { job, fate } = await extract(sim, volume, into);
      expect([job.phase, job.done, fate]).toEqual(['done', size * SECTOR, ['kept']]);
      const [was, is] = [new Uint8Array(size * SECTOR), new Uint8Array(size * SECTOR)];
      const again = world.dm.open('vol');
      if (again.ok) await again.value.submit({ op: 'read', start: sectors(0), data: was });
      await into.submit({ op: 'read', start: sectors(0), data: is });
      expect(Buffer.from(is).equals(Buffer.from(was))).toBe(true);
      kept += into.store.allocated;
      all += size * SECTOR;
    }
    expect(kept).toBeLessThan(all * 0.8);
  }));

test('a blank volume of 4 EiB takes no time, and what is in its last sector is found', () =>
  simulated(2, async (sim) => {
    const world = new DmWorld();
    const size = sectors(2 ** 52);
    world.disk(new RamDisk('sda', size));
    const volume = await world.device('vol', [`0 ${size} linear 8:0 0`]);
    await write(volume, size - 1, 7);
    const into = new RamDisk('file', size);
    expect((await extract(sim, volume, into)).job.phase).toBe('done');
    expect(into.store.allocated).toBe(65_536);
  }));

test.each<[string, FaultRule]>([
  ['once', { nth: 1, ops: ['write'] }],
  ['always', { ops: ['write'] }],
])('a file that fails %s is dropped, and said to be', (_, faults) =>
  simulated(4, async (sim) => {
    const world = new DmWorld();
    world.disk(new RamDisk('sda', sectors(20_000)));
    const volume = await world.device('vol', ['0 20000 linear 8:0 0']);
    await write(volume, 0, 7, 20_000);
    const { job, fate } = await extract(sim, volume, new RamDisk('file', sectors(20_000)), faults);
    expect(job).toMatchObject({ phase: 'failed', why: 'the file: injected fault' });
    expect(fate).toEqual(['dropped']);
  }),
);

test.each([
  // Several are read at once: those behind the one that fails may be copied by then.
  [0, 0],
  [1, 0],
  [2047, 0],
  [2048, MIB],
  [10_000, 4 * MIB],
  [19_999, 9 * MIB],
])('from sector %i on it cannot be read: that is said, and the file is dropped', (bad, copied) =>
  simulated(5, async (sim) => {
    const world = new DmWorld();
    world.disk(new RamDisk('sda', sectors(20_000)));
    const good = bad === 0 ? [] : [`0 ${bad} linear 8:0 0`];
    const volume = await world.device('vol', [...good, `${bad} ${20_000 - bad} error`]);
    if (bad > 0) await write(volume, 0, 7, bad);
    const { job, fate } = await extract(sim, volume, new RamDisk('file', sectors(20_000)));
    const why = `the volume cannot be read at byte ${bad * SECTOR} (error target)`;
    expect(job).toMatchObject({
      phase: 'failed',
      why: `${why}; ${copied} of its 10240000 bytes were copied before`,
    });
    expect(fate).toEqual(['dropped']);
  }),
);

test('of bad sectors the first is told', () =>
  simulated(7, async (sim) => {
    const world = new DmWorld();
    const runs = [5000, 3001, 3003, 15_000].map((start) => ({
      start: sectors(start),
      count: sectors(1),
      onWrite: 'fail' as const,
    }));
    world.disk(new BadSectorDevice(new RamDisk('sda', sectors(20_000)), runs));
    const volume = await world.device('vol', ['0 20000 linear 8:0 0']);
    const { job } = await extract(sim, volume, new RamDisk('file', sectors(20_000)));
    expect(job.why).toContain(`at byte ${3001 * SECTOR} (sector 3001 is bad); `);
  }));

test('progress is told four times a second, and those that ended are kept for a while', () =>
  simulated(6, async (sim) => {
    const told: (readonly JobState[])[] = [];
    const jobs = new Jobs(sim.scheduler, (states) => told.push(states));
    const wish = { kind: 'extract', volume: 'vg/home', file: '/x', total: 100 } as const;
    const { ended } = jobs.start({
      ...wish,
      title: 'slow',
      work: async (control) => {
        for (let step = 0; step < 100; step++) {
          control.advance(1);
          await new Promise<void>((resolve) => sim.scheduler.after(20_000, 'work', resolve));
        }
        return ok();
      },
    });
    expect(await ended).toMatchObject({ phase: 'done', done: 100, endedMicros: 2_000_000 });
    expect(told.length).toBeGreaterThanOrEqual(8);
    expect(told.length).toBeLessThanOrEqual(11);
    for (let count = 0; count < 30; count++) {
      await jobs.start({ ...wish, title: `${count}`, work: () => Promise.resolve(ok()) }).ended;
    }
    expect(jobs.states.map(({ title }) => title)).toEqual(
      Array.from({ length: 20 }, (_, index) => `${index + 10}`),
    );
  }));
