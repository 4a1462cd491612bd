/** A window of an installed Chromium, Chrome or Edge without anything of a browser around it. */
import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

type Variables = Readonly<Record<string, string | undefined>>;

const LINUX_NAMES = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'microsoft-edge',
  'microsoft-edge-stable',
];

const MAC_PROGRAMS = [
  'Google Chrome.app/Contents/MacOS/Google Chrome',
  'Chromium.app/Contents/MacOS/Chromium',
  'Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
];

const WINDOWS_PROGRAMS = [
  'Google\\Chrome\\Application\\chrome.exe',
  'Chromium\\Application\\chrome.exe',
  'Microsoft\\Edge\\Application\\msedge.exe',
];

/** Where one may be, in the order tried. LVSTUDIO_BROWSER, a path, stands for all of them. */
export function browserCandidates(variables: Variables, platform: string): readonly string[] {
  const chosen = variables['LVSTUDIO_BROWSER'];
  if (chosen !== undefined && chosen !== '') return [chosen];
  switch (platform) {
    case 'darwin': {
      const folders = ['/Applications', join(variables['HOME'] ?? '', 'Applications')];
      return folders.flatMap((folder) => MAC_PROGRAMS.map((program) => join(folder, program)));
    }
    case 'win32': {
      const names = ['ProgramFiles', 'ProgramFiles(x86)', 'LOCALAPPDATA'];
      const folders = names.flatMap((name) => variables[name] ?? []);
      return folders.flatMap((folder) =>
        WINDOWS_PROGRAMS.map((program) => `${folder}\\${program}`),
      );
    }
    default: {
      const folders = (variables['PATH'] ?? '').split(delimiter).filter(Boolean);
      return LINUX_NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
    }
  }
}

export function findBrowser(variables: Variables, platform: string): string | undefined {
  return browserCandidates(variables, platform).find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** Without one of these no program on this kind of system can open a window. */
export function hasDisplay(variables: Variables, platform: string): boolean {
  if (platform === 'darwin' || platform === 'win32') return true;
  return Boolean(variables['DISPLAY'] ?? '') || Boolean(variables['WAYLAND_DISPLAY'] ?? '');
}

/** @param asRoot whether we run as root, where Chromium refuses to start with its sandbox */
export function browserArguments(url: string, profile: string, asRoot: boolean): string[] {
  return [
    `--app=${url}`,
    `--user-data-dir=${profile}`,
    '--window-size=1440,900',
    '--no-first-run',
    '--no-default-browser-check',
    '--disable-quic',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    // The second keeps the warning bar about the first from taking the top of the window.
    ...(asRoot ? ['--no-sandbox', '--test-type'] : []),
  ];
}

/** How a window ended. */
export interface WindowEnd {
  /** Why it never came up, in a clause. */
  readonly failure?: string;
}

/** Sooner than this, an unhappy end means that there never was a window. */
const EARLY_MILLIS = 5000;

/** Resolves when the window, and with it the browser process, has ended. */
export async function showAppWindow(
  program: string,
  url: string,
  interrupt: AbortSignal,
  asRoot: boolean,
): Promise<WindowEnd> {
  // A profile of its own: in a shared one a running browser would take the window over.
  const profile = await mkdtemp(join(tmpdir(), 'lvstudio-window-'));
  try {
    return await runBrowser(program, browserArguments(url, profile, asRoot), interrupt);
  } finally {
    await rm(profile, { recursive: true, force: true, maxRetries: 5 }).catch(() => undefined);
  }
}

function runBrowser(program: string, args: string[], interrupt: AbortSignal): Promise<WindowEnd> {
  return new Promise((resolve) => {
    const began = performance.now();
    const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    const stop = (): void => void child.kill('SIGTERM');
    interrupt.addEventListener('abort', stop);
    let said = '';
    // It is always talking about the desktop's services; only a failure makes that interesting.
    child.stderr.on('data', (data: Buffer) => {
      said = (said + data.toString('utf8')).slice(-4096);
    });
    const end = (result: WindowEnd): void => {
      interrupt.removeEventListener('abort', stop);
      resolve(result);
    };
    child.on('error', (error) => end({ failure: error.message }));
    child.on('close', (code) => {
      const early = performance.now() - began < EARLY_MILLIS;
      if (code === 0 || !early || interrupt.aborted) end({});
      else end({ failure: said.trim().split('\n').at(-1) ?? `it ended with status ${code ?? 1}` });
    });
    if (interrupt.aborted) stop();
  });
}
