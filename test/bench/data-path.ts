/** Sequential 1 MiB through mapped devices against the same calls on the raw file. */
import { open } from 'node:fs/promises';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { join } from 'node:path';
import { sectors } from '../../core/base/units.ts';
import type { BlockDevice } from '../../core/block/device.ts';
import { DeviceMapper } from '../../core/dm/device-mapper.ts';
import { openFileDisk } from '../../core/host/file-disk.ts';
import { inTurns, type Row } from './measure.ts';

const BLOCK = 2 ** 20;
const BLOCKS = 256;
const ROUNDS = 5;
const SIZE = (BLOCK * BLOCKS) / 512;

/** Tables from the lowest device up; the last one is measured. */
const STACKS: Readonly<Record<string, readonly string[]>> = {
  'a linear volume': [`0 ${SIZE} linear 8:0 2048`],
  'three linear volumes': [
    `0 ${SIZE} linear 8:0 2048`,
    `0 ${SIZE} linear dev0 0`,
    `0 ${SIZE} linear dev1 0`,
  ],
};

export async function dataPath(directory: string): Promise<readonly Row[]> {
  const path = join(directory, 'disk.img');
  const raw = await open(path, 'w+');
  await raw.truncate(BLOCK * BLOCKS * 2);
  const disk = await openFileDisk({ path, name: 'sda', mode: 'live' });
  if (!disk.ok) throw new Error(disk.error.why);
  const rows: Row[] = [];
  for (const [stack, tables] of Object.entries(STACKS)) {
    const volume = await mapped(disk.value, tables);
    const data = new Uint8Array(BLOCK).fill(1);
    const start = (block: number) => sectors((block * BLOCK) / 512);
    const write = (block: number) => volume.submit({ op: 'write', start: start(block), data });
    const read = (block: number) => volume.submit({ op: 'read', start: start(block), data });
    for (let block = 0; block < BLOCKS; block++) await write(block);
    const writes: number[] = [];
    const reads: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      writes.push(
        await inTurns(BLOCKS, write, (block) => raw.write(data, 0, BLOCK, (block + 1) * BLOCK)),
      );
      reads.push(
        await inTurns(BLOCKS, read, (block) => raw.read(data, 0, BLOCK, (block + 1) * BLOCK)),
      );
    }
    rows.push({ name: `sequential 1 MiB writes, ${stack} / raw file`, ratios: writes });
    rows.push({ name: `sequential 1 MiB reads, ${stack} / raw file`, ratios: reads });
  }
  await disk.value.close();
  await raw.close();
  return rows;
}

/** 99th percentile of the event loop's delay, in ms, while 1 GiB is written as fast as it goes. */
export async function loopDelay(directory: string): Promise<number> {
  const path = join(directory, 'delay.img');
  const file = await open(path, 'w+');
  await file.truncate(2 ** 30 + BLOCK);
  await file.close();
  const disk = await openFileDisk({ path, name: 'sda', mode: 'live' });
  if (!disk.ok) throw new Error(disk.error.why);
  const volume = await mapped(disk.value, [`0 ${2 ** 21} linear 8:0 2048`]);
  const data = new Uint8Array(BLOCK).fill(2);
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  let next = 0;
  const writer = async (): Promise<void> => {
    while (next < 1024) {
      const start = sectors((next++ * BLOCK) / 512);
      await volume.submit({ op: 'write', start, data });
    }
  };
  await Promise.all(Array.from({ length: 8 }, writer));
  delay.disable();
  await disk.value.close();
  return delay.percentile(99) / 1e6;
}

async function mapped(disk: BlockDevice, tables: readonly string[]): Promise<BlockDevice> {
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
