/** Progress of a copy in a terminal: printed as it comes, and nobody has to wait for the end. */
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { main } from '../../../core/host/cli-main.ts';
import { without } from '../../../core/host/live-command.ts';
import { lvstudio, realHost } from '../../support/studio-lab.ts';
import { scratch } from './scratch.ts';

/** A terminal that somebody watches. */
class Watched extends Writable {
  text = '';

  constructor(private readonly seen: (text: string) => void = () => undefined) {
    super();
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    this.seen(this.text);
    done();
  }
}

test('Ctrl-C ends the waiting, and the copy is there to go on with', async () => {
  const folder = join(await scratch(), 'lab');
  const run = async (line: string): Promise<string> => {
    const said = await lvstudio(`--lab ${folder} ${line}`);
    expect(said.status, said.err).toBe(0);
    return said.out;
  };
  expect((await lvstudio(['lab', 'new', folder, '--disks', '3', '--size', '16m'])).status).toBe(0);
  await run('vgcreate -s 1m vg /dev/sda /dev/sdb /dev/sdc');
  await run('lvcreate -l 4 -n a vg /dev/sda');
  await run('throttle 0');
  const control = new AbortController();
  const stdout = new Watched((text) => {
    if (text.includes('Converted: 0.00%')) control.abort();
  });
  const words = `--lab ${folder} lvconvert -y --type mirror -m1 -R 256k vg/a /dev/sdb /dev/sdc`;
  const io = { stdin: Readable.from([]), stdout, stderr: new Watched(), variables: {} };
  const status = await main(words.split(' '), { ...io, interrupt: control.signal }, realHost);
  expect(status).toBe(130);
  expect(stdout.text).toBe('  Logical volume vg/a being converted.\n  vg/a: Converted: 0.00%\n');
  expect(await run('lvs --noheadings -o lv_layout,copy_percent vg/a')).toMatch(/mirror +0\.00/);
  await run('throttle off');
  expect(await run('lvconvert vg/a')).toContain('Converted: 100.00%');
});

test('what was printed while a line waited is not printed once more', () => {
  const lines = (...texts: readonly string[]) =>
    texts.map((text) => ({ stream: 'stdout', text }) as const);
  expect(without(lines('a', 'b', 'c'), lines('a', 'b'))).toEqual(lines('c'));
  expect(without(lines('new', 'a', 'b', 'a'), lines('a', 'b'))).toEqual(lines('new', 'a'));
  expect(without(lines('other'), lines('a'))).toEqual(lines('other'));
});
