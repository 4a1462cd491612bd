/** A studio in a browser, as a user has it: the built program, the sample lab, Chromium. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import { findBrowser } from '../../../electron/launch/browser.ts';

export const PROGRAM = resolve('dist/lvstudio.mjs');
const START_MILLIS = 30_000;
const STOP_MILLIS = 10_000;

export interface StudioOptions {
  /** Default: a sample lab of its own. */
  readonly lab?: string;
}

export interface Studio {
  /** The lab's folder. */
  readonly lab: string;
  /** An address that no browser has used yet. */
  address(): Promise<string>;
  /** A page of the studio in a headless browser, 1440x900. All pages share one browser. */
  page(): Promise<Page>;
  /** What the program has printed up to now. */
  printed(): string;
  /** Ends the browser and the program; the program's exit status. */
  stop(): Promise<number | null>;
}

/** Starts `lvstudio serve`. Call `stop` whatever happens. */
export async function startStudio(options: StudioOptions = {}): Promise<Studio> {
  if (!existsSync(PROGRAM)) throw new Error(`${PROGRAM} is missing: run npm run build`);
  const data = await mkdtemp(join(tmpdir(), 'lvstudio-e2e-'));
  const lab = options.lab ?? join(data, 'sample');
  const named = options.lab === undefined ? [] : ['--lab', options.lab];
  const child = spawn(process.execPath, [PROGRAM, ...named, 'serve'], {
    env: { ...process.env, LVSTUDIO_DATA: data, LVSTUDIO_LAB: '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = new Output(child);
  const browsers = new Browsers();
  const stop = async (): Promise<number | null> => {
    await browsers.close();
    const status = await end(child);
    await rm(data, { recursive: true, force: true });
    return status;
  };
  try {
    await output.address();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    lab,
    address: () => output.address(),
    page: () => browsers.page(output),
    printed: () => output.text,
    stop,
  };
}

/** Follows what the program prints; each use of an address makes it print the next one. */
class Output {
  text = '';
  private readonly spent = new Set<string>();
  constructor(private readonly child: ChildProcess) {
    const collect = (data: Buffer): void => void (this.text += data.toString());
    child.stdout?.on('data', collect);
    child.stderr?.on('data', collect);
  }

  /** Each address works once. */
  spend(address: string): void {
    this.spent.add(address);
  }

  /** The newest address, once there is one that was not spent. */
  async address(): Promise<string> {
    const deadline = performance.now() + START_MILLIS;
    for (;;) {
      const newest = this.text.match(/http:\/\/\S+\?ticket=\S+(?=\n)/g)?.at(-1);
      if (newest !== undefined && !this.spent.has(newest)) return newest;
      const ended = this.child.exitCode !== null || this.child.signalCode !== null;
      if (ended || performance.now() > deadline) {
        throw new Error(`lvstudio serve printed no address:\n${this.text}`);
      }
      await new Promise((done) => setTimeout(done, 10));
    }
  }
}

/** One browser and one profile, started when the first page is wanted. */
class Browsers {
  private browser: Browser | undefined;
  private origin: string | undefined;

  async page(output: Output): Promise<Page> {
    this.browser ??= await launch();
    const context =
      this.browser.contexts()[0] ??
      (await this.browser.newContext({ viewport: { width: 1440, height: 900 } }));
    const page = await context.newPage();
    // The first page uses the ticket; the others have the cookie.
    const url = this.origin ?? (await output.address());
    output.spend(url);
    await page.goto(url);
    this.origin ??= new URL(url).origin;
    return page;
  }

  async close(): Promise<void> {
    await this.browser?.close();
  }
}

function launch(): Promise<Browser> {
  const executablePath = findBrowser(process.env, process.platform);
  if (executablePath === undefined) throw new Error('no Chromium, Chrome or Edge was found');
  // Chromium's own sandbox refuses to work for root.
  return chromium.launch({ executablePath, chromiumSandbox: process.getuid?.() !== 0 });
}

async function end(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) {
    const closed = once(child, 'close');
    child.kill('SIGINT');
    const late = setTimeout(() => child.kill('SIGKILL'), STOP_MILLIS);
    await closed;
    clearTimeout(late);
  }
  return child.exitCode;
}
