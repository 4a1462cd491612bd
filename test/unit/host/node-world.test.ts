import { expect, test } from 'vitest';
import { parseByteCount, parseSectorCount } from '../../../core/host/byte-count.ts';
import { dataDirectory } from '../../../core/host/data-directory.ts';
import { nodeEnv } from '../../../core/host/node-env.ts';
import { NodeScheduler } from '../../../core/host/node-scheduler.ts';

test('entries run when they are due, in the order they are due', async () => {
  const scheduler = new NodeScheduler();
  const ran: string[] = [];
  const began = scheduler.now;
  await new Promise<void>((resolve) => {
    scheduler.after(30_000, 'last', () => {
      ran.push('last');
      resolve();
    });
    scheduler.after(20_400, 'third', () => ran.push('third'));
    scheduler.after(20_100, 'second', () => ran.push('second'));
    scheduler.after(0, 'first', () => ran.push('first'));
  });
  expect(ran).toEqual(['first', 'second', 'third', 'last']);
  expect(scheduler.now - began).toBeGreaterThanOrEqual(30_000);
});

test('what is due at once keeps its order and lets others in between', async () => {
  const scheduler = new NodeScheduler();
  const ran: string[] = [];
  scheduler.after(0, 'a', () => {
    ran.push('a');
    scheduler.after(0, 'c', () => ran.push('c'));
  });
  scheduler.after(0, 'b', () => ran.push('b'));
  setImmediate(() => ran.push('event loop'));
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(ran.filter((each) => each !== 'event loop')).toEqual(['a', 'b', 'c']);
  expect(ran.indexOf('event loop')).toBeLessThan(ran.indexOf('c'));
});

test('an entry that comes first is taken before one that was waited for', async () => {
  const scheduler = new NodeScheduler();
  const ran: number[] = [];
  scheduler.after(60_000_000, 'in a minute', () => ran.push(60));
  scheduler.after(1000, 'soon', () => ran.push(1));
  await expect.poll(() => ran).toEqual([1]);
  scheduler.stop();
  scheduler.after(0, 'never', () => ran.push(0));
  await new Promise((resolve) => setTimeout(resolve, 10));
  expect(ran).toEqual([1]);
});

test('the environment is the real one', () => {
  const env = nodeEnv();
  expect(
    Math.abs(env.wallClock() - (performance.timeOrigin + performance.now()) / 1000),
  ).toBeLessThan(2);
  expect(Number.isInteger(env.wallClock())).toBe(true);
  expect(env.hostDescription.split(' ')[1]).toBe(env.hostName);
  const drawn = Array.from({ length: 200 }, () => env.random.below(3));
  expect(new Set(drawn)).toEqual(new Set([0, 1, 2]));
  expect(env.random.below(2 ** 32)).toBeLessThan(2 ** 32);
  env.scheduler.stop();
});

test.each([
  [{ LVSTUDIO_DATA: '/data/x' }, 'linux', '/data/x'],
  [{}, 'linux', '/home/u/.local/share/lvstudio'],
  [{ XDG_DATA_HOME: '/xdg' }, 'linux', '/xdg/lvstudio'],
  [{ XDG_DATA_HOME: 'relative' }, 'linux', '/home/u/.local/share/lvstudio'],
  [{}, 'darwin', '/home/u/Library/Application Support/LV Studio'],
  [{ APPDATA: '/roaming' }, 'win32', '/roaming/LV Studio'],
])('data of %j on %s is in %s', (variables, platform, folder) => {
  expect(dataDirectory(variables, platform, '/home/u')).toBe(folder);
});

test.each([
  ['0', 'b', 0],
  ['512', 'b', 512],
  ['64', 'm', 64 * 2 ** 20],
  ['4k', 'm', 4096],
  ['4K', 'b', 4096],
  ['1.5g', 'b', 1.5 * 2 ** 30],
  ['3s', 'b', 1536],
  ['0.3b', 'b', 0],
  ['8p', 'b', undefined],
  ['', 'b', undefined],
  ['k', 'b', undefined],
  ['-1', 'b', undefined],
  ['1e3', 'b', undefined],
  ['1kk', 'b', undefined],
  ['99999999999999999', 'b', undefined],
] as const)('%s with bare %s is %s bytes', (text, bare, count) => {
  expect(parseByteCount(text, bare)).toBe(count);
});

test.each([
  ['64', 'm', 131_072],
  ['1b', 'b', 1],
  ['513b', 'b', 2],
  ['3.5e', 'm', 3.5 * 2 ** 51],
  ['9007199254740991s', 'm', 2 ** 53 - 1],
  ['4e', 'm', undefined],
  ['x', 'm', undefined],
] as const)('%s with bare %s is %s sectors', (text, bare, count) => {
  expect(parseSectorCount(text, bare)).toBe(count);
});
