import { describe, expect, test } from 'vitest';
import type { EngineEvent } from '../../../core/contract/events.ts';
import { WireError, connectApi } from '../../../core/host/wire-client.ts';
import { OPEN_CALLS_LIMIT, serveConnection } from '../../../core/host/wire-server.ts';
import { channelPair } from './channels.ts';
import { FakeEngine, VOLUME } from './fake-engine.ts';

function connected() {
  const engine = new FakeEngine();
  const defects: unknown[] = [];
  const [near, far] = channelPair();
  const served = serveConnection(engine, near, (error) => defects.push(error));
  return { engine, defects, served, ...connectApi(far), near, far };
}

/** What a server answers to raw text. */
async function answersTo(...texts: string[]): Promise<unknown[]> {
  const { near, far } = connected();
  for (const text of texts) far.send(text);
  await new Promise((resolve) => setTimeout(resolve, 5));
  return near.sent.map((text) => JSON.parse(text) as unknown);
}

const code = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'no failure',
    (error: unknown) => (error instanceof WireError ? error.code : error),
  );

describe('a connected EngineApi', () => {
  const line = ['lvcreate', '-n', 'home', '-L', '4m', 'vg'];

  test('passes every call on with its arguments', async () => {
    const { engine, api } = connected();
    await api.state();
    await api.preview(line);
    await api.command(['lvs', '-a'], { ask: true });
    await api.command(['lvs']);
    await api.vgMetadata('vg');
    await api.pvMetadata('/dev/sda');
    await api.proposeMoves({ kind: 'compact', device: '/dev/sda', to: 9 });
    await api.reportFields();
    await api.backupFiles();
    expect(await api.backupText('backup/vg')).toEqual({ ok: true, value: 'text of backup/vg' });
    expect(engine.calls).toEqual([
      ['state'],
      ['preview', line],
      ['command', ['lvs', '-a'], { ask: true }],
      ['command', ['lvs'], undefined],
      ['vgMetadata', 'vg'],
      ['pvMetadata', '/dev/sda'],
      ['proposeMoves', { kind: 'compact', device: '/dev/sda', to: 9 }],
      ['reportFields'],
      ['backupFiles'],
      ['backupText', 'backup/vg'],
    ]);
  });

  test('returns results and refusals alike', async () => {
    const { api } = connected();
    expect(await api.command(line)).toEqual({
      status: 0,
      output: [{ stream: 'stdout', text: '  lvcreate -n home -L 4m vg' }],
    });
    expect(await api.preview(line)).toEqual({
      ok: false,
      error: { error: { code: 'vg-not-found', vg: 'vg' }, messages: ['no plan for lvcreate'] },
    });
  });

  test('carries bytes of every value and any length', async () => {
    const { engine, api } = connected();
    for (const length of [0, 1, 2, 3, 4096, 4 * 1024 * 1024]) {
      const data = Uint8Array.from({ length }, (_, index) => (index * 7 + length) & 0xff);
      expect(await api.write(VOLUME, 512, data)).toEqual({ ok: true, value: undefined });
      expect(Buffer.compare(engine.data.subarray(512, 512 + length), data)).toBe(0);
      const back = await api.read(VOLUME, 512, length);
      expect(back.ok && Buffer.compare(back.value, data)).toBe(0);
    }
  });

  test('delivers events in order to every listener until it leaves', async () => {
    const { engine, api } = connected();
    const [first, second]: [EngineEvent[], EngineEvent[]] = [[], []];
    const leave = api.subscribe((event) => first.push(event));
    api.subscribe((event) => second.push(event));
    await api.state();
    engine.emit({ kind: 'vg-removed', vg: 'a', id: 'a' });
    await api.state();
    leave();
    engine.emit({ kind: 'vg-removed', vg: 'b', id: 'b' });
    await api.state();
    expect(first.map(({ seq }) => seq)).toEqual([1]);
    expect(second).toEqual([
      { seq: 1, timeMicros: 10, body: { kind: 'vg-removed', vg: 'a', id: 'a' } },
      { seq: 2, timeMicros: 20, body: { kind: 'vg-removed', vg: 'b', id: 'b' } },
    ]);
    expect(engine.listeners.size).toBe(1);
  });

  test('misses no event between its subscription and a state asked for after it', async () => {
    const { engine, api } = connected();
    const seen: number[] = [];
    api.subscribe(({ seq }) => seen.push(seq));
    const state = api.state();
    await new Promise((resolve) => setTimeout(resolve, 1));
    engine.emit({ kind: 'vg-removed', vg: 'a', id: 'a' });
    expect((await state).seq).toBe(0);
    await api.state();
    expect(seen).toEqual([1]);
  });

  test('reports a defect without telling the other side what it was', async () => {
    const { engine, api, defects } = connected();
    engine.defect = new Error('secret path');
    const failure = await api.state().catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: 'WireError', code: 'bug' });
    expect(String(failure)).not.toContain('secret');
    expect(defects).toEqual([engine.defect]);
  });

  test('rejects what is open when the connection breaks', async () => {
    const { engine, api, far, ended } = connected();
    engine.gate = new Promise(() => undefined);
    const call = code(api.command(['lvs']));
    await Promise.resolve();
    far.close();
    await ended;
    expect(await call).toBe('lost');
    expect(await code(api.state())).toBe('lost');
  });

  test('ends its subscription when the connection breaks', async () => {
    const { engine, api, far, ended } = connected();
    api.subscribe(() => undefined);
    await api.state();
    expect(engine.listeners.size).toBe(1);
    far.close();
    await ended;
    expect(engine.listeners.size).toBe(0);
  });
});

describe('the end of an engine', () => {
  test('answers what was begun and says of the rest that it was not', async () => {
    const { engine, api, served, ended } = connected();
    let open = (): void => undefined;
    engine.gate = new Promise((resolve) => (open = resolve));
    const begun = api.command(['lvcreate']);
    await new Promise((resolve) => setTimeout(resolve, 1));
    const finished = served.finish();
    const late = code(api.command(['late']));
    await new Promise((resolve) => setTimeout(resolve, 1));
    open();
    await finished;
    await ended;
    expect((await begun).status).toBe(0);
    expect(await late).toBe('closing');
    expect(await code(api.state())).toBe('closing');
    expect(engine.calls).toEqual([['command', ['lvcreate'], undefined]]);
  });
});

describe('hostile messages', () => {
  const rejected = async (text: string): Promise<string> => {
    const [answer, ...rest] = await answersTo(text);
    expect(rest).toEqual([]);
    const { error } = answer as { error: { code: string; message: string } };
    expect(error.code).toBe('bad-request');
    return error.message;
  };
  const call = (method: string, params: unknown, id: unknown = 1): string =>
    JSON.stringify({ id, method, params });

  test.each([
    ['no JSON', '{'],
    ['no object', '[]'],
    ['null', 'null'],
    ['nothing', '""'],
    ['no id', '{"method":"state","params":[]}'],
    ['a negative id', call('state', [], -1)],
    ['a fraction for an id', call('state', [], 1.5)],
    ['an id beyond exact numbers', '{"id":1e300,"method":"state","params":[]}'],
    ['an unknown method', call('eval', [])],
    ['a method of every object', call('constructor', [])],
    ['a surplus key', '{"id":1,"method":"state","params":[],"extra":1}'],
    ['params that are no list', call('state', {})],
    ['a surplus parameter', call('state', [1])],
    ['a parameter too few', call('read', [VOLUME, 0])],
    ['a line that is one text', call('preview', ['lvremove vg/home'])],
    ['a word that is none', call('preview', [['lvremove', { vg: 'vg' }]])],
    ['__proto__', '{"id":1,"method":"command","params":[["lvs"],{"yes":true,"__proto__":{}}]}'],
    ['words that are no strings', call('command', [['lvs', 1]])],
    ['an option of a command', call('command', [['lvs'], { shell: true }])],
    ['a negative offset', call('read', [VOLUME, -1, 10])],
    ['a fraction of a byte', call('read', [VOLUME, 0.5, 10])],
    ['more than 4 MiB to read', call('read', [VOLUME, 0, 4 * 1024 * 1024 + 1])],
    ['more than 4 MiB to write', call('write', [VOLUME, 0, 'A'.repeat(6 * 1024 * 1024)])],
    ['base64 with a stranger', call('write', [VOLUME, 0, 'AAA*'])],
    ['base64 without padding', call('write', [VOLUME, 0, 'AA'])],
    ['a subscription with parameters', call('subscribe', [1])],
    ['an endless name', call('read', ['v'.repeat(5000), 0, 1])],
    ['endless words', call('command', [Array.from({ length: 5000 }, () => 'x')])],
  ])('%s is refused', async (_name, text) => {
    expect(await rejected(text)).not.toBe('');
  });

  test('the refusal names the place, and the id where there is one', async () => {
    const [answer] = await answersTo(call('preview', [['lvremove', 1]], 7));
    expect(answer).toMatchObject({ id: 7, error: { code: 'bad-request' } });
    expect((answer as { error: { message: string } }).error.message).toMatch(/^params\[0\]\[1\]: /);
    expect(await answersTo('{')).toMatchObject([{ id: null }]);
  });

  test('the connection survives them', async () => {
    const [, answer] = await answersTo('{', call('state', []));
    expect(answer).toMatchObject({ id: 1, result: { seq: 0 } });
  });

  test('too many open calls are refused, the others are answered', async () => {
    const { engine, api } = connected();
    let open = (): void => undefined;
    engine.gate = new Promise((resolve) => (open = resolve));
    const calls = Array.from({ length: OPEN_CALLS_LIMIT + 3 }, () => code(api.command(['lvs'])));
    await new Promise((resolve) => setTimeout(resolve, 5));
    open();
    const codes = await Promise.all(calls);
    expect(codes.filter((each) => each === 'too-many')).toHaveLength(3);
    expect(codes.filter((each) => each === 'no failure')).toHaveLength(OPEN_CALLS_LIMIT);
  });

  test('a server that talks nonsense ends the connection', async () => {
    for (const text of ['{', '{"id":0}', '{"event":{}}', '{"id":0,"result":1,"more":2}']) {
      const [near, far] = channelPair();
      const { api, ended } = connectApi(far);
      const call_ = code(api.state());
      near.send(text);
      await ended;
      expect(await call_).toBe('lost');
    }
  });
});
