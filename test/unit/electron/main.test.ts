/** Electron's two programs together with the real engine, on a double of Electron. */
import { mkdtemp, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { EngineEvent } from '../../../core/contract/events.ts';
import type { WireBridge } from '../../../core/contract/wire.ts';
import type * as PageFiles from '../../../electron/page-files.ts';
import * as electron from './electron-double.ts';

vi.mock('electron', () => import('./electron-double.ts'));

const pages = vi.hoisted(() => ({ folder: '' }));
vi.mock('../../../electron/page-files.ts', async (original) => {
  const real = await original<typeof PageFiles>();
  // The page lies beside the built program, and this one is not built.
  return { ...real, listPageFiles: () => real.listPageFiles(pages.folder) };
});

let folder = '';
let sample = '';
let bridge: WireBridge;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lvstudio-test-'));
  pages.folder = join(folder, 'page');
  sample = join(folder, 'data', 'sample');
  await mkdir(pages.folder);
  await writeFile(join(pages.folder, 'index.html'), '<title>studio</title>');
  vi.stubEnv('LVSTUDIO_DATA', join(folder, 'data'));
  await import('../../../electron/main.ts');
  await import('../../../electron/preload.ts');
  bridge = electron.exposed.get('lvstudio') as WireBridge;
  const loaded = (): void => expect(electron.windows[0]?.url).toBe('app://studio/');
  await vi.waitFor(loaded, { timeout: 15_000 });
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

test('everything is locked before the first window is there', () => {
  expect(electron.log).toEqual([
    'setName',
    'scheme',
    'ready',
    'permission request',
    'permission check',
    'device permission',
    'network',
    'menu',
  ]);
  expect(electron.app.paths.get('userData')).toBe(join(folder, 'data', 'electron'));
  const [window] = electron.windows;
  expect(window?.options.webPreferences).toMatchObject({
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
  });
  expect(window?.options.webPreferences['preload']).toMatch(/preload\.cjs$/);
  expect(window?.webContents.openHandler).toBeDefined();
  expect(window?.webContents.listenerCount('will-navigate')).toBe(1);
  expect(window?.events).toEqual(['show']);
});

test('the page comes from the scheme', async () => {
  const response = await electron.pageHandler!(new Request('app://studio/'));
  expect(await response.text()).toBe('<title>studio</title>');
});

test('the bridge reaches the engine of the sample lab', async () => {
  const state = await bridge.call('state', []);
  expect(state.lab.directory).toBe(sample);
  expect(state.vgs.map(({ name }) => name)).toEqual(['vg']);
  expect(state.disks).toHaveLength(6);
  const seen: EngineEvent[] = [];
  const leave = bridge.onEvent((event) => seen.push(event));
  await bridge.call('subscribe', []);
  const done = await bridge.call('command', [['lvcreate', '-n', 'new', '-L', '8m', 'vg']]);
  expect(done).toMatchObject({ status: 0, output: [{ text: '  Logical volume "new" created.' }] });
  expect(seen.map(({ seq }) => seq)).toEqual(seen.map((_, index) => state.seq + 1 + index));
  expect(seen.some(({ body }) => body.kind === 'vg')).toBe(true);
  leave();
  const count = seen.length;
  await bridge.call('command', [['lvremove', '-y', 'vg/new']]);
  expect(seen).toHaveLength(count);
  await expect(bridge.call('eval' as never, [] as never)).rejects.toThrow(
    'there is no such method',
  );
});

test('a second start brings the window forward, or opens another lab in its own', async () => {
  electron.app.emit('second-instance', {}, [], '', { lab: sample });
  await vi.waitFor(() => expect(electron.windows[0]?.events).toEqual(['show', 'focus']));
  const said = vi.spyOn(console, 'error').mockImplementation(() => undefined);
  electron.app.emit('second-instance', {}, [], '', { lab: join(folder, 'none') });
  await vi.waitFor(() => expect(electron.errors).toHaveLength(1));
  expect(electron.errors[0]).toContain('no such file or directory');
  expect(said).toHaveBeenCalledWith(`lvstudio: ${electron.errors[0]}`);
  said.mockRestore();
  expect(electron.windows).toHaveLength(1);
});

test('closing the window keeps its place, closes the lab and ends the program', async () => {
  electron.app.on('window-all-closed', () => undefined);
  expect(await readdir(sample)).toContain('lvstudio.sock');
  electron.windows[0]?.close();
  await vi.waitFor(() => expect(electron.app.exitCode).toBe(0));
  expect(await readdir(sample)).not.toContain('lvstudio.sock');
  const saved = await readFile(join(folder, 'data', 'window.json'), 'utf8');
  expect(JSON.parse(saved)).toMatchObject({ bounds: { width: 1000, height: 700 } });
});
