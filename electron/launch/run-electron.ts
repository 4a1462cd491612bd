/** Runs the studio in Electron. */
import { spawn } from 'node:child_process';

/** Sooner than this, an unhappy end means that there never was a window. */
const EARLY_MILLIS = 5000;

export interface ElectronRun {
  readonly binary: string;
  /** The built main program. */
  readonly program: string;
  /** Absolute; absent: the sample lab. */
  readonly lab?: string;
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly asRoot: boolean;
  readonly interrupt: AbortSignal;
}

/** Resolves at its end: a clause when there never was a window, else its exit status. */
export function runElectron(run: ElectronRun): Promise<number | string> {
  const { binary, program, lab, interrupt } = run;
  const variables = { ...run.variables };
  // Set by some editors in their terminals; with it Electron would be a plain Node.
  delete variables['ELECTRON_RUN_AS_NODE'];
  const args = [
    ...(run.asRoot ? ['--no-sandbox'] : []),
    program,
    ...(lab === undefined ? [] : [`--lab=${lab}`]),
  ];
  return new Promise((resolve) => {
    const began = performance.now();
    const child = spawn(binary, args, { stdio: 'inherit', env: variables });
    const stop = (): void => void child.kill('SIGTERM');
    interrupt.addEventListener('abort', stop);
    child.on('error', (error) => resolve(error.message));
    child.on('close', (code, signal) => {
      interrupt.removeEventListener('abort', stop);
      const early = performance.now() - began < EARLY_MILLIS && !interrupt.aborted;
      if (code === 0) resolve(0);
      else if (early) resolve(`it ended with ${signal ?? `status ${code ?? 1}`}`);
      else resolve(code ?? 1);
    });
    if (interrupt.aborted) stop();
  });
}
