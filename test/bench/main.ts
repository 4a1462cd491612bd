/**
 * `npm run bench`: ratios against a peer that does the same work in the same run.
 * `npm run bench -- data`, `-- groups`, `-- moves`, `-- moves-screen`, `-- nbd` and `-- snapshots`
 * measure one part alone.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { dataPath, loopDelay, type LoopDelay } from './data-path.ts';
import { largeGroups, type Growth } from './large-groups.ts';
import { printRow, quantile } from './measure.ts';
import { moves } from './moves.ts';
import { mirrors, type Marking } from './mirrors.ts';
import { movesOnScreen, type MoveOnScreen } from './moves-screen.ts';
import { nbdExport } from './nbd.ts';
import { snapshots, type StoreGrowth } from './snapshots.ts';

const directory = await mkdtemp(join(tmpdir(), 'lvstudio-bench-'));
try {
  console.log(`${cpus()[0]?.model ?? '?'} x ${cpus().length}, Node ${process.version}`);
  const [only] = process.argv.slice(2);
  if (only === undefined || only === 'data') {
    for (const row of await dataPath(directory)) printRow(row);
    await printLoopDelay(directory);
  }
  if (only === undefined || only === 'mirrors') {
    const { rows, marking } = await mirrors(directory);
    for (const row of rows) printRow(row);
    console.log(`${marks(marking.alone)}: a 4 KiB write to a clean region of both legs`);
    console.log(`${marks(marking.together)}: 16 such writes at once`);
    console.log(`${marks(marking.stream)}: a clean region of 2 MiB, 1 MiB after the other`);
  }
  if (only === undefined || only === 'moves') await printMoves(directory);
  if (only === undefined || only === 'snapshots') {
    const { rows, growth } = await snapshots(directory);
    for (const row of rows) printRow(row);
    for (const store of growth) printStore(store);
  }
  if (only === undefined || only === 'nbd') await nbdExport(directory);
  if (only === undefined || only === 'moves-screen') {
    for (const one of await movesOnScreen(directory)) printMove(one);
  }
  if (only === undefined || only === 'groups') {
    const growth = await largeGroups(directory, [10, 1000, 10_000]);
    for (const group of growth) printGrowth(group);
  }
} finally {
  await rm(directory, { recursive: true, force: true });
}

function printStore({ exceptions, opens, bytes, write }: StoreGrowth): void {
  const each = `${bytes.toFixed(1)} bytes of memory each`;
  const opened = `${opens.toFixed(0)} ms  a store with ${exceptions} exceptions opens`;
  console.log(`${opened}; ${each}; ${write.toFixed(2)} ms a write to one more chunk`);
}

async function printMoves(directory: string): Promise<void> {
  const { rows, work, delay, memory } = await moves(directory);
  for (const row of rows) printRow(row);
  for (const { name, alone, meanwhile } of work) {
    const rates = `${alone.toFixed(0)} a second alone, ${meanwhile.toFixed(0)} while extents move`;
    console.log(`${(meanwhile / alone).toFixed(2)}  ${name}: ${rates}`);
  }
  console.log(`${delay.toFixed(1)} ms  event loop, p99 while extents move as fast as they can`);
  console.log(`${memory.toFixed(0)} MiB  more memory at the most, than before the first move`);
}

async function printLoopDelay(directory: string): Promise<void> {
  const runs: LoopDelay[] = [];
  for (let run = 0; run < 5; run++) runs.push(await loopDelay(directory));
  const told = (values: readonly number[]): string => {
    const [low, middle, high] = [0, 0.5, 1].map((part) => quantile(values, part).toFixed(1));
    return `${middle} ms (${low} to ${high})`;
  };
  const [writing, raw, idle] = (['writing', 'raw', 'idle'] as const).map((one) =>
    told(runs.map((run) => run[one])),
  );
  console.log(`${writing}  event loop, p99 during 1 GiB written through a linear volume`);
  console.log(`${raw}  the same to the raw file; ${idle} with nothing to do`);
}

function printGrowth({ lvs, open, lvcreate, program, lvm, text, memory }: Growth): void {
  const times = `lvcreate ${lvcreate.toFixed(1)} ms, as a program ${program.toFixed(0)} ms`;
  const peer =
    lvm === undefined
      ? 'no LVM to compare with'
      : `lvm ${lvm.toFixed(0)} ms: ratios ${ratio(lvm / lvcreate)} and ${ratio(lvm / program)}`;
  const size = `text ${(text / 1024).toFixed(0)} KiB`;
  const opening = `open ${open.toFixed(0)} ms with ${memory.toFixed(0)} MiB`;
  console.log(`${lvs} volumes, ${size}: ${times}; ${peer}; ${opening}`);
}

function printMove({ name, frames, regions, heap, ...millis }: MoveOnScreen): void {
  const fps = (1000 / millis.median).toFixed(0);
  const [early, late] = heap.map((size) => size.toFixed(1));
  const rate = `${fps} frames/s in the middle, p99 ${millis.p99.toFixed(0)} ms of ${frames}`;
  const memory = `heap ${early} MiB, ${late} MiB after ${regions} regions more`;
  console.log(`${rate}; ${memory}  a million extents move, ${name}`);
}

function marks({ core, disk, raw, flushed }: Marking): string {
  const [memory, marked, files, least] = [core, disk, raw, flushed].map((one) => one.toFixed(0));
  const ours = `${memory} us with the log in memory, ${marked} us on disk`;
  return `${ours}; ${files} us raw, ${least} us raw behind a write and a flush`;
}

function ratio(value: number): string {
  return value.toFixed(value < 10 ? 2 : 1);
}
