import { chmod, mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  browserArguments,
  browserCandidates,
  findBrowser,
  showAppWindow,
} from '../../../electron/launch/browser.ts';
import { chooseShell } from '../../../electron/launch/choose-shell.ts';
import type { ShellOptions } from '../../../electron/launch/choose-shell.ts';
import { electronFolder, locateElectron } from '../../../electron/launch/electron-binary.ts';
import {
  fetchElectron,
  recallFailure,
  rememberFailure,
} from '../../../electron/launch/electron-fetch.ts';
import { runElectron } from '../../../electron/launch/run-electron.ts';
import { scratch } from '../host/scratch.ts';

const never = new AbortController().signal;

async function program(path: string, script: string): Promise<string> {
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
  return path;
}

/** A folder like that of the package `electron`. */
async function electronPackage(installer = ''): Promise<string> {
  const folder = join(await scratch(), 'electron');
  await mkdir(folder);
  await writeFile(join(folder, 'package.json'), '{"version":"45.4.1"}');
  await writeFile(join(folder, 'install.js'), installer);
  return folder;
}

/** What the installer does when all goes well. */
const INSTALL = `
  const fs = require('fs'), path = require('path');
  fs.mkdirSync(path.join(__dirname, 'dist'));
  fs.writeFileSync(path.join(__dirname, 'dist', 'electron'), '#!/bin/sh\\n', { mode: 0o755 });
  fs.writeFileSync(path.join(__dirname, 'path.txt'), 'electron');
`;

describe("Electron's program", () => {
  test('is found by its files', async () => {
    const folder = await electronPackage();
    const missing = { kind: 'no-binary', folder, version: '45.4.1' };
    expect(locateElectron(undefined, undefined)).toEqual({ kind: 'no-package' });
    expect(locateElectron(folder, undefined)).toEqual(missing);
    await writeFile(join(folder, 'path.txt'), 'electron');
    expect(locateElectron(folder, undefined)).toEqual(missing);
    await mkdir(join(folder, 'dist'));
    const binary = join(folder, 'dist', 'electron');
    await writeFile(binary, '');
    expect(locateElectron(folder, undefined)).toEqual(missing);
    await chmod(binary, 0o755);
    expect(locateElectron(folder, undefined)).toEqual({ kind: 'found', binary });
    expect(locateElectron(folder, '/elsewhere')).toEqual(missing);
    expect(locateElectron(folder, join(folder, 'dist'))).toEqual({ kind: 'found', binary });
  });

  test('belongs to a package that is found without loading it', () => {
    expect(electronFolder(import.meta.dirname)).toMatch(/node_modules.electron$/);
    expect(electronFolder('/no/such/place')).toBeUndefined();
  });
});

describe('fetching it', () => {
  async function fetching(installer: string, silenceMillis = 20_000, interrupt = never) {
    const folder = await electronPackage(installer);
    const progress: number[] = [];
    const variables = process.env;
    const why = await fetchElectron({
      folder,
      variables,
      interrupt,
      silenceMillis,
      progress: (bytes) => progress.push(bytes),
    });
    return { folder, why, progress };
  }

  test('succeeds where the installer does', async () => {
    const { folder, why } = await fetching(INSTALL);
    expect(why).toBeUndefined();
    expect(locateElectron(folder, undefined).kind).toBe('found');
  });

  test('fails with the reason in the installer’s stack trace', async () => {
    const { why } = await fetching(`throw new TypeError('fetch failed')`);
    expect(why).toBe('fetch failed');
    expect((await fetching(`process.exit(1)`)).why).toBe('its installer failed without a word');
  });

  test('is given up when nothing arrives, and leaves nothing behind', async () => {
    const began = performance.now();
    const waiting = `
      require('fs').writeFileSync(__dirname + '/tmp', require('os').tmpdir());
      setInterval(() => {}, 1000);
    `;
    const { folder, why } = await fetching(waiting, 1000);
    expect(why).toBe('nothing arrived for 1 s');
    expect(performance.now() - began).toBeLessThan(6000);
    await expect(readdir(await readFile(join(folder, 'tmp'), 'utf8'))).rejects.toThrow('ENOENT');
  });

  test('goes on as long as something arrives', async () => {
    const slowly = `
      const fs = require('fs'), path = require('path'), os = require('os');
      let times = 0;
      setInterval(() => {
        fs.appendFileSync(path.join(os.tmpdir(), 'part.zip'), 'x'.repeat(1000));
        if (++times === 12) process.exit(0);
      }, 250);
    `;
    const { why, progress } = await fetching(slowly, 1200);
    expect(why).toBeUndefined();
    expect(progress.length).toBeGreaterThan(2);
    expect(progress).toEqual([...progress].sort((a, b) => a - b));
  });

  test('ends with the user’s patience', async () => {
    const interrupt = new AbortController();
    setTimeout(() => interrupt.abort(), 200);
    const { why } = await fetching('setInterval(() => {}, 1000)', 20_000, interrupt.signal);
    expect(why).toContain('aborted');
  });

  test('is remembered for a day, and for its version', async () => {
    const data = join(await scratch(), 'data');
    const [hour, day] = [3_600_000, 86_400_000];
    expect(await recallFailure(data, '45.4.1', 0)).toBeUndefined();
    const failure = { version: '45.4.1', at: 1000 * day, why: 'no network' };
    await rememberFailure(data, failure);
    expect(await recallFailure(data, '45.4.1', 1000 * day + 23 * hour)).toEqual(failure);
    expect(await recallFailure(data, '45.4.1', 1001 * day)).toBeUndefined();
    expect(await recallFailure(data, '45.4.1', 999 * day)).toBeUndefined();
    expect(await recallFailure(data, '46.0.0', 1000 * day)).toBeUndefined();
    await writeFile(join(data, 'electron-fetch.json'), '{"at":"x"}');
    expect(await recallFailure(data, '45.4.1', 1000 * day)).toBeUndefined();
  });
});

describe('the way the studio is shown', () => {
  async function choosing(
    given: Partial<ShellOptions>,
  ): Promise<{ shell: unknown; fetched: number }> {
    const bin = await scratch();
    await program(join(bin, 'chromium'), '');
    let fetched = 0;
    const fetch = given.fetch;
    const options: ShellOptions = {
      platform: 'linux',
      electron: await electronPackage(),
      dataDirectory: join(await scratch(), 'data'),
      interrupt: never,
      progress: () => undefined,
      now: 1,
      ...given,
      variables: { PATH: bin, DISPLAY: ':0', ...given.variables },
      fetch: (asked) => {
        fetched++;
        return fetch?.(asked) ?? Promise.resolve('no network');
      },
    };
    const said = JSON.stringify(await chooseShell(options)).replaceAll(bin, '/bin');
    return { shell: JSON.parse(said), fetched };
  }
  const chromium = { kind: 'browser', program: '/bin/chromium' };

  test('Electron where its program is, without fetching', async () => {
    const folder = await electronPackage();
    await mkdir(join(folder, 'dist'));
    await program(join(folder, 'dist', 'electron'), '');
    await writeFile(join(folder, 'path.txt'), 'electron');
    const { shell, fetched } = await choosing({ electron: folder });
    expect(shell).toEqual({ kind: 'electron', binary: join(folder, 'dist', 'electron') });
    expect(fetched).toBe(0);
    const { shell: asked } = await choosing({
      electron: folder,
      variables: { LVSTUDIO_SHELL: 'browser' },
    });
    expect(asked).toEqual({ ...chromium, why: 'LVSTUDIO_SHELL is browser' });
  });

  test('Electron after it was fetched', async () => {
    const folder = await electronPackage(INSTALL);
    const { shell } = await choosing({ electron: folder, fetch: fetchElectron });
    expect(shell).toMatchObject({ kind: 'electron' });
  });

  test('a browser where Electron cannot be fetched; once a day is enough to try', async () => {
    const dataDirectory = join(await scratch(), 'data');
    const first = await choosing({ dataDirectory });
    expect(first.shell).toEqual({
      ...chromium,
      why: 'Electron could not be fetched (no network)',
    });
    const second = await choosing({ dataDirectory, now: 1000 });
    expect(second).toEqual({
      shell: {
        ...chromium,
        why: 'Electron could not be fetched in the last 24 hours (no network)',
      },
      fetched: 0,
    });
    const insisting = { dataDirectory, variables: { LVSTUDIO_SHELL: 'electron' } };
    expect((await choosing(insisting)).fetched).toBe(1);
    const memory = await readFile(join(dataDirectory, 'electron-fetch.json'), 'utf8');
    expect(JSON.parse(memory)).toMatchObject({ version: '45.4.1', why: 'no network' });
  });

  test('a browser where Electron is not installed', async () => {
    const { shell } = await choosing({ electron: undefined });
    expect(shell).toEqual({ ...chromium, why: 'Electron is not installed' });
  });

  test('an address where there is no display, no browser, or no wish for a window', async () => {
    expect(await choosing({ variables: { DISPLAY: '' } })).toEqual({
      shell: { kind: 'none', why: 'there is no display' },
      fetched: 0,
    });
    expect((await choosing({ variables: { LVSTUDIO_SHELL: 'none' } })).shell).toEqual({
      kind: 'none',
      why: 'LVSTUDIO_SHELL is none',
    });
    expect((await choosing({ variables: { PATH: '/no/such' } })).shell).toEqual({
      kind: 'none',
      why: 'Electron could not be fetched (no network), and no Chromium, Chrome or Edge was found',
    });
    const wayland = { DISPLAY: '', WAYLAND_DISPLAY: 'wayland-0' };
    expect((await choosing({ variables: wayland })).shell).toMatchObject(chromium);
  });
});

describe('a browser', () => {
  test('is looked for where each system has it', () => {
    expect(browserCandidates({ PATH: '/a:/b' }, 'linux').slice(0, 3)).toEqual([
      '/a/chromium',
      '/b/chromium',
      '/a/chromium-browser',
    ]);
    expect(browserCandidates({ HOME: '/Users/u' }, 'darwin')).toContain(
      '/Users/u/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
    );
    expect(browserCandidates({ ProgramFiles: 'C:\\P' }, 'win32')).toContain(
      'C:\\P\\Google\\Chrome\\Application\\chrome.exe',
    );
    expect(browserCandidates({ LVSTUDIO_BROWSER: '/my/one', PATH: '/a' }, 'linux')).toEqual([
      '/my/one',
    ]);
    expect(findBrowser({ PATH: '/no/such' }, 'linux')).toBeUndefined();
  });

  test('keeps its sandbox unless it runs as root', () => {
    const args = browserArguments('http://x/', '/profile', false);
    expect(args).toContain('--app=http://x/');
    expect(args.filter((each) => /sandbox|test-type/.test(each))).toEqual([]);
    expect(browserArguments('http://x/', '/p', true)).toContain('--no-sandbox');
  });

  test('that ends is a window that was closed; that fails at once never was one', async () => {
    const folder = await scratch();
    const note = join(folder, 'note');
    const good = await program(join(folder, 'good'), `echo "$@" > ${note}`);
    expect(await showAppWindow(good, 'http://x/', never, false)).toEqual({});
    const said = await readFile(note, 'utf8');
    const profile = /--user-data-dir=(\S+)/.exec(said)?.[1] ?? '';
    expect(profile).toContain('lvstudio-window-');
    await expect(readdir(profile)).rejects.toThrow();
    const bad = await program(
      join(folder, 'bad'),
      'echo noise >&2; echo "Missing X server" >&2; exit 1',
    );
    expect(await showAppWindow(bad, 'http://x/', never, false)).toEqual({
      failure: 'Missing X server',
    });
    expect((await showAppWindow('/no/such', 'http://x/', never, false)).failure).toContain(
      'ENOENT',
    );
  });

  test('is closed when the program is interrupted', async () => {
    const folder = await scratch();
    const lasting = await program(join(folder, 'lasting'), 'exec sleep 60');
    const interrupt = new AbortController();
    setTimeout(() => interrupt.abort(), 100);
    expect(await showAppWindow(lasting, 'http://x/', interrupt.signal, false)).toEqual({});
  });
});

describe('Electron', () => {
  test('gets the program and the lab, and its end is told', async () => {
    const folder = await scratch();
    const note = join(folder, 'note');
    const script = `echo "$ELECTRON_RUN_AS_NODE|$@" > ${note}; exit "$STATUS"`;
    const binary = await program(join(folder, 'electron'), script);
    const run = (STATUS: string, asRoot = false): Promise<number | string> =>
      runElectron({
        binary,
        program: '/dist/main.mjs',
        lab: '/my lab',
        variables: { PATH: process.env['PATH'], STATUS, ELECTRON_RUN_AS_NODE: '1' },
        asRoot,
        interrupt: never,
      });
    expect(await run('0')).toBe(0);
    expect(await readFile(note, 'utf8')).toBe('|/dist/main.mjs --lab=/my lab\n');
    expect(await run('7', true)).toBe('it ended with status 7');
    expect(await readFile(note, 'utf8')).toBe('|--no-sandbox /dist/main.mjs --lab=/my lab\n');
  });
});
