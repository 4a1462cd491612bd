/** The program `lvstudio`: the command line of core/host with the studio added. */
import { createEngine } from '../../core/cli/create-engine.ts';
import { DONE, FAILED, INTERRUPTED } from '../../core/host/cli-context.ts';
import type { CliIo } from '../../core/host/cli-context.ts';
import { main } from '../../core/host/cli-main.ts';
import type { LabHost } from '../../core/host/open-lab.ts';
import { serverThreads } from '../../core/host/server-threads.ts';
import { describeSystemError } from '../../core/host/system-error.ts';

/** @param build the folder of all programs, with the page beside them. */
export async function run(build: string): Promise<void> {
  const interrupt = new AbortController();
  const output = endInOrder(interrupt);
  const opened: NodeJS.ReadStream[] = [];
  const io: CliIo = {
    // Most commands read nothing.
    get stdin() {
      opened.push(process.stdin);
      return process.stdin;
    },
    stdout: process.stdout,
    stderr: process.stderr,
    variables: process.env,
    interrupt: interrupt.signal,
    guardInterrupt: (warning) => {
      output.warning = warning;
    },
  };
  const host: LabHost = { createEngine, defect, threads: serverThreads(build, defect) };
  process.exitCode = await main(process.argv.slice(2), io, host, {
    // Who does not open a window does not wait for what shows it.
    studio: async (...call) => (await import('./studio.ts')).studioCommand(build)(...call),
    serve: async (...call) => (await import('./studio.ts')).serveCommand(build)(...call),
  });
  if (output.failed && process.exitCode === DONE) process.exitCode = FAILED;
  // An unread terminal or pipe would keep the program waiting for it.
  for (const stdin of opened) stdin.destroy();
}

interface Ending {
  readonly failed: boolean;
  warning: () => string | undefined;
}

function endInOrder(interrupt: AbortController): Ending {
  const output = { failed: false, warning: (): string | undefined => undefined };
  let warned = false;
  // The first one asks for an orderly end; who insists gets the other kind.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (interrupt.signal.aborted) process.exit(INTERRUPTED);
      // Only a person at a terminal can think again.
      const asked = signal === 'SIGINT' && process.stderr.isTTY && !warned;
      const warning = asked ? output.warning() : undefined;
      warned = true;
      if (warning === undefined) interrupt.abort();
      else process.stderr.write(`\nlvstudio: ${warning}; press Ctrl-C again to end it\n`);
    });
  }
  // `lvs | head -1`: nobody reads the rest, which is no reason to complain.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    interrupt.abort();
    if (error.code === 'EPIPE' || output.failed) return;
    output.failed = true;
    process.stderr.write(`lvstudio: the standard output: ${describeSystemError(error)}\n`);
  });
  // There is nowhere left to say it.
  process.stderr.on('error', () => undefined);
  return output;
}

const defect: LabHost['defect'] = (error, method) => {
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`lvstudio: defect in ${method}: ${detail}\n`);
};
