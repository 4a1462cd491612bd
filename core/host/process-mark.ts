/** Which process it was, so that another of the same number is not taken for it. */
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { systemCode } from './system-error.ts';

export interface ProcessMark {
  readonly host: string;
  /** Of the time since the machine started; empty where the system does not tell. */
  readonly boot: string;
  readonly pid: number;
  /** When it started, in the system's own unit; empty where the system does not tell. */
  readonly started: string;
}

/** `unknown`: it runs, or ran, on another machine. */
export type ProcessState = 'alive' | 'dead' | 'unknown';

export async function ownMark(): Promise<ProcessMark> {
  const started = await startOf(process.pid);
  return { host: hostname(), boot: bootId(), pid: process.pid, started };
}

export async function stateOf(mark: ProcessMark): Promise<ProcessState> {
  if (mark.host !== hostname()) return 'unknown';
  if (mark.boot !== bootId() || !exists(mark.pid)) return 'dead';
  return (await startOf(mark.pid)) === mark.started ? 'alive' : 'dead';
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It is there and belongs to somebody else.
    return systemCode(error) === 'EPERM';
  }
}

let boot: string | undefined;

function bootId(): string {
  boot ??= readBootId();
  return boot;
}

function readBootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return '';
  }
}

/** proc(5): the 22nd field, counted behind the name, which may hold blanks and brackets. */
async function startOf(pid: number): Promise<string> {
  try {
    const text = await readFile(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return fields[19] ?? '';
  } catch {
    return '';
  }
}
