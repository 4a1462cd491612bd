/** Mirrors against the same work on the raw files: copying, writing, and what marking costs. */
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { must } from '../../core/base/assert.ts';
import { sectors } from '../../core/base/units.ts';
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

export interface MirrorBench {
  readonly rows: readonly Row[];
  /** Microseconds of a 4 KiB write to a region of its own, one at a time. */
  readonly marking: Readonly<Record<'core' | 'disk' | 'raw', number>>;
}

interface Bench {
  readonly dm: DeviceMapper;
  readonly scheduler: NodeScheduler;
  readonly disks: readonly FileDisk[];
  readonly raw: readonly FileHandle[];
}

export async function mirrors(directory: string): Promise<MirrorBench> {
  const bench = await prepare(directory);
  const rows = [await copying(bench), await writing(bench)];
  const marking = {
    core: await perWrite(bench, `core 2 ${REGION} nosync`),
    disk: await perWrite(bench, `disk 3 8:32 ${REGION} nosync`),
    raw: await perRawWrite(bench),
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
    { units: 1, rounds: ROUNDS },
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

/** 1 MiB at a time, one after another, through the mirror and to both files at once. */
async function writing(bench: Bench): Promise<Row> {
  await load(bench, `core 2 ${REGION} nosync`);
  const device = opened(bench);
  const [a, b] = legsOf(bench);
  const data = new Uint8Array(MIB).fill(3);
  const row = await inTurns(
    'sequential 1 MiB writes to a mirror of two / to both files',
    { units: SIZE / MIB, rounds: ROUNDS },
    async (unit) => {
      const done = await device.submit({ op: 'write', start: sectors(unit * 2048), data });
      if (!done.ok) throw new Error(JSON.stringify(done.error));
    },
    (unit) => Promise.all([a, b].map((file) => file.write(data, 0, MIB, unit * MIB))),
  );
  device.close();
  return row;
}

/** Regions far from one another, so that each write has one to mark. */
const placeOf = (index: number): number => ((index * 48_271) % (LENGTH / REGION)) * REGION;

async function perWrite(bench: Bench, log: string): Promise<number> {
  await load(bench, log);
  const device = opened(bench);
  const data = new Uint8Array(4096);
  const times: number[] = [];
  for (let index = 0; index < LENGTH / REGION; index++) {
    const start = sectors(placeOf(index));
    times.push(await millis(() => device.submit({ op: 'write', start, data })));
  }
  device.close();
  return median(times) * 1000;
}

async function perRawWrite(bench: Bench): Promise<number> {
  const data = new Uint8Array(4096);
  const times: number[] = [];
  for (let index = 0; index < LENGTH / REGION; index++) {
    const at = placeOf(index) * 512;
    const both = () => Promise.all(legsOf(bench).map((file) => file.write(data, 0, 4096, at)));
    times.push(await millis(both));
  }
  return median(times) * 1000;
}
