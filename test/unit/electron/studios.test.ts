import { expect, test } from 'vitest';
import { Studios } from '../../../electron/studios.ts';
import type { StudioLab, StudioWindow } from '../../../electron/studios.ts';
import { FakeEngine } from '../host/fake-engine.ts';

class Lab implements StudioLab {
  readonly api = new FakeEngine();
  closed = false;
  replace = (): void => undefined;

  constructor(readonly directory: string) {}

  onReplaced(listener: () => void): void {
    this.replace = listener;
  }

  close(): Promise<void> {
    this.closed = true;
    return Promise.resolve();
  }
}

class Window implements StudioWindow {
  readonly did: string[] = [];
  engineAtLoad: unknown;
  closed = (): void => undefined;

  constructor(
    readonly id: number,
    private readonly engine: () => unknown,
  ) {}

  load(): Promise<void> {
    this.engineAtLoad = this.engine();
    return Promise.resolve();
  }

  reload(): void {
    this.did.push('reload');
  }

  focus(): void {
    this.did.push('focus');
  }

  onClosed(listener: () => void): void {
    this.closed = listener;
  }
}

function studios() {
  const labs: Lab[] = [];
  const windows: Window[] = [];
  const forgotten: number[] = [];
  const all: Studios = new Studios({
    sample: () => Promise.resolve({ ok: true, value: '/data/sample' }),
    openLab: (directory) => {
      if (directory === '/bad') {
        return Promise.resolve({ ok: false, error: { code: 'lab', directory, why: 'damaged' } });
      }
      const lab = new Lab(directory.replace('/link', '/one'));
      labs.push(lab);
      return Promise.resolve({ ok: true, value: lab });
    },
    createWindow: () => {
      const id = windows.length + 1;
      const window = new Window(id, () => all.engineOf(id));
      windows.push(window);
      return Promise.resolve(window);
    },
    forget: (id) => forgotten.push(id),
  });
  return { all, labs, windows, forgotten };
}

test('a window shows its lab from its first call on', async () => {
  const { all, labs, windows } = studios();
  expect(await all.show(undefined)).toMatchObject({ ok: true });
  expect(labs.map(({ directory }) => directory)).toEqual(['/data/sample']);
  expect(windows[0]?.engineAtLoad).toBe(labs[0]?.api);
  expect(all.engineOf(2)).toBeUndefined();
});

test('a lab that is shown already comes to the front, by whatever name', async () => {
  const { all, labs, windows } = studios();
  await Promise.all([all.show('/one'), all.show('/one'), all.show('/link'), all.show('/two')]);
  expect(windows).toHaveLength(2);
  expect(windows[0]?.did).toEqual(['focus', 'focus']);
  expect(labs.map(({ directory, closed }) => [directory, closed])).toEqual([
    ['/one', false],
    ['/one', true],
    ['/two', false],
  ]);
});

test('a lab that cannot be opened opens no window', async () => {
  const { all, windows } = studios();
  expect(await all.show('/bad')).toMatchObject({ ok: false, error: { why: 'damaged' } });
  expect(windows).toEqual([]);
  expect(await all.show('/one')).toMatchObject({ ok: true });
});

test('a window begins anew when its lab has another engine', async () => {
  const { all, labs, windows, forgotten } = studios();
  await all.show('/one');
  labs[0]?.replace();
  expect([windows[0]?.did, forgotten]).toEqual([['reload'], [1]]);
});

test('a closed window closes its lab, and the end closes all', async () => {
  const { all, labs, windows } = studios();
  await all.show('/one');
  await all.show('/two');
  windows[0]?.closed();
  expect(labs.map(({ closed }) => closed)).toEqual([true, false]);
  expect(all.engineOf(1)).toBeUndefined();
  await all.closeAll();
  expect(labs.map(({ closed }) => closed)).toEqual([true, true]);
});
