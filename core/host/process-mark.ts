/** Which process it was, so that another of the same number is not taken for it. */
import { createHash } from 'node:crypto';
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
  const { started } = await factsOf(process.pid);
  return { host: hostname(), boot: bootId(), pid: process.pid, started };
}

export async function stateOf(mark: ProcessMark): Promise<ProcessState> {
  if (mark.host !== hostname()) return 'unknown';
  if (mark.boot !== bootId() || !exists(mark.pid)) return 'dead';
  const { started, zombie } = await factsOf(mark.pid);
  return started === mark.started && !zombie ? 'alive' : 'dead';
}

/** A mark in a few characters that may stand in the name of a file: letters, digits and `-`. */
export const markWord = ({ host, boot, pid, started }: ProcessMark): string =>
  [digest(host), digest(boot), pid, started].join('-');

/** What is no mark was left by nobody we know. */
export async function stateOfWord(word: string): Promise<ProcessState> {
  const [, host, boot, pid, started] = /^(\w+)-(\w+)-([1-9]\d{0,9})-(\d*)$/.exec(word) ?? [];
  if (started === undefined || host !== digest(hostname())) return 'unknown';
  if (boot !== digest(bootId())) return 'dead';
  return stateOf({ host: hostname(), boot: bootId(), pid: Number(pid), started });
}

const digest = (text: string): string =>
  createHash('sha256').update(text).digest('hex').slice(0, 12);

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

interface ProcessFacts {
  readonly started: string;
  /** Ended, with all its files closed; only its parent has not asked yet how. */
  readonly zombie: boolean;
}

/** proc(5): the 22nd and the 3rd field, behind the name, which may hold blanks and brackets. */
async function factsOf(pid: number): Promise<ProcessFacts> {
  try {
    const text = await readFile(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { started: fields[19] ?? '', zombie: fields[0] === 'Z' || fields[0] === 'X' };
  } catch {
    return { started: '', zombie: false };
  }
}
