/** `npm run bench`: ratios against a peer that does the same work in the same run. */
import { mkdtemp, open, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { sectors } from '../../core/base/units.ts';
import { DeviceMapper } from '../../core/dm/device-mapper.ts';
import { openFileDisk } from '../../core/host/file-disk.ts';

const BLOCK = 2 ** 20;
const BLOCKS = 256;
const ROUNDS = 5;

interface Row {
  readonly name: string;
  readonly ratios: readonly number[];
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

async function seconds(work: () => Promise<void>): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
}

/** Sequential 1 MiB through a linear device against the same calls on the raw file. */
async function linear(directory: string): Promise<readonly Row[]> {
  const path = join(directory, 'disk.img');
  const raw = await open(path, 'w+');
  await raw.truncate(BLOCK * BLOCKS * 2);
  const disk = await openFileDisk({ path, name: 'sda', mode: 'live' });
  if (!disk.ok) throw new Error(disk.error.why);
  const dm = new DeviceMapper(() => undefined);
  dm.attachDisk('/dev/sda', '8:0', disk.value);
  dm.create('vg-lv', '');
  dm.load('vg-lv', [`0 ${(BLOCK * BLOCKS) / 512} linear 8:0 2048`]);
  await dm.resume('vg-lv');
  const volume = dm.open('vg-lv');
  if (!volume.ok) throw new Error(volume.error.reason);
  const device = volume.value;
  const data = new Uint8Array(BLOCK).fill(1);
  const each = async (one: (index: number) => Promise<unknown>): Promise<void> => {
    for (let index = 0; index < BLOCKS; index++) await one(index);
  };
  const start = (index: number) => sectors((index * BLOCK) / 512);
  const pairs = {
    'sequential 1 MiB writes': [
      () => each((index) => device.submit({ op: 'write', start: start(index), data })),
      () => each((index) => raw.write(data, 0, BLOCK, (index + 1) * BLOCK)),
    ],
    'sequential 1 MiB reads': [
      () => each((index) => device.submit({ op: 'read', start: start(index), data })),
      () => each((index) => raw.read(data, 0, BLOCK, (index + 1) * BLOCK)),
    ],
  } as const;
  const rows: Row[] = [];
  for (const [name, [ours, peer]] of Object.entries(pairs)) {
    const ratios: number[] = [];
    await ours();
    for (let round = 0; round < ROUNDS; round++) {
      ratios.push((await seconds(peer)) / (await seconds(ours)));
    }
    rows.push({ name: `${name}, linear volume / raw file`, ratios });
  }
  device.close();
  await disk.value.close();
  await raw.close();
  return rows;
}

const directory = await mkdtemp(join(tmpdir(), 'lvstudio-bench-'));
try {
  console.log(`${cpus()[0]?.model ?? '?'} x ${cpus().length}, Node ${process.version}`);
  for (const { name, ratios } of await linear(directory)) {
    const [low, high] = [Math.min(...ratios), Math.max(...ratios)];
    const spread = `${low.toFixed(2)} to ${high.toFixed(2)}, ${ratios.length} rounds`;
    console.log(`${median(ratios).toFixed(2)}  (${spread})  ${name}`);
  }
} finally {
  await rm(directory, { recursive: true, force: true });
}
