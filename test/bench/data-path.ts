/** Requests through mapped devices against the same calls on the raw file. */
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { join } from 'node:path';
import { sectors } from '../../core/base/units.ts';
import type { BlockDevice, Io } from '../../core/block/device.ts';
import type { OpenDevice } from '../../core/dm/open-device.ts';
import { DeviceMapper } from '../../core/dm/device-mapper.ts';
import { openFileDisk } from '../../core/host/file-disk.ts';
import { inTurns, type Row } from './measure.ts';

const MIB = 2 ** 20;
/** Bytes of a volume. */
const SIZE = 256 * MIB;
const LENGTH = SIZE / 512;

/** Tables from the lowest device up; the last one is measured. It lies 1 MiB into the file. */
const STACKS: Readonly<Record<string, readonly string[]>> = {
  'a linear volume': [`0 ${LENGTH} linear 8:0 2048`],
  'three linear volumes': [
    `0 ${LENGTH} linear 8:0 2048`,
    `0 ${LENGTH} linear dev0 0`,
    `0 ${LENGTH} linear dev1 0`,
  ],
  'two stripes of 64 KiB': [`0 ${LENGTH} striped 2 128 8:0 2048 8:0 ${2048 + LENGTH / 2}`],
};

/** What one unit of a measurement is: `depth` requests of `block` bytes at once. */
interface Shape {
  readonly name: string;
  readonly block: number;
  readonly depth: number;
  readonly units: number;
  readonly rounds: number;
  /** Byte of the `index`th request. */
  readonly at: (index: number) => number;
}

const SHAPES: readonly Shape[] = [
  {
    name: 'sequential 1 MiB',
    block: MIB,
    depth: 1,
    units: SIZE / MIB,
    rounds: 15,
    at: (index) => (index * MIB) % SIZE,
  },
  ...[1, 16].map((depth) => ({
    name: `random 4 KiB, ${depth} at once,`,
    block: 4096,
    depth,
    units: 2048 / depth,
    rounds: 9,
    // The same places in every run: 48271 generates the numbers below 65537 in a fixed order.
    at: (index: number) => ((index * 48_271) % (SIZE / 4096)) * 4096,
  })),
];

export async function dataPath(directory: string): Promise<readonly Row[]> {
  const path = join(directory, 'disk.img');
  const raw = await open(path, 'w+');
  await raw.write(new Uint8Array(MIB));
  for (let at = 0; at < SIZE; at += MIB) await raw.write(new Uint8Array(MIB).fill(1));
  const disk = await openFileDisk({ path, name: 'sda', mode: 'live' });
  if (!disk.ok) throw new Error(disk.error.why);
  const rows: Row[] = [];
  for (const [stack, tables] of Object.entries(STACKS)) {
    const volume = await mapped(disk.value, tables);
    for (const shape of SHAPES) {
      for (const op of ['read', 'write'] as const) {
        rows.push(
          await compared(`${shape.name} ${op}s, ${stack} / raw file`, shape, op, volume, raw),
        );
      }
    }
  }
  await disk.value.close();
  await raw.close();
  return rows;
}

function compared(
  name: string,
  { block, depth, at, units, rounds }: Shape,
  op: 'read' | 'write',
  volume: BlockDevice,
  raw: FileHandle,
): Promise<Row> {
  const buffers = Array.from({ length: depth }, () => new Uint8Array(block).fill(1));
  const together = (one: (data: Uint8Array, from: number) => Promise<unknown>) => {
    return (unit: number): Promise<unknown> =>
      Promise.all(buffers.map((data, index) => one(data, at(unit * depth + index))));
  };
  const ours = together(async (data, from) => {
    const io: Io = { op, start: sectors(from / 512), data };
    const done = await volume.submit(io);
    if (!done.ok) throw new Error(JSON.stringify(done.error));
  });
  const peer = together((data, from) =>
    op === 'read' ? raw.read(data, 0, block, MIB + from) : raw.write(data, 0, block, MIB + from),
  );
  return inTurns(name, { units, rounds }, ours, peer);
}

/** 99th percentiles of the event loop's delay, in ms. */
export interface LoopDelay {
  /** While 1 GiB is written through a linear volume as fast as it goes. */
  readonly writing: number;
  /** While the same is written to the raw file. */
  readonly raw: number;
  /** As long again with nothing to do: what the machine's other work alone costs. */
  readonly idle: number;
}

export async function loopDelay(directory: string): Promise<LoopDelay> {
  const path = join(directory, 'delay.img');
  const file = await open(path, 'w+');
  await file.truncate(2 ** 30 + MIB);
  const disk = await openFileDisk({ path, name: 'sda', mode: 'live' });
  if (!disk.ok) throw new Error(disk.error.why);
  const volume = await mapped(disk.value, [`0 ${2 ** 21} linear 8:0 2048`]);
  const data = new Uint8Array(MIB).fill(2);
  const toRaw = (at: number) => file.write(data, 0, MIB, MIB + at);
  const toVolume = (at: number) => volume.submit({ op: 'write', start: sectors(at / 512), data });
  // Unmeasured: it allocates the blocks.
  await eightAtOnce(toRaw);
  const raw = await delayDuring(() => eightAtOnce(toRaw));
  const began = performance.now();
  const writing = await delayDuring(() => eightAtOnce(toVolume));
  const took = performance.now() - began;
  const idle = await delayDuring(() => new Promise((resolve) => setTimeout(resolve, took)));
  await disk.value.close();
  await file.close();
  return { writing, raw, idle };
}

/** Every MiB of 1 GiB. */
async function eightAtOnce(write: (at: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const writer = async (): Promise<void> => {
    while (next < 1024) await write(next++ * MIB);
  };
  await Promise.all(Array.from({ length: 8 }, writer));
}

/** 99th percentile of the event loop's delay, in ms. */
export async function delayDuring(work: () => Promise<unknown>): Promise<number> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  await work();
  delay.disable();
  return delay.percentile(99) / 1e6;
}

/** The last of so many mapped devices, from the lowest up. */
export async function mapped(disk: BlockDevice, tables: readonly string[]): Promise<OpenDevice> {
  const dm = new DeviceMapper(() => undefined);
  dm.attachDisk('/dev/sda', '8:0', disk);
  for (const [index, table] of tables.entries()) {
    dm.create(`dev${index}`, '');
    dm.load(`dev${index}`, [table]);
    await dm.resume(`dev${index}`);
  }
  const volume = dm.open(`dev${tables.length - 1}`);
  if (!volume.ok) throw new Error(volume.error.reason);
  return volume.value;
}
