/** `lvstudio export` as a person starts it: the built program, in a process of its own. */
import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { quoteWord } from '../../../core/base/words.ts';
import { collected, exited, ran, start, type Ran } from './run.ts';

const PROGRAM = resolve('dist/lvstudio.mjs');

export interface ExportProcess {
  readonly uri: string;
  readonly child: ChildProcess;
  printed(): string;
  /** Its exit status once it has ended; null where a signal ended it. */
  ended(): Promise<number | null>;
}

const environment = { ...process.env, LVSTUDIO_LAB: '' };

/** Runs to its end. */
export function program(...args: readonly string[]): Promise<Ran> {
  if (!existsSync(PROGRAM)) throw new Error(`${PROGRAM} is missing: run npm run build`);
  return ran(process.execPath, [PROGRAM, ...args], { env: environment });
}

/** Resolves when the volume is exported. */
export function startExport(lab: string, volume: string): Promise<ExportProcess> {
  if (!existsSync(PROGRAM)) throw new Error(`${PROGRAM} is missing: run npm run build`);
  const args = [PROGRAM, '--lab', lab, 'export', volume];
  return exporting(start(process.execPath, args, { env: environment }));
}

/** The same at a terminal; what is typed goes to the standard input of `child`. */
export function exportAtTerminal(lab: string, volume: string): Promise<ExportProcess> {
  const words = [process.execPath, PROGRAM, '--lab', lab, 'export', volume].map(quoteWord);
  // In the shell's place: one that stays between gets Ctrl-C too, and its status is its own.
  const line = `exec ${words.join(' ')}`;
  const stdio = ['pipe', 'pipe', 'pipe'] as const;
  return exporting(
    start('script', ['-qefc', line, '/dev/null'], { env: environment, stdio: [...stdio] }),
  );
}

async function exporting(child: ChildProcess): Promise<ExportProcess> {
  const [out, complained] = [collected(child.stdout), collected(child.stderr)];
  const ended = (): Promise<number | null> => exited(child);
  const uri = await new Promise<string>((found, failed) => {
    child.stdout?.on('data', () => {
      const [address] = /\bnbd\S+(?=\r?\n)/.exec(out()) ?? [];
      if (address !== undefined) found(address);
    });
    void ended().then((status) => {
      failed(new Error(`export ended with ${status ?? 'a signal'}: ${out()}${complained()}`));
    });
  });
  return { uri, child, ended, printed: () => out() + complained() };
}
