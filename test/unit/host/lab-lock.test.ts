import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { lstat, mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { acquireLab } from '../../../core/host/lab-lock.ts';
import type { LabLock } from '../../../core/host/lab-lock.ts';
import { socketPlaces } from '../../../core/host/lab-socket.ts';
import { scratch } from './scratch.ts';

async function acquire(directory: string): Promise<{ lock?: LabLock; socket?: Socket }> {
  const answer = await acquireLab(directory);
  if (!answer.ok) throw new Error(JSON.stringify(answer.error));
  if (answer.value.kind === 'held') {
    const { socket } = answer.value;
    onTestFinished(() => void socket.destroy());
    return { socket };
  }
  const { lock } = answer.value;
  onTestFinished(() => lock.release());
  return { lock };
}

/** A process that listens there and is killed without a chance to tidy up. */
async function leaveStaleSocket(path: string): Promise<void> {
  const listen = `listen(${JSON.stringify(path)}, () => console.log('on'))`;
  const script = `require('net').createServer().${listen}`;
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  child.kill('SIGKILL');
  await once(child, 'close');
  expect((await lstat(path)).isSocket()).toBe(true);
}

const place = (directory: string): string => join(directory, 'lvstudio.sock');

test('the first has the lab, the second is connected to the first', async () => {
  const directory = await scratch();
  const { lock } = await acquire(directory);
  expect((await lstat(place(directory))).mode & 0o777).toBe(0o600);
  const { socket } = await acquire(directory);
  const met = new Promise<Socket>((resolve) => lock?.serve(resolve));
  socket?.write('hello');
  const [data] = (await once(await met, 'data')) as [Buffer];
  expect(data.toString()).toBe('hello');
});

test('what was sent before there was anybody to serve it is not lost', async () => {
  const directory = await scratch();
  const { lock } = await acquire(directory);
  const { socket } = await acquire(directory);
  socket?.write('early');
  await new Promise((resolve) => setTimeout(resolve, 30));
  const met = new Promise<Socket>((resolve) => lock?.serve(resolve));
  const [data] = (await once(await met, 'data')) as [Buffer];
  expect(data.toString()).toBe('early');
});

test('a released lab is free, and nothing is left in it', async () => {
  const directory = await scratch();
  const { lock } = await acquire(directory);
  const { socket } = await acquire(directory);
  const told = once(socket!, 'data') as Promise<[Buffer]>;
  await lock?.release();
  expect((await told)[0].toString()).toBe('{"closing":true}\n');
  expect(await readdir(directory)).toEqual([]);
  expect((await acquire(directory)).lock).toBeDefined();
});

test('what a killed process left behind is taken over', async () => {
  const directory = await scratch();
  await leaveStaleSocket(place(directory));
  expect((await acquire(directory)).lock).toBeDefined();
  expect((await acquire(directory)).socket).toBeDefined();
  expect(await readdir(directory)).toEqual(['lvstudio.sock']);
});

test('of many who find it stale at once exactly one gets it', async () => {
  const directory = await scratch();
  await leaveStaleSocket(place(directory));
  const all = await Promise.all(Array.from({ length: 12 }, () => acquire(directory)));
  expect(all.filter(({ lock }) => lock !== undefined)).toHaveLength(1);
  expect(await readdir(directory)).toEqual(['lvstudio.sock']);
});

test('a lab with a long path has its socket elsewhere, and says where', async () => {
  const directory = join(await scratch(), 'd'.repeat(120));
  await mkdir(directory);
  const { lock } = await acquire(directory);
  const [{ path, kind } = { path: '', kind: '' }] = socketPlaces(directory);
  expect(kind).toBe('shared');
  expect(Buffer.byteLength(path)).toBeLessThan(104);
  expect(await readFile(join(directory, 'lvstudio.sock.path'), 'utf8')).toBe(path);
  expect((await acquire(directory)).socket).toBeDefined();
  await lock?.release();
  expect(await readdir(directory)).toEqual([]);
  await expect(lstat(path)).rejects.toThrow();
});

test('a name that leads to the same lab leads to the same engine', async () => {
  const directory = await scratch();
  await acquire(directory);
  expect((await acquire(join(directory, '..', directory.split('/').at(-1)!))).socket).toBeDefined();
});

test('something else under the name of the socket is refused, not removed', async () => {
  const directory = await scratch();
  await writeFile(place(directory), 'mine');
  const answer = await acquireLab(directory);
  expect(answer.ok).toBe(false);
  expect(await readFile(place(directory), 'utf8')).toBe('mine');
});

test('a folder that is not there is a plain refusal', async () => {
  expect(await acquireLab('/no/such/lab')).toMatchObject({
    ok: false,
    error: { code: 'lab', why: 'the folder: no such file or directory' },
  });
});

test.skipIf(process.platform !== 'linux')(
  'a folder that takes no socket can be locked',
  async () => {
    const directory = '/proc/sys';
    const { lock } = await acquire(directory);
    expect(lock).toBeDefined();
    expect((await acquire(directory)).socket).toBeDefined();
  },
);
