/**
 * Lets the package fetch Electron's program, in a process of its own, for as long as there are
 * signs of life. A failure is remembered for a day, so that every other start is quick.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { makeFolders } from '../../core/host/make-folders.ts';

/** Without any sign of life for so long, it is given up. */
const SILENCE_MILLIS = 20_000;
const LOOK_MILLIS = 500;
const DAY_MILLIS = 24 * 60 * 60 * 1000;
const MEMORY_FILE = 'electron-fetch.json';

export interface FetchOptions {
  /** Folder of the package. */
  readonly folder: string;
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** Called now and then with the bytes that have arrived. */
  readonly progress: (bytes: number) => void;
  readonly interrupt: AbortSignal;
  /** Default 20 000. */
  readonly silenceMillis?: number;
}

/** @returns why it failed, in a clause; undefined when the program is there */
export async function fetchElectron(options: FetchOptions): Promise<string | undefined> {
  const { folder, variables, progress, interrupt } = options;
  // A folder of its own, whose growth is the sign of life: the installer prints nothing.
  const arrivals = await mkdtemp(join(tmpdir(), 'lvstudio-fetch-'));
  const child = spawn(process.execPath, [join(folder, 'install.js')], {
    env: { ...variables, TMPDIR: arrivals, TMP: arrivals, TEMP: arrivals },
    stdio: ['ignore', 'ignore', 'pipe'],
    signal: interrupt,
    killSignal: 'SIGKILL',
  });
  try {
    const size = async (): Promise<number> =>
      (await sizeOf(arrivals)) + (await sizeOf(join(folder, 'dist')));
    return await watch(child, size, progress, options.silenceMillis ?? SILENCE_MILLIS);
  } finally {
    await rm(arrivals, { recursive: true, force: true });
  }
}

function watch(
  child: ChildProcess,
  size: () => Promise<number>,
  progress: (bytes: number) => void,
  silenceMillis: number,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    let said = '';
    let arrived = 0;
    let lastSign = performance.now();
    let silent = false;
    const timer = setInterval(() => void look(), LOOK_MILLIS);
    const look = async (): Promise<void> => {
      const now = await size();
      if (now !== arrived) {
        arrived = now;
        lastSign = performance.now();
        progress(now);
      } else if (performance.now() - lastSign > silenceMillis) {
        silent = true;
        child.kill('SIGKILL');
      }
    };
    const end = (why: string | undefined): void => {
      clearInterval(timer);
      resolve(why);
    };
    child.stderr?.on('data', (data: Buffer) => {
      said = (said + data.toString('utf8')).slice(-4096);
      lastSign = performance.now();
    });
    child.on('error', (error) => end(`its installer could not be run: ${error.message}`));
    child.on('close', (code) => {
      const seconds = Math.round(silenceMillis / 1000);
      if (silent) end(`nothing arrived for ${seconds} s`);
      else end(code === 0 ? undefined : reasonIn(said));
    });
  });
}

/** The line of a stack trace that says what happened. */
function reasonIn(said: string): string {
  const lines = said.split('\n').map((line) => line.trim());
  const line = lines.find((each) => /^\w*Error\b/.test(each)) ?? lines.find((each) => each !== '');
  return line?.replace(/^\w*Error: /, '') ?? 'its installer failed without a word';
}

async function sizeOf(folder: string): Promise<number> {
  let sum = 0;
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) sum += await sizeOf(path);
    else
      sum += await stat(path).then(
        ({ size }) => size,
        () => 0,
      );
  }
  return sum;
}

/** A fetch that failed. */
export interface FetchFailure {
  readonly version: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly why: string;
}

const failureSchema = z.strictObject({ version: z.string(), at: z.number(), why: z.string() });

/** The last failure, if it is of this version and less than a day old. */
export async function recallFailure(
  dataDirectory: string,
  version: string,
  now: number,
): Promise<FetchFailure | undefined> {
  try {
    const text = await readFile(join(dataDirectory, MEMORY_FILE), 'utf8');
    const failure = failureSchema.parse(JSON.parse(text));
    const age = now - failure.at;
    return failure.version === version && age >= 0 && age < DAY_MILLIS ? failure : undefined;
  } catch {
    return undefined;
  }
}

/** Best effort: without it the next start tries again. */
export async function rememberFailure(dataDirectory: string, failure: FetchFailure): Promise<void> {
  try {
    await makeFolders(dataDirectory);
    await writeFile(join(dataDirectory, MEMORY_FILE), `${JSON.stringify(failure)}\n`);
  } catch {
    // Nothing depends on it.
  }
}
