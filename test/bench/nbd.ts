/** The export of a linear volume against other servers of the same file. */
import { open } from 'node:fs/promises';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { join } from 'node:path';
import { median, quantile } from './measure.ts';
import {
  fioOnFile,
  nbdkit,
  nodeOnFile,
  ours,
  qemu,
  SIZE,
  versionOf,
  type Peer,
  type Shape,
} from './nbd-peers.ts';

const ROUNDS = 5;
const MIB = 2 ** 20;

const SHAPES: readonly Shape[] = [
  ...[1, 16].flatMap((depth) =>
    (['read', 'write'] as const).map((op) => ({
      name: `4 KiB random ${op}s, ${depth} at once`,
      op,
      random: true,
      block: 4096,
      depth,
    })),
  ),
  ...(['read', 'write'] as const).map((op) => ({
    name: `1 MiB sequential ${op}s, 4 at once`,
    op,
    random: false,
    block: MIB,
    depth: 4,
  })),
];

/** Per peer, one number of each round. */
type Numbers = Map<string, number[]>;

export async function nbdExport(directory: string): Promise<void> {
  const versions = ['fio', 'nbdkit', 'qemu-nbd', 'nbdcopy'].map(
    (tool) => [tool, versionOf(tool)] as const,
  );
  const has = (tool: string): boolean => versions.some(([name, one]) => name === tool && one);
  console.log(versions.map(([tool, version]) => `${tool} ${version ?? 'is not here'}`).join(', '));
  if (!has('fio')) return console.log('skipped: without fio there is nothing to measure with');
  const path = join(directory, 'export.img');
  await fill(path);
  const peers = [
    await ours(path, directory),
    ...(has('nbdkit') ? [await nbdkit(path, directory)] : []),
    ...(has('qemu-nbd') ? [await qemu(path, directory)] : []),
    await nodeOnFile(path),
    fioOnFile(path),
  ];
  const delays: number[] = [];
  try {
    printHead(peers);
    for (const shape of SHAPES) {
      const numbers = await rounds(peers, (peer) => peer.requests(shape), delays);
      printRow(shape.name, peers, numbers, shape.block);
    }
    const servers = peers.filter(({ copy }) => copy);
    if (has('nbdcopy')) {
      const numbers = await rounds(servers, async (peer) => (await peer.copy?.()) ?? 0, delays);
      printRow('nbdcopy of the whole device', peers, numbers, SIZE);
    }
  } finally {
    for (const peer of peers) await peer.stop();
  }
  console.log(`${quantile(delays, 0.5).toFixed(1)} ms  event loop, p99 while it serves`);
}

/**
 * In turns, each first as often as the others: what else the machine does falls on all alike. The
 * first round is not counted: in it Node compiles what the work needs.
 */
async function rounds(
  peers: readonly Peer[],
  measure: (peer: Peer) => Promise<number>,
  delays: number[],
): Promise<Numbers> {
  const numbers: Numbers = new Map(peers.map(({ name }) => [name, []]));
  for (let round = -1; round < ROUNDS; round++) {
    for (let turn = 0; turn < peers.length; turn++) {
      const peer = peers[(turn + round + peers.length) % peers.length];
      if (!peer) continue;
      const delay = monitorEventLoopDelay({ resolution: 1 });
      delay.enable();
      const number = await measure(peer);
      delay.disable();
      if (round < 0) continue;
      numbers.get(peer.name)?.push(number);
      if (peer.name === 'ours') delays.push(delay.percentile(99) / 1e6);
    }
  }
  return numbers;
}

/** Whole, so that nobody meets a hole, and in the page cache. */
async function fill(path: string): Promise<void> {
  const handle = await open(path, 'w');
  const data = new Uint8Array(MIB).map((_, at) => (at * 2_654_435_761) >>> 24);
  for (let at = 0; at < SIZE; at += MIB) await handle.write(data, 0, MIB, at);
  await handle.sync();
  await handle.close();
}

function printHead(peers: readonly Peer[]): void {
  const names = peers.slice(1).map(({ name }) => `/ ${name}`.padEnd(20));
  console.log(`${'the export'.padEnd(34)}${'a second'.padEnd(16)}${names.join('')}`);
}

function printRow(name: string, peers: readonly Peer[], numbers: Numbers, block: number): void {
  const own = numbers.get('ours') ?? [];
  const rate = median(own);
  const large = block >= MIB;
  const told = large
    ? `${((rate * block) / MIB).toFixed(0)} MiB`
    : `${(rate / 1000).toFixed(1)} thousand`;
  const ratios = peers.slice(1).map((peer) => {
    const other = numbers.get(peer.name) ?? [];
    if (other.length === 0) return '-'.padEnd(20);
    const all = own.map((value, round) => value / (other[round] ?? 1));
    const [low, middle, high] = [0.25, 0.5, 0.75].map((part) => quantile(all, part).toFixed(2));
    return `${middle} (${low} to ${high})`.padEnd(20);
  });
  console.log(`${name.padEnd(34)}${told.padEnd(16)}${ratios.join('')}`);
}
