/** Inputs without an end, counted: how much of them is read before they are refused. */
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { createServer, connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Prng } from '../../../core/env/prng.ts';
import { readTextFile } from '../../../core/host/bounded-text.ts';
import { MESSAGE_LIMIT } from '../../../core/host/channel.ts';
import { jsonLines } from '../../../core/host/json-lines.ts';
import { LabBackups } from '../../../core/host/lab-backups.ts';
import { readLabFile } from '../../../core/host/lab-file.ts';
import { serveConnection } from '../../../core/host/wire-server.ts';
import { channelPair } from './channels.ts';
import { lvstudio } from './cli-run.ts';
import { FakeEngine } from './fake-engine.ts';

const MIB = 2 ** 20;
let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lvstudio-bounds-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('a file is read up to its limit, one byte more is refused', async () => {
  const file = join(folder, 'text');
  await writeFile(file, 'ä'.repeat(1000));
  expect(await readTextFile(file, 2000, 'utf8')).toBe('ä'.repeat(1000));
  await expect(readTextFile(file, 1999, 'utf8')).rejects.toThrow('the file is too large');
});

test.runIf(process.platform === 'linux')('what is no file is not read', async () => {
  const pipe = join(folder, 'pipe');
  spawnSync('mkfifo', [pipe]);
  for (const path of ['/dev/zero', folder, pipe]) {
    await expect(readTextFile(path, MIB, 'utf8')).rejects.toThrow('it is not a regular file');
  }
});

test('100 MB of metadata are refused by their size alone', async () => {
  await writeFile(join(folder, 'huge.vg'), '');
  await truncate(join(folder, 'huge.vg'), 100 * MIB);
  const store = new LabBackups(folder, { random: new Prng(1), wallClock: () => 0 });
  const why = 'the file is too large';
  const error = { code: 'backup-failed', path: 'huge.vg', why };
  expect(await store.read('huge.vg')).toEqual({ ok: false, error });
});

test('so is a lab.json that is none', async () => {
  await writeFile(join(folder, 'lab.json'), '');
  await truncate(join(folder, 'lab.json'), 100 * MIB);
  const read = await readLabFile(folder);
  expect(read.ok ? '' : JSON.stringify(read.error)).toContain('the file is too large');
  await writeFile(join(folder, 'lab.json'), '['.repeat(MIB));
  const deep = await readLabFile(folder);
  expect(deep.ok ? '' : JSON.stringify(deep.error)).toContain('damaged');
});

test('run stops to read a standard input that has no end', async () => {
  let given = 0;
  const piece = Buffer.alloc(65_536, 'a');
  const endless = new Readable({
    read() {
      given += piece.length;
      this.push(piece);
    },
  });
  const { status, err } = await lvstudio(['--lab', folder, 'run', '-'], { stdin: endless });
  expect([status, err]).toEqual([5, expect.stringContaining('it is too long')]);
  expect(given).toBeLessThan(17 * MIB);
  endless.destroy();
});

test('a line of 50 MB ends the connection after the first of them', async () => {
  let received = 0;
  let taken: Socket | undefined;
  const server = createServer((socket) => {
    taken = socket;
    jsonLines(socket).onMessage(() => received++);
  });
  const path = join(folder, 'sock');
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const client = connect(path);
  const over = new Promise<void>((resolve) => client.on('close', () => resolve()));
  client.on('error', () => undefined);
  const piece = 'a'.repeat(MIB);
  for (let sent = 0; sent < 50 && !client.destroyed; sent++) {
    if (!client.write(piece))
      await Promise.race([new Promise((r) => client.once('drain', r)), over]);
  }
  await over;
  expect(received).toBe(0);
  expect(taken?.bytesRead).toBeLessThan(MESSAGE_LIMIT + 2 * MIB);
  await new Promise((resolve) => server.close(resolve));
});

test('a connection that ended before somebody took it over is known to have ended', async () => {
  const path = join(folder, 'gone');
  const server = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const client = connect(path);
  client.on('error', () => undefined);
  client.resume();
  await new Promise((resolve) => client.once('close', resolve));
  await new Promise<void>((resolve) => {
    jsonLines(client).onClose(resolve);
  });
  await new Promise((resolve) => server.close(resolve));
});

test.each([
  ['nested 1,000,000 deep', '['.repeat(1e6)],
  ['nested and closed', `${'['.repeat(1e5)}${']'.repeat(1e5)}`],
  ['objects in objects', '{"id":'.repeat(1e5)],
  ['a million parameters', `{"id":1,"method":"command","params":[[${'"a",'.repeat(1e6)}"a"]]}`],
  ['the name of an object', '{"id":1,"method":"__proto__","params":[]}'],
  ['its constructor', '{"id":1,"method":"constructor","params":[]}'],
  ['a key of all objects', '{"__proto__":{"id":1},"method":"state","params":[]}'],
])('a message %s is refused in one line', async (_, text) => {
  const [engine, peer] = channelPair();
  serveConnection(new FakeEngine(), engine, (error) => {
    throw error;
  });
  const answer = new Promise<string>((resolve) => peer.onMessage(resolve));
  peer.send(text);
  const said = await answer;
  expect(JSON.parse(said)).toMatchObject({ error: { code: 'bad-request' } });
  expect(said.length).toBeLessThan(1000);
  expect(({} as Record<string, unknown>)['id']).toBeUndefined();
});
