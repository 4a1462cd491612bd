/** Electron's main process, piece by piece: what a page may load, send and do. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Session, WebContents } from 'electron';
import { describe, expect, test } from 'vitest';
import type { EngineEvent } from '../../../core/contract/events.ts';
import { answerAppRequest, isPageUrl } from '../../../electron/app-scheme.ts';
import { SAFE_PREFERENCES, hardenContents, hardenSession } from '../../../electron/hardening.ts';
import { CALL_CHANNEL, EVENT_CHANNEL } from '../../../electron/ipc/channels.ts';
import { EngineDoor } from '../../../electron/ipc/engine-door.ts';
import type { CallSource, IpcReply } from '../../../electron/ipc/engine-door.ts';
import { labArgument, labOfInstance } from '../../../electron/lab-argument.ts';
import { menuTemplate } from '../../../electron/menu.ts';
import { listPageFiles } from '../../../electron/page-files.ts';
import { placeFor, readPlace, savePlace } from '../../../electron/window-bounds.ts';
import { FakeEngine } from '../host/fake-engine.ts';
import { scratch } from '../host/scratch.ts';

describe('app://', () => {
  async function get(url: string, method = 'GET'): Promise<Response> {
    const root = await scratch();
    await mkdir(join(root, 'renderer', 'assets'), { recursive: true });
    await writeFile(join(root, 'renderer', 'index.html'), '<title>studio</title>');
    await writeFile(join(root, 'renderer', 'assets', 'a.css'), 'a{}');
    await writeFile(join(root, 'secret.html'), 'secret');
    return answerAppRequest({ url, method }, await listPageFiles(join(root, 'renderer')));
  }

  test('serves the page with its rules', async () => {
    const response = await get('app://studio/');
    expect(response.status).toBe(200);
    expect(await response.text()).toBe('<title>studio</title>');
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(response.headers.get('content-security-policy')).toContain("connect-src 'self';");
    expect((await get('app://studio/assets/a.css?v=1#x')).status).toBe(200);
  });

  test.each([
    ['app://studio/../secret.html', 404],
    ['app://studio/assets/../../secret.html', 404],
    ['app://studio/%2e%2e/secret.html', 404],
    ['app://studio/..%2fsecret.html', 404],
    ['app://studio/assets/', 404],
    ['app://other/', 403],
    ['app://studio.evil/', 403],
    ['app://user@studio/', 403],
    ['file:///etc/passwd', 403],
    ['not an address', 403],
  ])('%s is %i', async (url, status) => {
    const response = await get(url);
    expect(response.status).toBe(status);
    expect(await response.text()).not.toContain('secret');
    expect(response.headers.get('content-security-policy')).not.toBeNull();
  });

  test('only reads', async () => {
    expect((await get('app://studio/', 'POST')).status).toBe(405);
  });

  test('a file that is gone is no failure', async () => {
    const files = new Map([['/', { path: '/no/such/file', type: 'text/html' }]]);
    expect((await answerAppRequest({ url: 'app://studio/', method: 'GET' }, files)).status).toBe(
      404,
    );
  });
});

describe('a page', () => {
  test('has none of the powers of Node', () => {
    expect(SAFE_PREFERENCES).toMatchObject({
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      webviewTag: false,
      webSecurity: true,
    });
  });

  test('gets no permission, no device and no network', () => {
    type Handler = (...args: never[]) => unknown;
    const handlers = new Map<string, Handler>();
    const keep = (name: string) => (handler: Handler) => void handlers.set(name, handler);
    const session = {
      setPermissionRequestHandler: keep('request'),
      setPermissionCheckHandler: keep('check'),
      setDevicePermissionHandler: keep('device'),
      webRequest: { onBeforeRequest: keep('network') },
    };
    hardenSession(session as unknown as Session);
    const call = (name: string, ...args: unknown[]): unknown =>
      handlers.get(name)?.(...(args as never[]));
    let decided: unknown;
    const decide = (value: unknown): void => void (decided = value);
    for (const permission of ['media', 'clipboard-read', 'display-capture', 'openExternal']) {
      call('request', {}, permission, decide);
      expect(decided, permission).toBe(false);
      expect(call('check', {}, permission)).toBe(false);
    }
    expect(call('device', {})).toBe(false);
    const passes = (url: string): boolean => {
      call('network', { url }, decide);
      return !(decided as { cancel: boolean }).cancel;
    };
    expect(passes('app://studio/assets/a.js')).toBe(true);
    expect(passes('devtools://devtools/x')).toBe(true);
    for (const url of [
      'https://example.org/',
      'http://127.0.0.1/',
      'ws://x/',
      'file:///etc/passwd',
      'app://other/',
      'chrome://gpu',
      'xdata:,',
    ]) {
      expect(passes(url), url).toBe(false);
    }
  });

  test('stays where it is', () => {
    const listeners = new Map<string, (event: { preventDefault(): void }) => void>();
    let open: ((details: { url: string }) => unknown) | undefined;
    const contents = {
      on: (name: string, listener: () => void) => void listeners.set(name, listener),
      setWindowOpenHandler: (handler: typeof open) => void (open = handler),
    };
    hardenContents(contents as unknown as WebContents);
    const events = ['will-navigate', 'will-frame-navigate', 'will-redirect', 'will-attach-webview'];
    for (const name of events) {
      let prevented = false;
      listeners.get(name)?.({ preventDefault: () => (prevented = true) });
      expect(prevented, name).toBe(true);
    }
    expect(open?.({ url: 'https://example.org' })).toEqual({ action: 'deny' });
  });

  test('is ours by scheme and host alone', () => {
    expect(isPageUrl('app://studio/index.html')).toBe(true);
    for (const url of [
      'app://studio@evil/',
      'https://studio/',
      'app:studio',
      'app://Studio.x/',
      '',
    ]) {
      expect(isPageUrl(url), url).toBe(false);
    }
  });
});

describe('the door for windows', () => {
  type Answer = Parameters<CallSource['handle']>[1];
  const frame = { url: 'app://studio/' };

  function opened(engine: FakeEngine | undefined = new FakeEngine()) {
    let answer: Answer | undefined;
    const channels: string[] = [];
    const door = new EngineDoor(
      (id) => (id === 1 ? engine : undefined),
      () => undefined,
    );
    door.open({
      handle: (channel, given) => {
        channels.push(channel);
        answer = given;
      },
    });
    const sent: EngineEvent[] = [];
    const destroyed: (() => void)[] = [];
    const sender = {
      id: 1,
      mainFrame: frame,
      isDestroyed: () => false,
      send: (channel: string, event: EngineEvent) => {
        expect(channel).toBe(EVENT_CHANNEL);
        sent.push(event);
      },
      once: (_event: string, listener: () => void) => destroyed.push(listener),
    };
    const call = (method: unknown, params: unknown, event: object = {}): Promise<IpcReply> =>
      answer!({ sender, senderFrame: frame, ...event }, method, params);
    return { call, engine, channels, sent, destroyed, door, sender };
  }

  test('answers the page', async () => {
    const { call, channels } = opened();
    expect(channels).toEqual([CALL_CHANNEL]);
    expect(await call('state', [])).toMatchObject({ result: { seq: 0 } });
    expect(await call('write', ['vg/home', 0, 'AAAA'])).toEqual({ result: { ok: true } });
    expect(await call('read', ['vg/home', 0, 3])).toEqual({ result: { ok: true, value: 'AAAA' } });
  });

  test.each([
    ['a frame inside the page', { senderFrame: { url: 'app://studio/' } }],
    ['a frame that is gone', { senderFrame: null }],
    ['another page', strayed('https://evil.example/')],
    ['a page of another host', strayed('app://evil/')],
    ['an empty page', strayed('about:blank')],
  ])('does not answer %s', async (_name, event) => {
    const { call, engine } = opened();
    const sender = 'mainFrame' in event ? { sender: { id: 1, mainFrame: event.mainFrame } } : {};
    expect(await call('state', [], { ...event, ...sender })).toMatchObject({
      error: { code: 'bad-request', message: 'this is not the page of LV Studio' },
    });
    expect(engine.calls).toEqual([]);
  });

  function strayed(url: string) {
    const mainFrame = { url };
    return { senderFrame: mainFrame, mainFrame };
  }

  test('checks what it is asked', async () => {
    const { call, engine } = opened();
    for (const [method, params] of [
      ['eval', []],
      [undefined, []],
      ['state', undefined],
      ['read', ['vg/home', 0, 5 * 2 ** 20]],
      ['command', [['lvs'], { shell: 'sh' }]],
    ] as const) {
      expect(await call(method, params)).toMatchObject({ error: { code: 'bad-request' } });
    }
    expect(engine.calls).toEqual([]);
    engine.defect = new Error('inside');
    expect(await call('state', [])).toMatchObject({ error: { code: 'bug' } });
  });

  test('sends events from the subscription to the end of the window', async () => {
    const { call, engine, sent, destroyed } = opened();
    engine.emit({ kind: 'vg-removed', vg: 'before', id: 'before' });
    await call('subscribe', []);
    await call('subscribe', []);
    engine.emit({ kind: 'vg-removed', vg: 'after', id: 'after' });
    expect(sent.map(({ seq }) => seq)).toEqual([2]);
    destroyed[0]?.();
    expect(engine.listeners.size).toBe(0);
  });

  test('a window without a lab gets no answer', async () => {
    const { call, sender } = opened();
    const other = { sender: { ...sender, id: 2 } };
    expect(await call('state', [], other)).toMatchObject({
      error: { message: 'this window shows no lab' },
    });
  });
});

describe('where the window was', () => {
  const display = { x: 0, y: 0, width: 1920, height: 1080 };
  const saved = (x: number, y: number, width = 1000, height = 700): unknown => ({
    bounds: { x, y, width, height },
    maximized: false,
  });

  test.each([
    ['inside', saved(10, 20), true],
    ['partly outside', saved(1700, 500), true],
    ['on a second display', saved(2000, 100), false],
    ['too far to the left', saved(-950, 100), false],
    ['with its title above the top', saved(100, -30), false],
    ['too small', saved(10, 10, 100, 100), false],
    ['nonsense', { bounds: 'x' }, false],
    ['nothing', undefined, false],
    ['huge', saved(1e9, 0), false],
  ])('%s', (_name, content, kept) => {
    expect(placeFor(content, [display]).bounds !== undefined).toBe(kept);
  });

  test('is kept from one start to the next', async () => {
    const file = join(await scratch(), 'data', 'window.json');
    expect(placeFor(await readPlace(file), [display])).toEqual({ maximized: false });
    const place = { bounds: { x: 1, y: 2, width: 900, height: 600 }, maximized: true };
    await savePlace(file, place);
    expect(placeFor(await readPlace(file), [display])).toEqual(place);
    await writeFile(file, '{');
    expect(placeFor(await readPlace(file), [display])).toEqual({ maximized: false });
  });
});

test('the lab is named in one spelling, by the command line and by a second start', () => {
  expect(labArgument(['electron', 'main.mjs', '--lab=/x y'])).toBe('/x y');
  expect(labArgument(['electron', '--lab', '/x'])).toBeUndefined();
  expect(labArgument(['--lab='])).toBeUndefined();
  expect(labOfInstance({ lab: '/x' })).toBe('/x');
  for (const data of [undefined, null, {}, { lab: 1 }, { lab: '' }, 'x']) {
    expect(labOfInstance(data)).toBeUndefined();
  }
});

test('the menu has the edit roles, and the application menu on macOS alone', () => {
  const roles = (platform: string): unknown[] =>
    menuTemplate(platform, { showDataFolder: () => undefined }).map(({ role }) => role);
  expect(roles('linux')).toContain('editMenu');
  expect(roles('linux')).not.toContain('appMenu');
  expect(roles('darwin')[0]).toBe('appMenu');
});
