/** An NBD server behind real sockets: where it listens, who may come, and that bytes survive. */
import { mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { mib } from '../../../core/base/units.ts';
import { RamDisk } from '../../../core/block/ram-disk.ts';
import { listenNbd, type NbdListener, type NbdPlace } from '../../../core/host/nbd-listen.ts';
import { NodeScheduler } from '../../../core/host/node-scheduler.ts';
import { NbdServer } from '../../../core/nbd/server/server.ts';
import { requestBytes, TestClient, type ClientEnd } from '../../support/nbd/client.ts';

let folder: string;
const scheduler = new NodeScheduler();
const listeners: NbdListener[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lvstudio-nbd-'));
});

afterEach(async () => {
  for (const listener of listeners.splice(0)) await listener.close();
  await rm(folder, { recursive: true });
});

function serverOf(memory?: number): NbdServer {
  const device = new RamDisk('vol', mib(16));
  const offered = { name: 'vol', device, readOnly: false, description: '' };
  return new NbdServer({ exports: () => [offered], scheduler, ...(memory ? { memory } : {}) });
}

async function listening(place: NbdPlace, server = serverOf()) {
  const clients: string[] = [];
  const answer = await listenNbd(place, (connection) => {
    clients.push(connection.client);
    server.serve(connection.stream(), connection.client);
  });
  if (!answer.ok) throw new Error(answer.error);
  listeners.push(answer.value);
  return { listener: answer.value, server, clients };
}

class SocketEnd implements ClientEnd {
  constructor(readonly socket: Socket) {
    socket.on('error', () => undefined);
  }

  hear(hearer: (data: Uint8Array) => void): void {
    this.socket.on('data', hearer);
  }

  mourn(mourner: () => void): void {
    this.socket.on('close', mourner);
  }

  send(data: Uint8Array): void {
    this.socket.write(data);
  }
}

async function clientOf(place: string | { readonly port: number; readonly host: string }) {
  const socket = typeof place === 'string' ? connect(place) : connect(place);
  const client = new TestClient(new SocketEnd(socket));
  await client.go('vol');
  return { client, socket };
}

const pattern = (length: number): Uint8Array =>
  Uint8Array.from({ length }, (_, at) => (at * 31 + (at >> 12)) & 0xff);

const closed = (socket: Socket): Promise<void> =>
  new Promise((resolve) => {
    if (socket.destroyed) resolve();
    else socket.once('close', () => resolve());
  });

test('large and small, many at once, over a Unix socket', async () => {
  const path = join(folder, 's');
  const { server } = await listening({ path });
  const { client, socket } = await clientOf(path);
  const data = pattern(2 ** 20);
  const lengths = [512, 4096, 65536, 2 ** 20, 131072, 3 * 512];
  let at = 0;
  const placed = lengths.map((length) => ({ length, offset: BigInt((at += 2 ** 21) - 2 ** 21) }));
  await Promise.all(
    placed.map(({ length, offset }) => client.request(1, { offset }, data.subarray(0, length))),
  );
  const read = await Promise.all(placed.map((one) => client.request(0, one)));
  for (const [index, { data: got, error }] of read.entries()) {
    expect(error).toBe(0);
    expect(Buffer.compare(got, data.subarray(0, lengths[index]))).toBe(0);
  }
  expect(server.sessions[0]?.traffic.bytesWritten).toBe(lengths.reduce((sum, one) => sum + one, 0));
  await server.finish();
  await closed(socket);
  expect(server.memory.used).toBe(0);
});

test('payloads that come in pieces, and requests right behind them', async () => {
  const path = join(folder, 's');
  await listening({ path });
  const { client, socket } = await clientOf(path);
  const data = pattern(300_032);
  // From here on what is sent is cut: each piece goes when the one before has been taken.
  let sending = Promise.resolve();
  client.wire.send = (bytes) => {
    for (let at = 0; at < bytes.length; at += 77_777) {
      const piece = bytes.subarray(at, at + 77_777);
      sending = sending.then(async () => {
        socket.write(piece);
        await new Promise((resolve) => setTimeout(resolve, 2));
      });
    }
  };
  const done = await Promise.all([
    client.request(1, {}, data),
    client.request(1, { offset: 2n ** 20n }, data.subarray(0, 512)),
    client.request(1, { offset: 2n ** 21n }, data),
    client.request(0, { length: 512 }),
  ]);
  expect(done.map(({ error }) => error)).toEqual([0, 0, 0, 0]);
  for (const [offset, length] of [
    [0n, data.length],
    [2n ** 20n, 512],
    [2n ** 21n, data.length],
  ] as const) {
    const read = await client.request(0, { offset, length });
    expect(Buffer.compare(read.data, data.subarray(0, length))).toBe(0);
  }
});

test('a client that takes nothing holds up no other, and has its share of memory', async () => {
  const path = join(folder, 's');
  const { server } = await listening({ path }, serverOf(4 * 2 ** 20));
  const { socket } = await clientOf(path);
  socket.pause();
  for (let at = 1; at < 64; at++) socket.write(requestBytes(0, at, { length: 2 ** 20 }));
  const { client } = await clientOf(path);
  for (let at = 0; at < 20; at++) {
    expect((await client.request(0, { length: 2 ** 20 })).error).toBe(0);
    expect(server.memory.used).toBeLessThanOrEqual(4 * 2 ** 20);
  }
  socket.destroy();
  await server.finish();
  expect(server.memory.used).toBe(0);
});

test('a Unix socket is for its owner, and gone when nobody listens any more', async () => {
  const path = join(folder, 's');
  const { listener } = await listening({ path });
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  const second = await listenNbd({ path }, () => undefined);
  expect(second).toEqual({ ok: false, error: `${path}: another program listens there` });
  await listener.close();
  await expect(stat(path)).rejects.toThrow('ENOENT');
});

test('a socket that a dead program left is replaced, anything else is not', async () => {
  const path = join(folder, 's');
  const dead = createServer().listen(path);
  await new Promise((resolve) => dead.once('listening', resolve));
  // As after a crash: nobody listens, the name is still there.
  const handle = dead as unknown as { _handle: { close(): void } };
  await rename(path, `${path}.kept`);
  handle._handle.close();
  await rename(`${path}.kept`, path);
  await listening({ path });
  await clientOf(path);
  const file = join(folder, 'file');
  await writeFile(file, 'precious');
  expect(await listenNbd({ path: file }, () => undefined)).toEqual({
    ok: false,
    error: `${file} exists and is not a socket`,
  });
  const nowhere = join(folder, 'none', 's');
  expect(await listenNbd({ path: nowhere }, () => undefined)).toMatchObject({ ok: false });
});

test('a port is one of this machine alone', async () => {
  const { listener, clients } = await listening({ port: 0 });
  const { place } = listener;
  if ('path' in place) throw new Error('a path');
  expect(place.host).toBe('127.0.0.1');
  const { client } = await clientOf(place);
  expect((await client.request(0, { length: 512 })).error).toBe(0);
  expect(clients[0]).toMatch(/^127\.0\.0\.1:\d+$/);
  for (const host of ['0.0.0.0', '::', '192.0.2.1', '127.evil.example', 'example.org', '']) {
    const refused = await listenNbd({ port: 0, host }, () => undefined);
    expect(refused).toMatchObject({ ok: false });
    if (!refused.ok) expect(refused.error).toContain('on this machine only');
  }
  const { port } = place;
  expect(await listenNbd({ port }, () => undefined)).toEqual({
    ok: false,
    error: `127.0.0.1 port ${port}: address already in use`,
  });
});
