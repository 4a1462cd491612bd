import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { EngineEvent } from '../../core/contract/events.ts';
import { connect, type Standing } from '../../renderer/state/connection.ts';
import { lab } from './support/lab.ts';

/** A web socket whose other end is the test. */
class FakeSocket extends EventTarget {
  static readonly OPEN = 1;
  static all: FakeSocket[] = [];
  readyState = 0;
  readonly sent: { id: number; method: string; params: unknown[] }[] = [];

  constructor(readonly url: string) {
    super();
    FakeSocket.all.push(this);
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text) as FakeSocket['sent'][number]);
  }

  open(): void {
    this.readyState = 1;
    this.dispatchEvent(new Event('open'));
  }

  say(message: unknown): void {
    this.dispatchEvent(new MessageEvent('message', { data: JSON.stringify(message) }));
  }

  end(): void {
    this.readyState = 3;
    this.dispatchEvent(new Event('close'));
  }
}

const last = (): FakeSocket => {
  const socket = FakeSocket.all.at(-1);
  if (!socket) throw new Error('no socket was opened');
  return socket;
};
const standings: Standing[] = [];
const open = () => connect((standing) => standings.push(standing));

beforeEach(() => {
  FakeSocket.all = [];
  standings.length = 0;
  Reflect.deleteProperty(window, 'lvstudio');
  vi.stubGlobal('WebSocket', FakeSocket);
  vi.useFakeTimers();
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

test('calls made before the socket is open are sent when it is', async () => {
  const bridge = open();
  const state = bridge.call('state', []);
  expect(last().url).toBe(`ws://${location.host}/engine`);
  expect(last().sent).toEqual([]);
  last().open();
  expect(last().sent).toEqual([{ id: 0, method: 'state', params: [] }]);
  last().say({ id: 0, result: lab });
  expect(await state).toEqual(lab);
});

test('answers find their calls in any order, also those that are failures', async () => {
  const bridge = open();
  last().open();
  const first = bridge.call('command', [['lvs']]);
  const second = bridge.call('subscribe', []);
  last().say({ id: 1, error: { code: 'bug', message: 'a defect' } });
  last().say({ id: 0, result: { status: 0, output: [] } });
  await expect(second).rejects.toThrow('a defect');
  expect(await first).toEqual({ status: 0, output: [] });
});

test('events reach who listens, until they no longer do', () => {
  const bridge = open();
  last().open();
  const heard: EngineEvent[] = [];
  const end = bridge.onEvent((event) => heard.push(event));
  const event = { seq: 1, timeMicros: 2, body: { kind: 'vg-removed', vg: 'vg', id: 'vg' } };
  last().say({ event });
  end();
  last().say({ event });
  expect(heard).toEqual([event]);
});

test('of events that come together the first is heard at once, the rest in the next frame', () => {
  const bridge = open();
  last().open();
  const heard: number[] = [];
  bridge.onEvent(({ seq }) => heard.push(seq));
  const say = (seq: number): void => {
    last().say({ event: { seq, timeMicros: 0, body: { kind: 'jobs', jobs: [] } } });
  };
  for (const seq of [1, 2, 3]) say(seq);
  expect(heard).toEqual([1]);
  vi.advanceTimersByTime(250);
  expect(heard).toEqual([1, 2, 3]);
  for (const seq of [4, 5]) say(seq);
  // An answer is about what has happened before it.
  last().say({ id: 0, result: null });
  expect(heard).toEqual([1, 2, 3, 4, 5]);
});

test('a lost connection ends the open calls and is made again after a while', async () => {
  const bridge = open();
  last().open();
  const lost = bridge.call('state', []);
  last().end();
  await expect(lost).rejects.toThrow('the engine is out of reach');
  expect(FakeSocket.all).toHaveLength(1);
  vi.advanceTimersByTime(1000);
  expect(FakeSocket.all).toHaveLength(2);
  last().open();
  expect(standings).toEqual(['open', 'lost', 'open']);
});

test("Electron's bridge is taken where there is one", () => {
  const bridge = { call: vi.fn(), onEvent: vi.fn() };
  Object.defineProperty(window, 'lvstudio', { value: bridge, configurable: true });
  expect(open()).toBe(bridge);
  expect(FakeSocket.all).toEqual([]);
  expect(standings).toEqual(['open']);
});
