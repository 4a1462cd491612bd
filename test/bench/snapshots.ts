/** Snapshots against qcow2 overlays of the same chunks, and against volumes that have none. */
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { SECTOR, sectors } from '../../core/base/units.ts';
import { RamDisk } from '../../core/block/ram-disk.ts';
import { ExceptionTable } from '../../core/dm/snapshot/exception-table.ts';
import {
  areaChunk,
  headerChunk,
  recordsPerArea,
  writeRecord,
} from '../../core/dm/snapshot/format.ts';
import { PersistentStore } from '../../core/dm/snapshot/persistent-store.ts';
import { Prng } from '../../core/env/prng.ts';
import { openFileDisk } from '../../core/host/file-disk.ts';
import { DmWorld } from '../support/dm.ts';
import { exportingLabIn, type ExportingLab } from '../support/exporting-lab.ts';
import { median, millis, type Row } from './measure.ts';
import { run } from './nbd-peers.ts';

const MIB = 2 ** 20;
/** MiB of the origin: four times what may be answered before it is done. */
const ORIGIN = 256;
/** MiB that are written of it where nothing else is said. */
const SOME = 64;
const ROUNDS = 3;

/** One way of writing an origin once. */
interface Shape {
  /** KiB of a chunk; the overlay's clusters have as many. */
  readonly chunk: number;
  /** KiB of a request. */
  readonly block: number;
  readonly depth: number;
  /** KiB from one request to the next; default: they have no gaps. */
  readonly step?: number;
  /** Default: `SOME`. */
  readonly mib?: number;
}

const SHAPES: readonly Shape[] = [
  { chunk: 4, block: 4, depth: 16 },
  { chunk: 4, block: 64, depth: 16 },
  { chunk: 64, block: 64, depth: 16 },
  { chunk: 64, block: 1024, depth: 4 },
  // Both sides have to copy what is not written.
  { chunk: 64, block: 4, step: 64, depth: 16 },
  { chunk: 64, block: 1024, depth: 4, mib: ORIGIN },
];

/** What grows with the exceptions that a store has. */
export interface StoreGrowth {
  readonly exceptions: number;
  /** ms until all are known, from a file. */
  readonly opens: number;
  /** Bytes of memory for each. */
  readonly bytes: number;
  /** ms of a write to one more chunk. */
  readonly write: number;
}

export async function snapshots(directory: string): Promise<{
  readonly rows: readonly Row[];
  readonly growth: readonly StoreGrowth[];
}> {
  const base = join(directory, 'base.img');
  fill(base, ORIGIN * MIB);
  const lab = await exportingLabIn(join(directory, 'snapshots'), 1, `${2 * ORIGIN + 64}m`, []);
  fill(join(lab.directory, 'sda.img'), (ORIGIN + 4) * MIB);
  await lab.run('vgcreate vg /dev/sda');
  await lab.run(`lvcreate -y -Wn -l ${ORIGIN / 4} -n org vg`);
  const rows: Row[] = [];
  for (const shape of SHAPES) rows.push(...(await written(lab, base, shape)));
  await lab.close();
  const growth: StoreGrowth[] = [];
  for (const count of [1e3, 1e4, 1e5, 1e6]) growth.push(await grown(directory, count));
  return { rows, growth };
}

/** Blocks without holes: neither side may have it easy. */
function fill(path: string, size: number): void {
  const random = new Prng(1);
  const data = Uint8Array.from({ length: MIB }, () => random.below(256));
  const file = openSync(path, existsSync(path) ? 'r+' : 'w');
  for (let at = 0; at < size; at += MIB) writeSync(file, data, 0, MIB, at);
  closeSync(file);
}

/** The same client writes a new snapshot's origin, then again; and overlays; each in turn. */
async function written(lab: ExportingLab, base: string, shape: Shape): Promise<readonly Row[]> {
  const ours = { plain: [] as number[], first: [] as number[], second: [] as number[] };
  const flushed = { ours: [] as number[], peer: [] as number[] };
  const peers = { back: [] as number[], through: [] as number[] };
  const uri = await lab.uri('vg/org');
  const onSnapshot = async <T>(work: () => Promise<T>): Promise<T> => {
    await lab.run(`lvcreate -y -s -c ${shape.chunk}k -l 100%ORIGIN -n snap vg/org`);
    const done = await work();
    await lab.run('lvremove -y vg/snap');
    return done;
  };
  for (let round = -1; round < ROUNDS; round++) {
    const plain = await seconds(uri, shape);
    const [first, second] = await onSnapshot(async () => {
      const took = await seconds(uri, shape);
      // What is still on its way belongs to the first.
      await run('qemu-io', ['-f', 'raw', '-c', 'flush', uri]);
      return [took, await seconds(uri, shape)] as const;
    });
    const durable = await onSnapshot(() => seconds(uri, shape, 'flushed'));
    const back = await onOverlay(base, shape, 'writeback');
    const backDurable = await onOverlay(base, shape, 'writeback', 'flushed');
    const through = await onOverlay(base, shape, 'writethrough');
    // The first round warms up compiler and caches.
    if (round < 0) continue;
    ours.plain.push(plain);
    ours.first.push(first);
    ours.second.push(second);
    flushed.ours.push(durable);
    flushed.peer.push(backDurable);
    peers.back.push(back);
    peers.through.push(through);
  }
  await lab.run('export --end vg/org');
  const { chunk, depth, block, step, mib = SOME } = shape;
  const every = step === undefined ? '' : ` every ${step} KiB`;
  const requests = `${depth} requests of ${block} KiB${every} at once`;
  const what = `chunks of ${chunk} KiB, ${requests}, ${mib} MiB`;
  return [
    row(`first write / to a qcow2 overlay that flushes nothing: ${what}`, ours.first, peers.back),
    row(`first write / to one, both with a flush at the end: ${what}`, flushed.ours, flushed.peer),
    row(`first write / to one that flushes each request: ${what}`, ours.first, peers.through),
    row(`second write / to a volume without snapshots: ${what}`, ours.second, ours.plain),
  ];
}

const sum = (values: readonly number[]): number => values.reduce((one, other) => one + other, 0);

const row = (name: string, ours: readonly number[], peer: readonly number[]): Row => ({
  name,
  ratios: ours.map((time, round) => (peer[round] ?? 0) / time),
  total: sum(peer) / sum(ours),
});

type Ends = 'flushed' | 'written';

/** Until all of it is written once, one request behind the other. */
async function seconds(uri: string, shape: Shape, ends: Ends = 'written'): Promise<number> {
  const { block, depth, step = block, mib = SOME } = shape;
  const [bytes, apart] = [block, step].map((kib) => `${kib * 1024}`);
  const count = `${(mib * 1024) / step}`;
  const flushes = ends === 'flushed' ? [`--flush-interval=${count}`] : [];
  const args = ['bench', '-w', '-f', 'raw', '-c', count, '-d', `${depth}`, ...flushes];
  const printed = await run('qemu-img', [...args, '-s', `${bytes}`, '-S', `${apart}`, uri]);
  return Number(/completed in ([\d.]+)/.exec(printed)?.[1]);
}

async function onOverlay(base: string, shape: Shape, cache: string, ends?: Ends): Promise<number> {
  const [overlay, socket] = [`${base}.qcow2`, `${base}.sock`];
  rmSync(overlay, { force: true });
  const options = ['-o', `cluster_size=${shape.chunk}k`, '-b', base, '-F', 'raw'];
  await run('qemu-img', ['create', '-q', '-f', 'qcow2', ...options, overlay]);
  const args = ['-f', 'qcow2', '-k', socket, '-t', '-e', '8', `--cache=${cache}`, overlay];
  const child: ChildProcess = spawn('qemu-nbd', args, { stdio: 'ignore' });
  for (let tries = 0; !existsSync(socket); tries++) {
    if (tries > 100) throw new Error('qemu-nbd does not listen');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const took = await seconds(`nbd+unix:///?socket=${socket}`, shape, ends);
  await new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.kill();
  });
  return took;
}

/** Chunks of 4 KiB. */
const CHUNK = 8;

/** A store whose exceptions lie anywhere in an origin of 64 GiB. */
async function grown(directory: string, count: number): Promise<StoreGrowth> {
  const path = join(directory, `store-${count}.img`);
  const length = makeStore(path, count);
  const file = await openFileDisk({ path, name: 'store', mode: 'live' });
  if (!file.ok) throw new Error(file.error.why);
  const table = new ExceptionTable();
  const device = {
    name: 'store',
    size: sectors(length),
    submit: file.value.submit.bind(file.value),
  };
  const opens = await millis(async () => {
    const store = new PersistentStore(device, sectors(CHUNK), 'P');
    await store.load(({ oldChunk, newChunk }) => table.add(oldChunk, newChunk));
  });
  if (table.count !== count) throw new Error(`${table.count} exceptions of ${count}`);
  const world = new DmWorld();
  const origin = new RamDisk('sda', sectors(ORIGIN_CHUNKS * CHUNK));
  world.disk(origin);
  world.disk(file.value);
  await world.device('snap', [`0 ${origin.size} snapshot 8:0 8:16 P ${CHUNK}`]);
  const org = await world.device('org', [`0 ${origin.size} snapshot-origin 8:0`]);
  const data = new Uint8Array(SECTOR);
  const took: number[] = [];
  for (let at = 0; at < 200; at++) {
    // Behind all that the store has.
    const start = sectors((ORIGIN_CHUNKS - 1 - at) * CHUNK);
    took.push(await millis(() => org.submit({ op: 'write', start, data })));
  }
  await file.value.close();
  return { exceptions: count, opens, bytes: table.bytes / count, write: median(took) };
}

const ORIGIN_CHUNKS = 2 ** 24;

/** @returns its sectors; there is room for more */
function makeStore(path: string, count: number): number {
  const file = openSync(path, 'w');
  writeSync(file, headerChunk(sectors(CHUNK), true), 0, CHUNK * SECTOR, 0);
  const perArea = recordsPerArea(CHUNK);
  const areas = Math.floor(count / perArea) + 1;
  for (let area = 0; area < areas; area++) {
    const data = new Uint8Array(CHUNK * SECTOR);
    const first = area * perArea;
    for (let index = 0; index < Math.min(perArea, count - first); index++) {
      // An odd factor: no chunk comes twice, and neighbours lie far apart.
      const oldChunk = ((first + index) * 7_919_993) % (ORIGIN_CHUNKS - 1024);
      writeRecord(data, index, { oldChunk, newChunk: areaChunk(area, CHUNK) + 1 + index });
    }
    writeSync(file, data, 0, data.length, areaChunk(area, CHUNK) * CHUNK * SECTOR);
  }
  const length = (areaChunk(areas, CHUNK) + perArea) * CHUNK;
  writeSync(file, new Uint8Array(SECTOR), 0, SECTOR, (length - 1) * SECTOR);
  closeSync(file);
  return length;
}
