/** Everything that serves or does the same I/O on the same file, and the tools to measure it. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { read, write } from 'node:fs';
import { join, resolve } from 'node:path';
import { ok } from '../../core/base/result.ts';
import { Exports } from '../../core/engine/exports.ts';
import { openFileDisk } from '../../core/host/file-disk.ts';
import { labExports } from '../../core/host/lab-exports.ts';
import { NodeScheduler } from '../../core/host/node-scheduler.ts';
import { serverThreads } from '../../core/host/server-threads.ts';
import { mapped } from './data-path.ts';

export interface Shape {
  readonly name: string;
  readonly op: 'read' | 'write';
  readonly random: boolean;
  readonly block: number;
  readonly depth: number;
}

/** Bytes that requests go to, from the beginning of an export. */
export const SIZE = 512 * 2 ** 20;
/** Milliseconds of one measurement. */
const TIME = 700;

/** Requests a second, of one shape. */
export interface Peer {
  readonly name: string;
  requests(shape: Shape): Promise<number>;
  /** Times a second that nbdcopy can read all of it; absent: it is no server. */
  copy?(): Promise<number>;
  stop(): Promise<void>;
}

/** What a tool says of its version; undefined: there is no such tool. */
export function versionOf(tool: string): string | undefined {
  const { error, stdout } = spawnSync(tool, ['--version'], { encoding: 'utf8' });
  return error ? undefined : /\d+\.\d+[\d.]*/.exec(stdout)?.[0];
}

/** Our server on a linear volume: this process's engine, and the threads of the built program. */
export async function ours(path: string, directory: string): Promise<Peer> {
  const disk = await openFileDisk({ path, name: 'sda', mode: 'live' });
  if (!disk.ok) throw new Error(disk.error.why);
  const device = await mapped(disk.value, [`0 ${SIZE / 512} linear 8:0 0`]);
  const scheduler = new NodeScheduler();
  const build = resolve('dist');
  if (!existsSync(build)) throw new Error(`${build} is missing: run npm run build`);
  const threads = serverThreads(build, (error) => {
    throw error;
  });
  const exports = new Exports({
    host: labExports(directory, threads),
    scheduler,
    open: () => Promise.resolve(ok({ device, volume: 'volume' })),
    isDevice: () => false,
    changed: () => undefined,
  });
  const socket = join(directory, 'ours.sock');
  const place = { kind: 'unix', path: socket } as const;
  const begun = await exports.start({ target: { device: 'volume' }, place, readOnly: false });
  if (!begun.ok) throw new Error(begun.error.code);
  return {
    name: 'ours',
    ...through(socket),
    async stop() {
      await exports.close();
      scheduler.stop();
      await disk.value.close();
    },
  };
}

export function nbdkit(path: string, directory: string): Promise<Peer> {
  const socket = join(directory, 'nbdkit.sock');
  return program('nbdkit', ['-f', '-U', socket, 'file', path], socket);
}

export function qemu(path: string, directory: string): Promise<Peer> {
  const socket = join(directory, 'qemu.sock');
  const args = ['-f', 'raw', '-k', socket, '-t', '-e', '8', '--cache=writeback', path];
  return program('qemu-nbd', args, socket);
}

async function program(name: string, args: readonly string[], socket: string): Promise<Peer> {
  const child: ChildProcess = spawn(name, args, { stdio: 'ignore' });
  for (let tries = 0; !existsSync(socket); tries++) {
    if (tries > 100) throw new Error(`${name} does not listen`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    name,
    ...through(socket),
    stop: () =>
      new Promise((resolve) => {
        child.once('exit', () => resolve());
        child.kill();
      }),
  };
}

function through(socket: string): Required<Pick<Peer, 'requests' | 'copy'>> {
  const uri = `nbd+unix:///?socket=${socket}`;
  return {
    requests: (shape) => fio(shape, ['--ioengine=nbd', `--uri=${uri}`]),
    async copy() {
      const began = performance.now();
      let copies = 0;
      do {
        await run('nbdcopy', [uri, 'null:']);
        copies++;
      } while (performance.now() - began < TIME);
      return (copies * 1000) / (performance.now() - began);
    },
  };
}

/** fio on the file itself. */
export const fioOnFile = (path: string): Peer => ({
  name: 'fio',
  requests: (shape) =>
    // As many processes, for what waits in the page cache is never asynchronous.
    fio({ ...shape, depth: 1 }, [
      '--ioengine=psync',
      `--filename=${path}`,
      `--numjobs=${shape.depth}`,
      '--group_reporting',
      // What is cached stays so, for the others too.
      '--invalidate=0',
    ]),
  stop: () => Promise.resolve(),
});

/** Requests a second. @param size in bytes: where requests go to, from the beginning */
export async function fio(shape: Shape, where: readonly string[], size = SIZE): Promise<number> {
  const { op, random, block, depth } = shape;
  const printed = await run('fio', [
    '--name=bench',
    `--rw=${random ? 'rand' : ''}${op}`,
    `--bs=${block}`,
    `--iodepth=${depth}`,
    `--size=${size}`,
    '--time_based',
    `--runtime=${TIME}ms`,
    // Places without a map of those that were: it would be work of fio's, not of the peers.
    '--norandommap',
    '--output-format=json',
    ...where,
  ]);
  const told = JSON.parse(printed.slice(printed.indexOf('{'))) as {
    jobs: Record<'read' | 'write', { iops: number }>[];
  };
  return told.jobs[0]?.[op].iops ?? 0;
}

/** Callbacks of Node on the file itself, as many at once. */
export async function nodeOnFile(path: string): Promise<Peer> {
  const handle = await open(path, 'r+');
  const call = (
    op: Shape['op'],
    data: Uint8Array,
    position: number,
    done: (error: Error | null) => void,
  ): void => {
    if (op === 'read') read(handle.fd, data, 0, data.length, position, done);
    else write(handle.fd, data, 0, data.length, position, done);
  };
  return {
    name: 'Node',
    async requests({ op, random, block, depth }) {
      const places = SIZE / block;
      const until = performance.now() + TIME;
      let [next, done] = [0, 0];
      const one = (data: Uint8Array): Promise<void> =>
        new Promise((resolve, reject) => {
          const again = (): void => {
            const place = random ? (next * 48_271) % places : next % places;
            next++;
            call(op, data, place * block, (error) => {
              if (error) return reject(error);
              done++;
              if (performance.now() < until) again();
              else resolve();
            });
          };
          again();
        });
      await Promise.all(Array.from({ length: depth }, () => one(new Uint8Array(block).fill(1))));
      return (done * 1000) / TIME;
    },
    stop: () => handle.close(),
  };
}

/** What a tool prints; throws unless it succeeds. */
export function run(tool: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(tool, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let [out, err] = ['', ''];
    child.stdout.on('data', (data: Buffer) => (out += data.toString()));
    child.stderr.on('data', (data: Buffer) => (err += data.toString()));
    child.on('error', reject);
    child.on('close', (status) => {
      if (status === 0) resolve(out);
      else reject(new Error(`${tool} ${args.join(' ')}: ${status} ${err}`));
    });
  });
}
