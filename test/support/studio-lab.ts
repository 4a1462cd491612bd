/** `lvstudio` in this process with the real engine, on labs in real files. */
import { Readable, Writable } from 'node:stream';
import { createEngine } from '../../core/cli/create-engine.ts';
import { main } from '../../core/host/cli-main.ts';
import type { LabHost } from '../../core/host/open-lab.ts';

export interface Said {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

export const realHost: LabHost = {
  createEngine,
  defect: (error) => {
    throw error;
  },
};

class Text extends Writable {
  text = '';

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString('latin1');
    done();
  }
}

/**
 * @param line split at blanks
 * @param interrupt Ctrl-C
 */
export async function lvstudio(
  line: string | readonly string[],
  stdin = '',
  interrupt = new AbortController().signal,
): Promise<Said> {
  const [stdout, stderr] = [new Text(), new Text()];
  const io = {
    stdin: Readable.from([Buffer.from(stdin, 'latin1')]),
    stdout,
    stderr,
    variables: {},
    interrupt,
  };
  const words = typeof line === 'string' ? line.split(' ') : line;
  const status = await main(words, io, realHost);
  return { status, out: stdout.text, err: stderr.text };
}
