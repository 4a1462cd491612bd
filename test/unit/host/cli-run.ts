/** `lvstudio` run in this process, with what it prints. */
import { Readable, Writable } from 'node:stream';
import type { CliCommand } from '../../../core/host/cli-context.ts';
import { main } from '../../../core/host/cli-main.ts';
import type { LabHost } from '../../../core/host/open-lab.ts';
import { FakeEngine } from './fake-engine.ts';

export interface Run {
  readonly status: number;
  readonly stdout: Buffer;
  /** As text. */
  readonly out: string;
  readonly err: string;
}

export interface RunOptions {
  readonly stdin?: Readable | string | Uint8Array;
  readonly variables?: Readonly<Record<string, string>>;
  readonly engine?: FakeEngine;
  readonly interrupt?: AbortSignal;
  readonly more?: Readonly<Record<string, CliCommand>>;
}

export async function lvstudio(argv: readonly string[], options: RunOptions = {}): Promise<Run> {
  const [stdout, stderr] = [new Collector(), new Collector()];
  const { stdin = '', variables = {}, engine = new FakeEngine() } = options;
  const host: LabHost = {
    defect: (error) => {
      throw error;
    },
    createEngine: () =>
      Promise.resolve({
        api: engine,
        letGo: () => Promise.resolve(),
        close: () => Promise.resolve(),
      }),
  };
  const io = {
    stdin: stdin instanceof Readable ? stdin : Readable.from(inPieces(Buffer.from(stdin))),
    stdout,
    stderr,
    variables,
    interrupt: options.interrupt ?? new AbortController().signal,
  };
  const status = await main(argv, io, host, options.more);
  const collected = stdout.content();
  return { status, stdout: collected, out: collected.toString(), err: stderr.content().toString() };
}

/** As a pipe delivers it. */
function inPieces(data: Buffer): Buffer[] {
  const pieces = [];
  for (let at = 0; at < data.length; at += 65_536) pieces.push(data.subarray(at, at + 65_536));
  return pieces;
}

class Collector extends Writable {
  private readonly chunks: Buffer[] = [];

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.chunks.push(chunk);
    done();
  }

  content(): Buffer {
    return Buffer.concat(this.chunks);
  }
}
