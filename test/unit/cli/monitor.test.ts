/** The monitor on mirrors whose disks fail: what it says, what it runs, and when it keeps quiet. */
import { describe, expect, test } from 'vitest';
import { sectors } from '../../../core/base/units.ts';
import { RamDisk } from '../../../core/block/ram-disk.ts';
import { BreakableDevice, FaultSet } from '../../../core/block/wrap/breakable.ts';
import type { CommandResult } from '../../../core/contract/api.ts';
import type { DiskFault } from '../../../core/contract/faults.ts';
import type { JobState } from '../../../core/contract/jobs.ts';
import { DeviceMapper } from '../../../core/dm/device-mapper.ts';
import type { OpenDevice } from '../../../core/dm/open-device.ts';
import { Jobs } from '../../../core/engine/jobs.ts';
import { Monitor } from '../../../core/engine/monitor.ts';
import { sleep } from '../../../core/env/scheduler.ts';
import { must } from '../../support/results.ts';
import { at, stamped } from '../../support/sectors.ts';
import { simulated, type Sim } from '../../support/sim.ts';

const UUID = 'LVM-aaaaaabbbbccccddddeeeeffffffgggggg';
const CORE = '0 256 mirror core 2 16 nosync 2 8:0 0 8:16 0 1 handle_errors';
const DISK = '0 256 mirror disk 3 8:32 16 nosync 2 8:0 0 8:16 0 1 handle_errors';
const DONE: CommandResult = { status: 0, output: [] };
const WRITES: DiskFault = { kind: 'errors', on: 'writes' };

/** Three disks; the third is for logs. */
class World {
  readonly faults = [new FaultSet(), new FaultSet(), new FaultSet()];
  readonly said: string[] = [];
  readonly ran: string[] = [];
  readonly jobs: Jobs;
  readonly dm: DeviceMapper;
  readonly monitor: Monitor;
  states: readonly JobState[] = [];
  /** What comes of a repair. */
  repair: () => Promise<CommandResult> = () => Promise.resolve(DONE);
  watches = true;
  turn: Promise<unknown> = Promise.resolve();

  constructor(readonly sim: Sim) {
    const { scheduler } = sim;
    this.dm = new DeviceMapper((change) => this.monitor.changed(change), { scheduler });
    for (const [index, set] of this.faults.entries()) {
      const ram = new RamDisk(`sd${'abc'.charAt(index)}`, sectors(1024));
      const disk = new BreakableDevice(ram, set, scheduler);
      this.dm.attachDisk(`/dev/${ram.name}`, `8:${16 * index}`, disk);
    }
    this.jobs = new Jobs(scheduler, (states) => (this.states = states));
    this.monitor = new Monitor({
      dm: this.dm,
      inTurn: (work) => {
        const next = this.turn.then(work);
        this.turn = next;
        return next;
      },
      jobs: this.jobs,
      publish: (body) => {
        if (body.kind === 'monitor') this.said.push(`${body.device}: ${body.message}`);
      },
    });
    const run = (argv: readonly string[]): Promise<CommandResult> => {
      this.ran.push(argv.join(' '));
      return this.repair();
    };
    this.monitor.connect(run, () => this.watches);
  }

  async mirror(table = CORE, name = 'vg-mir', uuid = UUID): Promise<OpenDevice> {
    must(this.dm.create(name, uuid));
    await this.swap(table, name);
    return must(this.dm.open(name));
  }

  async swap(table: string, name = 'vg-mir'): Promise<void> {
    must(this.dm.load(name, [table]));
    must(await this.dm.suspend(name, { inFlight: 'hold', freeze: false }));
    must(await this.dm.resume(name));
  }

  /** The repair leaves what is left of the mirror. */
  repairsTo(table: string): void {
    this.repair = async () => {
      await this.swap(table);
      return DONE;
    };
  }

  async quiet(): Promise<void> {
    await sleep(this.sim.scheduler, 2e6, 'a while');
    await this.monitor.idle();
  }
}

const inWorld = (body: (world: World) => Promise<void>): Promise<void> =>
  simulated(1, (sim) => body(new World(sim)));

const write = (device: OpenDevice, start = 0) =>
  device.submit({ op: 'write', start: at(start), data: stamped(9, 1) });
const REPAIR = 'lvconvert --repair --use-policies vg/mir';

describe('a failure that lasts', () => {
  test('of a leg is repaired by the command, and the write that met it goes on', () =>
    inWorld(async (world) => {
      const device = await world.mirror();
      world.repairsTo('0 256 linear 8:0 0');
      await world.faults[1]?.set([WRITES]);
      expect((await write(device)).ok).toBe(true);
      await world.quiet();
      expect(world.ran).toEqual([REPAIR]);
      expect(world.said).toEqual([
        'vg-mir: Secondary mirror device 8:16 has failed (D).',
        'vg-mir: Device failure in vg-mir.',
        'vg-mir: Repair of mirrored device vg-mir finished successfully.',
      ]);
      expect(world.states).toMatchObject([
        { kind: 'repair', title: 'Repair vg/mir', volume: 'vg/mir', phase: 'done', total: 0 },
      ]);
    }));

  test('of the primary, and of the log', () =>
    inWorld(async (world) => {
      const device = await world.mirror(DISK);
      world.repairsTo(CORE);
      await world.faults[2]?.set([{ kind: 'gone' }]);
      expect((await write(device)).ok).toBe(true);
      await world.quiet();
      expect(world.said[0]).toBe('vg-mir: Log device 8:32 has failed (D).');
      world.repairsTo('0 256 linear 8:16 0');
      await world.faults[0]?.set([{ kind: 'gone' }]);
      expect((await write(device, 100)).ok).toBe(true);
      await world.quiet();
      expect(world.said).toContain('vg-mir: Primary mirror device 8:0 has failed (D).');
      expect(world.ran).toEqual([REPAIR, REPAIR]);
    }));

  test('that could not be repaired is not tried again and again, until something changes', () =>
    inWorld(async (world) => {
      const device = await world.mirror();
      const text = '  Insufficient free space.';
      world.repair = () => Promise.resolve({ status: 5, output: [{ stream: 'stderr', text }] });
      await world.faults[1]?.set([WRITES]);
      void write(device);
      await world.quiet();
      expect(world.said.slice(-2)).toEqual([
        'vg-mir: Repair of mirrored device vg-mir failed.',
        'vg-mir: Failed to remove faulty devices in vg-mir.',
      ]);
      expect(world.states).toMatchObject([{ phase: 'failed', why: 'Insufficient free space' }]);
      world.monitor.changed({ kind: 'event', name: 'vg-mir' });
      await world.quiet();
      expect(world.ran).toHaveLength(1);
      await world.swap(CORE);
      void write(device, 32);
      await world.quiet();
      expect(world.ran).toHaveLength(2);
      await world.faults[1]?.set([]);
      await world.swap('0 256 linear 8:0 0');
    }));
});

test('a disk that fails once and is mended is repaired once for each time', () =>
  inWorld(async (world) => {
    const device = await world.mirror();
    world.repair = async () => {
      await world.faults[1]?.set([]);
      await world.swap(CORE);
      return DONE;
    };
    await world.faults[1]?.set([WRITES]);
    expect((await write(device)).ok).toBe(true);
    await world.quiet();
    expect((await write(device, 64)).ok).toBe(true);
    await world.quiet();
    expect(world.ran).toEqual([REPAIR]);
    expect(world.dm.state('vg-mir')?.live?.[0]?.status).toMatch(/ 1 AA 1 core$/);
    await world.faults[1]?.set([WRITES]);
    expect((await write(device, 128)).ok).toBe(true);
    await world.quiet();
    expect(world.ran).toEqual([REPAIR, REPAIR]);
  }));

test('a read that found another leg is told, and nothing is run', () =>
  inWorld(async (world) => {
    const device = await world.mirror();
    await world.faults[0]?.set([{ kind: 'errors', on: 'reads' }]);
    const data = new Uint8Array(512);
    for (let start = 0; start < 8; start++) {
      expect((await device.submit({ op: 'read', start: at(start), data })).ok).toBe(true);
    }
    await world.quiet();
    expect(world.said).toEqual(['vg-mir: Primary mirror device 8:0 read failed.']);
    expect(world.ran).toEqual([]);
  }));

test('a mirror that has become the same everywhere is said to be in sync', () =>
  inWorld(async (world) => {
    await world.mirror('0 256 mirror core 1 16 2 8:0 0 8:16 0 1 handle_errors');
    await world.quiet();
    expect(world.said).toEqual(['vg-mir: vg-mir is now in-sync.']);
    expect(world.ran).toEqual([]);
  }));

describe('what is watched', () => {
  const LINEAR = '0 256 linear 8:0 0';
  test.each<[string, string, string, string, boolean]>([
    ['a mirror of LVM', 'vg-mir', UUID, CORE, true],
    ['its log that is a mirror', 'vg-mir_mlog', UUID, CORE, true],
    ['a linear volume', 'vg-lin', UUID, LINEAR, false],
    ['a mirror made by hand', 'mir', '', CORE, false],
    ['a move', 'vg-pvmove0', UUID, CORE, false],
  ])('%s', (_, name, uuid, table, watched) =>
    inWorld(async (world) => {
      await world.mirror(table, name, uuid);
      expect(world.monitor.monitored).toEqual(new Set(watched ? [uuid] : []));
    }),
  );

  test('parts are repaired with their volume', () =>
    inWorld(async (world) => {
      for (const part of ['mir_mlog', 'mir_mimagetmp_2', 'a--b']) {
        const device = await world.mirror(CORE, `vg-${part}`, `${UUID}${part}`);
        await world.faults[1]?.set([WRITES]);
        void write(device);
        await world.quiet();
        await world.faults[1]?.set([]);
        await world.swap(LINEAR, `vg-${part}`);
        device.close();
        must(await world.dm.retire(`vg-${part}`));
      }
      expect(world.ran).toEqual([REPAIR, REPAIR, REPAIR.replace('mir', 'a-b')]);
    }));

  test('not while it is unmonitored, nor by a monitor that nobody has connected', () =>
    inWorld(async (world) => {
      const device = await world.mirror();
      world.monitor.watch([UUID], false);
      expect(world.monitor.monitored).toEqual(new Set());
      await world.faults[1]?.set([WRITES]);
      void write(device);
      await world.quiet();
      expect([world.said, world.ran]).toEqual([[], []]);
      world.monitor.watch([UUID], true);
      expect(world.monitor.monitored).toEqual(new Set([UUID]));
      world.watches = false;
      await world.mirror(CORE, 'vg-other', `${UUID}other`);
      expect(world.monitor.monitored).toEqual(new Set([UUID]));
      await world.swap(LINEAR);
      const other = new Monitor({ ...hostOf(world) });
      expect(other.monitored).toBeUndefined();
    }));

  test('what was said of a volume is forgotten with its device', () =>
    inWorld(async (world) => {
      const device = await world.mirror();
      world.monitor.watch([UUID], false);
      must(world.dm.rename('vg-mir', 'vg-other'));
      expect(world.monitor.monitored).toEqual(new Set());
      device.close();
      must(await world.dm.retire('vg-other'));
      await world.mirror();
      expect(world.monitor.monitored).toEqual(new Set([UUID]));
    }));

  test('a device that is suspended, or gone, by the time it is looked at', () =>
    inWorld(async (world) => {
      const device = await world.mirror();
      world.turn = sleep(world.sim.scheduler, 5000, 'another operation');
      await world.faults[1]?.set([WRITES]);
      const written = write(device);
      await sleep(world.sim.scheduler, 1000, 'the event');
      must(await world.dm.suspend('vg-mir', { inFlight: 'hold', freeze: false }));
      await sleep(world.sim.scheduler, 9000, 'the operation has ended');
      expect(world.ran).toEqual([]);
      world.repairsTo(LINEAR);
      must(await world.dm.resume('vg-mir'));
      expect((await written).ok).toBe(true);
      await world.quiet();
      expect(world.ran).toEqual([REPAIR]);
    }));
});

function hostOf(world: World) {
  return {
    dm: world.dm,
    inTurn: <T>(work: () => Promise<T>) => work(),
    jobs: world.jobs,
    publish: () => undefined,
  };
}

test('closing waits for a repair that has begun, and for one that is due', () =>
  inWorld(async (world) => {
    const device = await world.mirror();
    let repaired = false;
    world.repair = async () => {
      await sleep(world.sim.scheduler, 3e6, 'a repair');
      await world.swap('0 256 linear 8:0 0');
      repaired = true;
      return DONE;
    };
    await world.faults[1]?.set([WRITES]);
    expect((await write(device)).ok).toBe(true);
    await world.monitor.close();
    await world.jobs.close();
    expect([repaired, world.ran.length]).toEqual([true, 1]);
    expect(world.states).toMatchObject([{ phase: 'done' }]);
    world.monitor.changed({ kind: 'event', name: 'vg-mir' });
    await world.quiet();
    expect(world.ran).toHaveLength(1);
  }));
