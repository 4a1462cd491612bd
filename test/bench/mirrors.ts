/** Mirrors against the same work on the raw files: copying, writing, and what marking costs. */
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { must } from '../../core/base/assert.ts';
import { sectors } from '../../core/base/units.ts';
import type { IoResult } from '../../core/block/device.ts';
import { DeviceMapper } from '../../core/dm/device-mapper.ts';
import type { OpenDevice } from '../../core/dm/open-device.ts';
import { openFileDisk, type FileDisk } from '../../core/host/file-disk.ts';
import { NodeScheduler } from '../../core/host/node-scheduler.ts';
import { inTurns, median, millis, type Row } from './measure.ts';

const MIB = 2 ** 20;
/** Bytes of a leg. */
const SIZE = 256 * MIB;
const LENGTH = SIZE / 512;
/** LVM's default: 2 MiB. */
const REGION = 4096;
const ROUNDS = 7;

/** Requests at a time where there are many. */
const DEPTH = 16;
/** Of a log of 128 regions: a header of two sectors and its bits. */
const LOG_BYTES = 1536;
const BLOCK = 4096;

/**
 * Microseconds of a turn in regions that are clean. `flushed`: to both raw files, once a third one
 * was written and flushed: the least that a mark on disk can cost.
 */
export type Marking = Readonly<Record<'core' | 'disk' | 'raw' | 'flushed', number>>;

/** Writes at a sector. */
type One = (data: Uint8Array, start: number) => Promise<unknown>;

interface Turn {
  /** That it writes, none of them written before. */
  readonly regions: number;
  readonly write: (one: One, first: number) => Promise<unknown>;
}

/** Regions far from one another. */
const placeOf = (index: number): number => ((index * 48_271) % (LENGTH / REGION)) * REGION;
const SMALL = Array.from({ length: DEPTH }, () => new Uint8Array(BLOCK));
const LARGE = new Uint8Array(MIB).fill(3);

const TURNS = {
  alone: {
    regions: 1,
    write: (one: One, first: number) => one(must(SMALL[0], 'a block'), placeOf(first)),
  },
  together: {
    regions: DEPTH,
    write: (one: One, first: number) =>
      Promise.all(SMALL.map((data, at) => one(data, placeOf(first + at)))),
  },
  /** A whole region, 1 MiB at a time, one after the other. */
  stream: {
    regions: 1,
    write: async (one: One, first: number) => {
      for (let at = 0; at < REGION; at += MIB / 512) await one(LARGE, first * REGION + at);
    },
  },
} as const;

export interface MirrorBench {
  readonly rows: readonly Row[];
  /** By what is written in a turn. */
  readonly marking: Readonly<Record<keyof typeof TURNS, Marking>>;
}

interface Bench {
  readonly dm: DeviceMapper;
  readonly scheduler: NodeScheduler;
  readonly disks: readonly FileDisk[];
  readonly raw: readonly FileHandle[];
}

export async function mirrors(directory: string): Promise<MirrorBench> {
  const bench = await prepare(directory);
  const rows = [await copying(bench)];
  for (const log of [CORE, DISK]) {
    await load(bench, log.args);
    rows.push(await writing(bench, log.name));
    for (const op of ['read', 'write'] as const) rows.push(await scattered(bench, log.name, op));
  }
  const marking = {
    alone: await marksOf(bench, TURNS.alone),
    together: await marksOf(bench, TURNS.together),
    stream: await marksOf(bench, TURNS.stream),
  };
  bench.scheduler.stop();
  for (const disk of bench.disks) await disk.close();
  for (const file of bench.raw) await file.close();
  return { rows, marking };
}

/** Two legs and a log, with their blocks. */
async function prepare(directory: string): Promise<Bench> {
  const scheduler = new NodeScheduler();
  const dm = new DeviceMapper(() => undefined, { scheduler });
  const disks: FileDisk[] = [];
  const raw: FileHandle[] = [];
  for (const [index, name] of ['leg0', 'leg1', 'log'].entries()) {
    const path = join(directory, `${name}.img`);
    const file = await open(path, 'w+');
    const bytes = name === 'log' ? 4 * MIB : SIZE;
    for (let at = 0; at < bytes; at += MIB)
      await file.write(new Uint8Array(MIB).fill(1), 0, MIB, at);
    await file.sync();
    raw.push(file);
    const disk = await openFileDisk({ path, name, mode: 'live' });
    if (!disk.ok) throw new Error(disk.error.why);
    disks.push(disk.value);
    dm.attachDisk(`/dev/${name}`, `8:${16 * index}`, disk.value);
  }
  dm.create('vol', '');
  return { dm, scheduler, disks, raw };
}

/** @param log as in a table line */
async function load({ dm }: Bench, log: string): Promise<void> {
  const done = dm.load('vol', [`0 ${LENGTH} mirror ${log} 2 8:0 0 8:16 0 1 handle_errors`]);
  if (!done.ok) throw new Error(done.error.reason);
  await dm.resume('vol');
}

const opened = ({ dm }: Bench): OpenDevice => {
  const device = dm.open('vol');
  if (!device.ok) throw new Error(device.error.reason);
  return device.value;
};

/** A whole sync, and a copy with one buffer of 1 MiB, as dd does it. */
function copying(bench: Bench): Promise<Row> {
  const [from, to] = legsOf(bench);
  const buffer = new Uint8Array(MIB);
  return inTurns(
    'sync of a mirror / copy of the file, 1 MiB at a time',
    { units: 1, rounds: 2 * ROUNDS + 1 },
    () => synced(bench),
    async () => {
      for (let at = 0; at < SIZE; at += MIB) {
        await from.read(buffer, 0, MIB, at);
        await to.write(buffer, 0, MIB, at);
      }
      // As a sync does at its end.
      await Promise.all([from.datasync(), to.datasync()]);
    },
  );
}

async function synced(bench: Bench): Promise<void> {
  await load(bench, `core 2 ${REGION} sync`);
  const state = () => must(bench.dm.mirrors()[0], 'the mirror');
  if (state().inSync < state().regions) await bench.dm.waitForEvent('vol', eventsOf(bench));
  if (state().inSync < state().regions) throw new Error('the sync did not end');
}

const eventsOf = ({ dm }: Bench): number => dm.state('vol')?.eventNumber ?? 0;

const legsOf = ({ raw }: Bench): readonly [FileHandle, FileHandle] => [
  must(raw[0], 'a leg'),
  must(raw[1], 'a leg'),
];

const CORE = { name: 'core log', args: `core 2 ${REGION} nosync` };
const DISK = { name: 'disk log', args: `disk 3 8:32 ${REGION} nosync` };

/** 1 MiB at a time, one after another, through the mirror and to both files at once. */
async function writing(bench: Bench, log: string): Promise<Row> {
  const device = opened(bench);
  const data = new Uint8Array(MIB).fill(3);
  const row = await inTurns(
    `sequential 1 MiB writes to a mirror of two, ${log} / to both files`,
    { units: SIZE / MIB, rounds: ROUNDS },
    (unit) => done(device.submit({ op: 'write', start: sectors(unit * 2048), data })),
    (unit) => toBoth(bench, data, unit * MIB),
  );
  device.close();
  return row;
}

/** 4 KiB anywhere, many at once; a read of the peer goes to one file and the next to the other. */
async function scattered(bench: Bench, log: string, op: 'read' | 'write'): Promise<Row> {
  const device = opened(bench);
  const legs = legsOf(bench);
  const buffers = Array.from({ length: DEPTH }, () => new Uint8Array(BLOCK).fill(5));
  const together = (one: (data: Uint8Array, at: number, index: number) => Promise<unknown>) => {
    return (unit: number): Promise<unknown> =>
      Promise.all(
        buffers.map((data, index) => {
          const place = ((unit * DEPTH + index) * 48_271) % (SIZE / BLOCK);
          return one(data, place * BLOCK, index);
        }),
      );
  };
  const peer = op === 'read' ? `one of the files` : 'both files';
  const row = await inTurns(
    `random 4 KiB ${op}s, ${DEPTH} at once, of a mirror of two, ${log} / ${peer}`,
    { units: 2048 / DEPTH, rounds: ROUNDS },
    together((data, at) => done(device.submit({ op, start: sectors(at / 512), data }))),
    together((data, at, index) => {
      if (op === 'write') return toBoth(bench, data, at);
      return must(legs[index % 2], 'a leg').read(data, 0, BLOCK, at);
    }),
  );
  device.close();
  return row;
}

async function done(submitted: Promise<IoResult>): Promise<void> {
  const result = await submitted;
  if (!result.ok) throw new Error(JSON.stringify(result.error));
}

const toBoth = (bench: Bench, data: Uint8Array, at: number): Promise<unknown> =>
  Promise.all(legsOf(bench).map((file) => file.write(data, 0, data.length, at)));

/** The kinds in turns; the first round of each, which compiles the code, is not counted. */
async function marksOf(bench: Bench, turn: Turn): Promise<Marking> {
  const third = must(bench.raw[2], 'the log');
  const raw: One = (data, start) => toBoth(bench, data, start * 512);
  const kinds: Record<keyof Marking, () => Promise<readonly number[]>> = {
    core: () => marked(bench, turn, CORE.args),
    disk: () => marked(bench, turn, DISK.args),
    raw: () => timed(turn, raw),
    flushed: () =>
      timed(turn, raw, async () => {
        await third.write(new Uint8Array(LOG_BYTES), 0, LOG_BYTES, MIB);
        await third.datasync();
      }),
  };
  const times = { core: [], disk: [], raw: [], flushed: [] } as Record<keyof Marking, number[]>;
  for (let round = -1; round < ROUNDS; round++) {
    for (const kind of Object.keys(kinds) as (keyof Marking)[]) {
      const took = await kinds[kind]();
      if (round >= 0) times[kind].push(...took);
    }
  }
  const { core, disk, flushed } = times;
  return {
    core: median(core),
    disk: median(disk),
    raw: median(times.raw),
    flushed: median(flushed),
  };
}

async function marked(bench: Bench, turn: Turn, log: string): Promise<readonly number[]> {
  await load(bench, log);
  const device = opened(bench);
  const took = await timed(turn, (data, start) =>
    done(device.submit({ op: 'write', start: sectors(start), data })),
  );
  device.close();
  return took;
}

/**
 * Microseconds of each turn until every region was written.
 * @param before what a turn begins with
 */
async function timed(turn: Turn, one: One, before?: () => Promise<void>): Promise<number[]> {
  const times: number[] = [];
  for (let first = 0; first < LENGTH / REGION; first += turn.regions) {
    const took = await millis(async () => {
      await before?.();
      await turn.write(one, first);
    });
    times.push(took * 1000);
  }
  return times;
}
