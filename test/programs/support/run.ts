/** Programs of this machine, run beside the engine of the test; none outlives its file of tests. */
import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import { afterAll } from 'vitest';

export interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const running = new Set<ChildProcess>();

afterAll(async () => {
  await Promise.all([...running].map((child) => killed(child)));
});

/** Started, and ended by its number at the latest when the tests of the file have ended. */
export function start(
  program: string,
  args: readonly string[],
  options: SpawnOptions = {},
): ChildProcess {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
  running.add(child);
  const gone = (): void => void running.delete(child);
  child.on('exit', gone).on('error', gone);
  return child;
}

/** Whatever became of it. */
export async function ran(
  program: string,
  args: readonly string[],
  options: SpawnOptions = {},
): Promise<Ran> {
  const child = start(program, args, options);
  const [stdout, stderr] = [collected(child.stdout), collected(child.stderr)];
  const [status] = (await once(child, 'close')) as [number | null];
  return { status, stdout: stdout(), stderr: stderr() };
}

/** What it printed. Throws with all that it said when it fails. */
export async function run(
  program: string,
  args: readonly string[],
  options: SpawnOptions = {},
): Promise<string> {
  const { status, stdout, stderr } = await ran(program, args, options);
  if (status === 0) return stdout;
  throw new Error(`${[program, ...args].join(' ')}: status ${status}\n${stdout}${stderr}`);
}

/** What a stream has brought up to now. */
export function collected(stream: NodeJS.ReadableStream | null): () => string {
  let text = '';
  stream?.on('data', (data: Buffer) => void (text += data.toString()));
  return () => text;
}

/** Its exit status; null where a signal ended it. */
export async function exited(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return child.exitCode;
}

export async function killed(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  if (child.pid !== undefined) await exited(child);
}
