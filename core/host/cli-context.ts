/** What the commands of `lvstudio` share. */
import type { Readable, Writable } from 'node:stream';
import type { VolumeError } from '../contract/errors.ts';
import type { LabHost } from './open-lab.ts';

/** The world of one run of `lvstudio`. */
export interface CliIo {
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** Aborted when the user wants it to end (Ctrl-C). */
  readonly interrupt: AbortSignal;
  /**
   * Who ends it at a terminal is first told what that would cut off, if there is a sentence about
   * it; whoever then asks again means it.
   */
  guardInterrupt?(warning: () => string | undefined): void;
}

export interface CliContext {
  readonly io: CliIo;
  readonly host: LabHost;
  /** The lab that was named, as typed; absent when none was. */
  readonly lab?: string;
  /** The one of `--lab`, which the command line itself names. */
  readonly labOption?: string;
}

/** @returns the exit status */
export type CliCommand = (args: readonly string[], context: CliContext) => Promise<number>;

/** Exit statuses, LVM's own (reference 14); the last is what a shell expects after Ctrl-C. */
export const DONE = 0;
export const USAGE = 3;
export const FAILED = 5;
export const INTERRUPTED = 130;

/** A line of lvstudio itself, never of a command that it runs. */
export function complain(io: CliIo, sentence: string): void {
  io.stderr.write(`lvstudio: ${sentence}\n`);
}

/** @returns the exit status */
export function refuseUsage(io: CliIo, sentence: string): number {
  complain(io, `${sentence}; try "lvstudio --help"`);
  return USAGE;
}

/** @returns the exit status */
export function fail(io: CliIo, error: VolumeError): number {
  complain(io, labSentence(error));
  return FAILED;
}

/** Failures that happen before there is an engine; it words its own. */
export function labSentence(error: VolumeError): string {
  return error.code === 'lab' ? `${error.directory}: ${error.why}` : error.code;
}

/** Waits where the reader is slower. After a pipe was closed nothing more is written. */
export function write(stream: Writable, data: Uint8Array | string): Promise<void> {
  return new Promise((resolve) => {
    if (stream.destroyed || stream.write(data)) {
      resolve();
      return;
    }
    const events = ['drain', 'close', 'error'];
    const done = (): void => {
      for (const event of events) stream.off(event, done);
      resolve();
    };
    for (const event of events) stream.on(event, done);
  });
}
