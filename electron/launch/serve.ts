/** A lab behind a browser host, for as long as somebody uses it. */
import { join } from 'node:path';
import { DONE, fail } from '../../core/host/cli-context.ts';
import type { CliContext, CliIo } from '../../core/host/cli-context.ts';
import { dataDirectory } from '../../core/host/data-directory.ts';
import { guardExports } from '../../core/host/export-guard.ts';
import { LastingLab } from '../../core/host/lasting-lab.ts';
import { ensureSampleLab } from '../../core/host/sample-lab.ts';
import { startBrowserHost } from '../browser-host/server.ts';
import type { BrowserHost } from '../browser-host/server.ts';

/**
 * Opens a lab and serves it until `use` is done.
 * @param named the lab; absent: the sample lab
 * @param build folder of the built programs and the page
 */
export async function withBrowserHost(
  named: string | undefined,
  build: string,
  context: CliContext,
  use: (host: BrowserHost) => Promise<number>,
): Promise<number> {
  const { io, host } = context;
  const lab = await openNamed(named, { ...context, host: { ...host, asks: true } });
  if (!lab.ok) return fail(io, lab.error);
  try {
    const page = join(build, 'renderer');
    const server = await startBrowserHost({ api: lab.value.api, page, defect: host.defect });
    lab.value.onReplaced(() => server.restartWindows());
    const guard = await guardExports(lab.value, io);
    try {
      return await use(server);
    } finally {
      guard.stop();
      await server.close();
    }
  } finally {
    await lab.value.close();
  }
}

async function openNamed(
  named: string | undefined,
  { io, host }: CliContext,
): ReturnType<typeof LastingLab.open> {
  if (named !== undefined) return LastingLab.open(named, host);
  const sample = await ensureSampleLab(dataDirectory(io.variables), host);
  return sample.ok ? LastingLab.open(sample.value, host) : sample;
}

/** Prints an address, and another one whenever one was used, until Ctrl-C. */
export async function serveAddresses(host: BrowserHost, io: CliIo): Promise<number> {
  announce(io, `the studio is at ${host.address()}`);
  host.onAdmitted(() => announce(io, `for another browser: ${host.address()}`));
  await interrupted(io.interrupt);
  return DONE;
}

/** A line of lvstudio about what it does. */
export function announce(io: CliIo, sentence: string): void {
  io.stdout.write(`lvstudio: ${sentence}\n`);
}

function interrupted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
