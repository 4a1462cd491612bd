/**
 * Programs of the system that work on our open files, run one after the other by one shell. A
 * process of our own for each would stop the event loop for as long as copying the page tables
 * of this one takes: 10 milliseconds and more in one with 200 MiB.
 */
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import type { Socket } from 'node:net';
import type { Readable, Writable } from 'node:stream';

/** The shell goes away when it had nothing to do for so long, in milliseconds. */
const IDLE = 2000;
/** Bytes; a program that says more has failed. */
const MOST_OUTPUT = 2 ** 24;
/** Stands before a command's exit status; no program here prints it. */
const END = '\u0001';

interface Job {
  readonly line: string;
  readonly done: (output: string | undefined) => void;
}

type Shell = ChildProcessByStdio<Writable, Readable, null>;

const queue: Job[] = [];
let shell: Shell | undefined;
let running:
  { readonly job: Job; readonly said: string[]; length: number; tail: string } | undefined;
let idle: NodeJS.Timeout | undefined;

/**
 * Runs a command line of numbers and plain words, on an open file as the path of `openFilePath`.
 * @returns what it printed; undefined where it cannot be run or failed
 */
export function runTool(line: string): Promise<string | undefined> {
  if (process.platform !== 'linux') return Promise.resolve(undefined);
  return new Promise((done) => {
    queue.push({ line, done });
    next();
  });
}

/**
 * An open file of this process, for another one. It is there as long as this process lives and has
 * it open: a command that begins later finds nothing to work on.
 */
export const openFilePath = (fd: number): string => `/proc/${process.pid}/fd/${fd}`;

function next(): void {
  if (running) return;
  const job = queue.shift();
  if (!job) return rest();
  clearTimeout(idle);
  try {
    shell ??= start();
  } catch {
    // No memory for another process, or no number for its pipes.
    job.done(undefined);
    return next();
  }
  hold(shell, true);
  running = { job, said: [], length: 0, tail: '' };
  // One line at a time: what it has not begun dies with us.
  shell.stdin.write(`${job.line} 2>/dev/null; printf '${END}%d\\n' $?\n`);
}

function start(): Shell {
  const path = `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin:/usr/bin:/bin`;
  const child = spawn('/bin/sh', [], {
    cwd: '/',
    stdio: ['pipe', 'pipe', 'ignore'],
    env: { LC_ALL: 'C', PATH: path },
  });
  const gone = (): void => {
    if (child === shell) lost();
  };
  // First: one that could not be started has no pipes.
  child.on('error', gone).on('exit', gone);
  child.stdout.setEncoding('latin1');
  child.stdout.on('data', (text: string) => {
    if (child === shell) heard(text);
  });
  child.stdin.on('error', gone);
  return child;
}

function heard(text: string): void {
  if (!running) return;
  running.length += text.length;
  if (running.length <= MOST_OUTPUT) running.said.push(text);
  // The end may come in two parts.
  const tail = (running.tail += text).slice(-16);
  running.tail = tail;
  const [, status] = tail.split(END);
  if (status?.endsWith('\n') !== true) return;
  const fine = status === '0\n' && running.length <= MOST_OUTPUT;
  const [output] = fine ? running.said.join('').split(END) : [];
  finish(output);
}

function finish(output: string | undefined): void {
  const { job } = running ?? {};
  running = undefined;
  job?.done(output);
  next();
}

/** It could not be started, or somebody ended it. The next command gets a new one. */
function lost(): void {
  shell = undefined;
  finish(undefined);
}

/** Keeps no program from ending, and goes away by itself. */
function rest(): void {
  if (!shell) return;
  hold(shell, false);
  idle = setTimeout(() => {
    shell?.stdin.end();
    shell = undefined;
  }, IDLE);
  idle.unref();
}

function hold(child: Shell, firmly: boolean): void {
  const how = firmly ? 'ref' : 'unref';
  child[how]();
  for (const pipe of [child.stdin, child.stdout] as unknown as readonly Socket[]) pipe[how]();
}
