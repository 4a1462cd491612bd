/** NBD servers of other projects, where they are installed; each ends with its test. */
import { spawn, spawnSync } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished } from 'vitest';

export const hasProgram = (name: string): boolean =>
  spawnSync(name, ['--version'], { stdio: 'ignore' }).status === 0;

export interface Server {
  readonly ended: Promise<void>;
  /** As if the machine had failed: nothing is closed in good order. */
  kill(): Promise<void>;
}

const PATIENCE_MILLIS = 10_000;

/** @param socket where it answers before this returns; absent: nobody waits for it */
export async function startServer(
  [program = '', ...args]: readonly string[],
  socket?: string,
): Promise<Server> {
  // What was killed has left it behind.
  if (socket !== undefined) await rm(socket, { force: true });
  const child = spawn(program, args, { stdio: 'ignore' });
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => {
      resolve();
    });
  });
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
  };
  onTestFinished(kill);
  const deadline = performance.now() + PATIENCE_MILLIS;
  while (socket !== undefined && !(await answers(socket))) {
    if (performance.now() > deadline) throw new Error(`${program} does not listen`);
    await sleep(10);
  }
  return { ended, kill };
}

/** A qemu-nbd that serves one client at a time counts this one, too, until it has gone. */
function answers(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const one = connect(socket);
    one.once('data', () => one.destroy());
    one.once('error', () => resolve(false));
    one.once('close', (failed) => {
      if (!failed) resolve(true);
    });
  });
}
