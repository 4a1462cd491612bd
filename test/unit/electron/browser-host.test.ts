import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { startBrowserHost } from '../../../electron/browser-host/server.ts';
import type { BrowserHost } from '../../../electron/browser-host/server.ts';
import { webSocketChannel } from '../../../electron/browser-host/web-socket-channel.ts';
import { MESSAGE_LIMIT } from '../../../core/host/channel.ts';
import { connectApi } from '../../../core/host/wire-client.ts';
import { FakeEngine } from '../host/fake-engine.ts';
import { scratch } from '../host/scratch.ts';

async function page(): Promise<string> {
  const root = await scratch();
  const folder = join(root, 'renderer');
  await mkdir(join(folder, 'assets'), { recursive: true });
  await writeFile(join(folder, 'index.html'), '<!doctype html><title>studio</title>');
  await writeFile(join(folder, 'assets', 'index-1.js'), 'export {};');
  await writeFile(join(folder, 'assets', 'index-1.js.map'), '{}');
  await writeFile(join(root, 'secret.html'), 'secret');
  await symlink(join(root, 'secret.html'), join(folder, 'link.html'));
  return folder;
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

class Visitor {
  cookie: string | undefined;

  constructor(readonly port: number) {}

  get(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
    const cookie = this.cookie === undefined ? {} : { cookie: this.cookie };
    return new Promise((resolve, reject) => {
      const options = { host: '127.0.0.1', port: this.port, path, method };
      const sent = request({ ...options, headers: { ...cookie, ...headers } }, (response) => {
        let body = '';
        response.on('data', (data: Buffer) => (body += data.toString()));
        response.on('end', () => {
          const { statusCode = 0 } = response;
          resolve({ status: statusCode, headers: response.headers, body });
        });
      });
      sent.on('error', reject);
      sent.end();
    });
  }

  async enter(address: string): Promise<Answer> {
    const { pathname, search } = new URL(address);
    const answer = await this.get(pathname + search);
    this.cookie = answer.headers['set-cookie']?.[0]?.split(';')[0] ?? this.cookie;
    return answer;
  }

  /** The status with which a web socket is refused, or the open socket. */
  socket(path: string, headers: Record<string, string> = {}): Promise<WebSocket | number> {
    const cookie = this.cookie === undefined ? {} : { cookie: this.cookie };
    const origin = `http://127.0.0.1:${this.port}`;
    const socket = new WebSocket(`ws://127.0.0.1:${this.port}${path}`, {
      headers: { ...cookie, origin, ...headers },
    });
    onTestFinished(() => socket.terminate());
    return new Promise((resolve, reject) => {
      socket.on('open', () => resolve(socket));
      socket.on('unexpected-response', (_request, { statusCode }) => resolve(statusCode ?? 0));
      socket.on('error', reject);
    });
  }
}

async function started(heartbeatMillis?: number): Promise<{
  host: BrowserHost;
  engine: FakeEngine;
  visitor: Visitor;
}> {
  const engine = new FakeEngine();
  const host = await startBrowserHost({
    api: engine,
    page: await page(),
    defect: () => undefined,
    ...(heartbeatMillis !== undefined && { heartbeatMillis }),
  });
  onTestFinished(() => host.close());
  return { host, engine, visitor: new Visitor(Number(new URL(host.address()).port)) };
}

describe('the page', () => {
  test('is for who has a ticket, and a ticket is for one', async () => {
    const { host, visitor } = await started();
    const address = host.address();
    for (const path of ['/', '/assets/index-1.js', '/nothing', '/?ticket=', '/?ticket=guess']) {
      expect((await visitor.get(path)).status, path).toBe(403);
    }
    const entered = await visitor.enter(address);
    expect(entered.status).toBe(303);
    expect(entered.headers.location).toBe('/');
    expect(entered.headers['set-cookie']).toHaveLength(1);
    expect(entered.headers['set-cookie']?.[0]).toMatch(
      /^lvstudio-\d+=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/,
    );
    expect(entered.headers['set-cookie']?.[0]).not.toContain(new URL(address).search.slice(8));
    expect((await visitor.get('/')).body).toContain('<title>studio</title>');
    const second = new Visitor(visitor.port);
    expect((await second.enter(address)).status).toBe(403);
    expect(second.cookie).toBeUndefined();
    expect((await second.get('/')).status).toBe(403);
  });

  test('lets the browser that used an address come back to it', async () => {
    const { host, visitor } = await started();
    const address = host.address();
    await visitor.enter(address);
    const again = await visitor.enter(address);
    expect([again.status, again.headers['set-cookie']]).toEqual([303, undefined]);
  });

  test('a look at an address without opening it does not use it up', async () => {
    const { host, visitor } = await started();
    const address = host.address();
    const { pathname, search } = new URL(address);
    expect((await visitor.get(pathname + search, {}, 'HEAD')).status).toBe(403);
    expect((await visitor.get(pathname + search, {}, 'POST')).status).toBe(403);
    expect((await visitor.enter(address)).status).toBe(303);
  });

  test('tells of every use of an address', async () => {
    const { host, visitor } = await started();
    let times = 0;
    host.onAdmitted(() => times++);
    const address = host.address();
    await visitor.enter(address);
    await visitor.enter(address);
    await new Visitor(visitor.port).enter(host.address());
    expect(times).toBe(2);
  });

  test('answers under its own name only', async () => {
    const { host, visitor } = await started();
    await visitor.enter(host.address());
    for (const name of ['evil.example', `evil.example:${visitor.port}`, 'localhost', '127.0.0.1']) {
      const { status } = await visitor.get('/', { host: name });
      expect(status, name).toBe(421);
    }
    const address = new URL(host.address());
    const rebound = { host: `evil.example:${visitor.port}` };
    expect((await visitor.get(`/${address.search}`, rebound)).status).toBe(421);
    expect((await new Visitor(visitor.port).enter(address.href)).status).toBe(303);
  });

  test.each([
    '/../secret.html',
    '/assets/../../secret.html',
    '/%2e%2e/secret.html',
    '/..%2fsecret.html',
    '/assets/..\\..\\secret.html',
    '//secret.html',
    '/link.html',
    '/assets',
    '/assets/',
    '/assets/index-1.js.map',
    '/index.html/',
    '/__proto__',
    '/constructor',
  ])('%s is not there', async (path) => {
    const { host, visitor } = await started();
    await visitor.enter(host.address());
    const answer = await visitor.get(path);
    expect(answer.status).toBe(404);
    expect(answer.body).not.toContain('secret');
  });

  test('tells the browser its rules with every answer', async () => {
    const { host, visitor } = await started();
    const refused = await visitor.get('/');
    await visitor.enter(host.address());
    const [found, missing] = [await visitor.get('/assets/index-1.js'), await visitor.get('/x')];
    for (const { headers } of [refused, found, missing]) {
      const policy = String(headers['content-security-policy']);
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).toContain(`connect-src 'self' ws://127.0.0.1:${visitor.port};`);
      expect(policy).not.toMatch(/unsafe|\*|https:/);
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers['access-control-allow-origin']).toBeUndefined();
    }
    expect(found.headers['content-type']).toBe('text/javascript; charset=utf-8');
    const post = await visitor.get('/', {}, 'POST');
    expect([post.status, post.headers.allow]).toEqual([405, 'GET, HEAD']);
  });
});

describe('the web socket', () => {
  test('is for the page that has the cookie', async () => {
    const { host, visitor, engine } = await started();
    const stranger = new Visitor(visitor.port);
    expect(await stranger.socket('/engine')).toBe(403);
    await visitor.enter(host.address());
    const origins = [
      'http://evil.example',
      `http://localhost:${visitor.port}`,
      `https://127.0.0.1:${visitor.port}`,
      'null',
      '',
    ];
    for (const origin of origins) {
      expect(await visitor.socket('/engine', { origin }), origin).toBe(403);
    }
    expect(await visitor.socket('/engine', { host: `evil.example:${visitor.port}` })).toBe(421);
    expect(await visitor.socket('/other')).toBe(404);
    expect(engine.calls).toEqual([]);
    const socket = await visitor.socket('/engine');
    expect(socket).toBeInstanceOf(WebSocket);
  });

  test('carries the whole contract', async () => {
    const { host, visitor, engine } = await started();
    await visitor.enter(host.address());
    const socket = (await visitor.socket('/engine')) as WebSocket;
    const { api } = connectApi(webSocketChannel(socket));
    const seen: unknown[] = [];
    api.subscribe(({ body }) => seen.push(body));
    expect((await api.command(['lvs'])).status).toBe(0);
    engine.emit({ kind: 'vg-removed', vg: 'vg', id: 'vg' });
    await api.state();
    expect(seen).toEqual([{ kind: 'vg-removed', vg: 'vg', id: 'vg' }]);
    const data = Uint8Array.from({ length: 4 * 2 ** 20 }, (_, index) => index & 0xff);
    expect(await api.write('vg/home', 0, data)).toMatchObject({ ok: true });
    const back = await api.read('vg/home', 0, data.length);
    expect(back.ok && Buffer.compare(back.value, data)).toBe(0);
  });

  test('refuses nonsense, and ends with who sends too much or no text', async () => {
    const { host, visitor } = await started();
    await visitor.enter(host.address());
    const socket = (await visitor.socket('/engine')) as WebSocket;
    const answer = new Promise((resolve) =>
      socket.once('message', (data: Buffer) => resolve(JSON.parse(data.toString()))),
    );
    socket.send('nonsense');
    expect(await answer).toMatchObject({ id: null, error: { code: 'bad-request' } });
    const ended = (from: WebSocket): Promise<unknown> =>
      new Promise((resolve) => from.once('close', resolve));
    socket.send(Buffer.from('{}'), { binary: true });
    expect(await ended(socket)).toBe(1003);
    const other = (await visitor.socket('/engine')) as WebSocket;
    other.send('x'.repeat(7 * 2 ** 20));
    expect(await ended(other)).toBe(1009);
  });

  test('ends with a window that does not answer any more', async () => {
    const { host, visitor, engine } = await started(40);
    await visitor.enter(host.address());
    const alive = (await visitor.socket('/engine')) as WebSocket;
    const { api } = connectApi(webSocketChannel(alive));
    api.subscribe(() => undefined);
    const dead = (await visitor.socket('/engine')) as WebSocket;
    connectApi(webSocketChannel(dead)).api.subscribe(() => undefined);
    await expect.poll(() => engine.listeners.size).toBe(2);
    dead.pause();
    await expect.poll(() => engine.listeners.size).toBe(1);
    expect((await api.state()).seq).toBe(0);
  });

  test('tells windows that the engine is another one, or gone', async () => {
    const { host, visitor } = await started();
    await visitor.enter(host.address());
    const code = (socket: WebSocket): Promise<number> =>
      new Promise((resolve) => socket.once('close', resolve));
    const first = (await visitor.socket('/engine')) as WebSocket;
    host.restartWindows();
    expect(await code(first)).toBe(1012);
    const second = (await visitor.socket('/engine')) as WebSocket;
    const last = new Promise((resolve) =>
      second.once('message', (data: Buffer) => resolve(data.toString())),
    );
    const closed = code(second);
    await host.close();
    expect(await last).toBe('{"closing":true}');
    expect(await closed).toBe(1000);
    await expect(visitor.get('/')).rejects.toThrow();
  });
});

test('a frame beyond the limit ends its connection; the others are served on', async () => {
  const { host, visitor } = await started();
  await visitor.enter(host.address());
  const socket = await visitor.socket('/engine');
  if (typeof socket === 'number') throw new Error(`refused with ${socket}`);
  const closed = new Promise<number>((resolve) => socket.on('close', resolve));
  socket.on('error', () => undefined);
  socket.send('a'.repeat(MESSAGE_LIMIT + 1));
  // RFC 6455 7.4.1: a message that is too big.
  expect(await closed).toBe(1009);
  const next = await visitor.socket('/engine');
  if (typeof next === 'number') throw new Error(`refused with ${next}`);
  const answer = new Promise<string>((resolve) =>
    next.on('message', (data) => resolve((data as Buffer).toString())),
  );
  next.send('{"id":1,"method":"state","params":[]}');
  expect(JSON.parse(await answer)).toMatchObject({ id: 1 });
});
