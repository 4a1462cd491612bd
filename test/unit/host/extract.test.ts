/** `extract` and `job` on a real lab: the file, what is refused, and how it ends early. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { JobState } from '../../../core/contract/jobs.ts';
import { main } from '../../../core/host/cli-main.ts';
import { markWord, ownMark } from '../../../core/host/process-mark.ts';
import { openLab, type OpenLab } from '../../../core/host/open-lab.ts';
import { lvstudio, realHost } from '../../support/studio-lab.ts';
import { scratch } from './scratch.ts';

const MIB = 2 ** 20;

let folder: string;
let directory: string;
let lab: OpenLab;
let file: string;

beforeEach(async () => {
  folder = await scratch();
  directory = join(folder, 'lab');
  await mkdir(join(folder, 'out'));
  file = join(folder, 'out', 'home.img');
  expect((await lvstudio(`lab new ${directory} --disks 2 --size 64m`)).status).toBe(0);
  await reopen();
  for (const line of ['vgcreate vg /dev/sda /dev/sdb', 'lvcreate -i 2 -L 40m -n home vg']) {
    expect((await say(line)).status).toBe(0);
  }
});
afterEach(() => lab.close());

async function reopen(): Promise<void> {
  const opened = await openLab(directory, realHost);
  if (!opened.ok) throw new Error(opened.error.code);
  lab = opened.value;
}

async function say(line: string): Promise<{ status: number; text: string }> {
  const { status, output } = await lab.api.command(line.split(' '));
  return { status, text: output.map(({ text }) => text).join('\n') };
}

const left = (): Promise<string[]> => readdir(join(folder, 'out'));
const jobs = async (): Promise<readonly JobState[]> => (await lab.api.state()).jobs;
const digest = (data: Uint8Array): string => createHash('sha256').update(data).digest('hex');

async function fill(offset: number, length: number, byte: number): Promise<void> {
  const data = new Uint8Array(length).fill(byte);
  expect(await lab.api.write('vg/home', offset, data)).toMatchObject({ ok: true });
}

async function content(): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for (let at = 0; at < 40 * MIB; at += MIB) {
    const piece = await lab.api.read('vg/home', at, MIB);
    if (!piece.ok) throw new Error(piece.error.messages.join(' '));
    parts.push(piece.value);
  }
  return Buffer.concat(parts);
}

test('the file is what the volume holds, and takes no room for zeros', async () => {
  await fill(5, 3 * MIB, 1);
  await fill(20 * MIB + 512, 70_000, 2);
  await fill(30 * MIB, MIB, 0);
  await fill(40 * MIB - 1, 1, 3);
  const { status, text } = await say(`extract vg/home ${file}`);
  expect([status, text]).toEqual([0, `  vg/home extracted to ${file}`]);
  const data = await readFile(file);
  expect(data.length).toBe(40 * MIB);
  expect(digest(data)).toBe(digest(await content()));
  const { blocks } = await stat(file);
  expect(blocks * 512).toBeLessThan(4 * MIB);
  expect(await left()).toEqual(['home.img']);
  const [job] = await jobs();
  expect(job).toMatchObject({ id: 1, phase: 'done', done: 40 * MIB, total: 40 * MIB, file });
  expect((await say('job list')).text).toBe(`  1 Extract vg/home to ${file} (done)`);
  // It is in use no more.
  expect((await say('lvchange -an vg/home')).status).toBe(0);
});

describe('refused, and nothing is begun', () => {
  const refused = async (words: string, why: string): Promise<void> => {
    const { status, text } = await say(`extract ${words}`);
    expect([words, status, text]).toEqual([words, 5, expect.stringContaining(why)]);
    expect(await jobs()).toEqual([]);
    expect((await left()).filter((name) => name.endsWith('.extract'))).toEqual([]);
  };

  test('what is no volume that is up', async () => {
    await refused(`vg/none ${file}`, 'Failed to find logical volume "vg/none"');
    await say('lvchange -an vg/home');
    await refused(`vg/home ${file}`, 'Logical volume vg/home is not active.');
  });

  test('a file that is there, and one that cannot be made', async () => {
    await writeFile(file, 'mine');
    await refused(`vg/home ${file}`, `Cannot extract vg/home to ${file}: it exists; --force`);
    await refused('vg/home home.img', 'write its path from / on');
    await refused(`vg/home ${folder}/none/x`, 'its folder: no such file or directory');
    await refused(`vg/home ${folder}/out --force`, 'it is no regular file');
    await symlink(file, join(folder, 'out', 'link'));
    await refused(`vg/home ${folder}/out/link --force`, 'it is no regular file');
    expect(await readFile(file, 'utf8')).toBe('mine');
  });

  test('what a lab needs, also under another name', async () => {
    const image = join(directory, 'sda.img');
    await refused(`vg/home ${image} --force`, 'that is the image of sda');
    execFileSync('ln', [image, join(folder, 'out', 'same.img')]);
    await refused(`vg/home ${folder}/out/same.img --force`, 'that is the image of sda');
    await refused(`vg/home ${directory}/sda.img.sandbox`, 'that is the sandbox of sda.img');
    await refused(`vg/home ${directory}/lab.json --force`, 'the list of the disks of a lab');
    await refused(`vg/home ${directory}/backup/vg --force`, "it is in the lab's own folder");
    const other = join(folder, 'other');
    await lvstudio(`lab new ${other} --disks 1 --size 8m`);
    const second = await openLab(other, realHost);
    if (!second.ok) throw new Error(second.error.code);
    await refused(`vg/home ${other}/sda.img --force`, 'it is open for writing in lab');
    await second.value.close();
  });

  test.each(['extract', 'extract vg/home', 'extract home x', 'extract vg/home a b', 'job stop 1'])(
    '%s is not understood',
    async (line) => {
      expect((await say(line)).status).toBe(3);
    },
  );
});

test('with --force the file is replaced, in the end and not before', async () => {
  await writeFile(file, 'old');
  await fill(0, MIB, 7);
  await say('dmsetup suspend vg-home');
  expect((await say(`extract vg/home ${file} --force --background`)).text).toBe(
    `  Job 1 has begun: Extract vg/home to ${file}`,
  );
  expect(await readFile(file, 'utf8')).toBe('old');
  expect((await say('job list')).text).toMatch(/\(0 %\)$/);
  await say('dmsetup resume vg-home');
  for (let tries = 0; tries < 200 && (await jobs())[0]?.phase === 'running'; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  expect(await jobs()).toMatchObject([{ phase: 'done' }]);
  expect(digest(await readFile(file))).toBe(digest(await content()));
  expect(await left()).toEqual(['home.img']);
});

test('cancelled, nothing is left of it, and the file of before stays', async () => {
  await writeFile(file, 'old');
  await fill(0, MIB, 7);
  await say('dmsetup suspend vg-home');
  const waiting = say(`extract vg/home ${file} --force`);
  while ((await jobs()).length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  await say(`extract vg/home ${folder}/out/other.img --background`);
  expect((await left()).length).toBe(3);
  expect((await say('lvremove -y vg/home')).text).toContain('in use');
  expect((await say('job cancel 1')).text).toBe(`  Job 1 cancelled: Extract vg/home to ${file}`);
  expect(await waiting).toEqual({ status: 5, text: `  Cancelled: Extract vg/home to ${file}.` });
  expect(await say('job cancel 1')).toEqual({
    status: 5,
    text: `  Job 1 is over: Extract vg/home to ${file}.`,
  });
  expect(await say('job cancel 9')).toEqual({ status: 5, text: '  There is no job 9.' });
  // Whoever closes the lab cancels the rest.
  await lab.close();
  expect(await left()).toEqual(['home.img']);
  expect(await readFile(file, 'utf8')).toBe('old');
  await reopen();
});

test('a file that came meanwhile is not written over', async () => {
  await fill(0, MIB, 7);
  await say('dmsetup suspend vg-home');
  const waiting = say(`extract vg/home ${file}`);
  while ((await left()).length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  await writeFile(file, 'mine');
  await say('dmsetup resume vg-home');
  const { status, text } = await waiting;
  expect([status, text]).toEqual([5, expect.stringContaining('it exists by now')]);
  expect(await left()).toEqual(['home.img']);
  expect(await readFile(file, 'utf8')).toBe('mine');
});

describe('what killed processes left of a file', () => {
  const names = async (): Promise<Record<string, string>> => {
    const own = await ownMark();
    const marks = {
      // The number of a process that is gone is another's by now.
      dead: { ...own, started: '1' },
      before: { ...own, boot: 'another' },
      alive: own,
      elsewhere: { ...own, host: 'another' },
    };
    return Object.fromEntries(
      Object.entries(marks).map(([who, mark]) => [who, `${markWord(mark)}-7.extract`]),
    );
  };

  test('goes with the next that is extracted to it, and nothing else does', async () => {
    const { dead, before, alive, elsewhere } = await names();
    const stale = [`.home.img.${dead}`, `.home.img.${before}`];
    const kept = [
      ...[`.home.img.${alive}`, `.home.img.${elsewhere}`, '.home.img.x-1.extract', '.home.img.'],
      ...[`.home.img.2.${dead}`, `.home.${dead}`, `home.img.${dead}`, `.home.img.${dead}.mine`],
    ];
    for (const name of [...stale, ...kept]) await writeFile(join(folder, 'out', name), name);
    await mkdir(join(folder, 'out', `.home.img.${dead?.replace('-7.', '-8.') ?? ''}`));
    expect(await say(`extract vg/home ${file}`)).toMatchObject({ status: 0 });
    const there = (await left()).filter((name) => !name.endsWith('-8.extract'));
    expect(there.sort()).toEqual(['home.img', ...kept].sort());
    expect((await left()).length).toBe(there.length + 1);
  });

  test('of a name as long as the file system allows, too', async () => {
    const { dead } = await names();
    const long = join(folder, 'out', 'x'.repeat(255));
    const start = createHash('sha256').update('x'.repeat(255)).digest('hex');
    await writeFile(join(folder, 'out', `.${start}.${dead ?? ''}`), '');
    expect(await say(`extract vg/home ${long}`)).toMatchObject({ status: 0 });
    expect(await left()).toEqual(['x'.repeat(255)]);
  });
});

/** A terminal, or none. */
class Screen extends Writable {
  text = '';

  constructor(readonly isTTY: boolean) {
    super();
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

async function terminal(words: readonly string[], interrupt = new AbortController(), tty = true) {
  const [stdout, stderr] = [new Screen(tty), new Screen(tty)];
  const io = {
    stdin: Readable.from([]),
    stdout,
    stderr,
    variables: {},
    interrupt: interrupt.signal,
  };
  const status = await main(['--lab', directory, ...words], io, realHost);
  return { status, out: stdout.text, err: stderr.text };
}

describe('at a terminal', () => {
  test('a relative path is that of the shell, and the line goes when it is done', async () => {
    await fill(0, 4 * MIB, 1);
    const { status, out, err } = await terminal(['extract', 'vg/home', file]);
    expect([status, out]).toEqual([0, `  vg/home extracted to ${file}\n`]);
    expect(err).toMatch(/^\r {2}[\d.]+ (M|K)?i?B of 40\.0 MiB {3}\d+ %/);
    expect(err).toMatch(/\r +\r$/);
    const help = await terminal(['extract', '--help']);
    expect(help.out).toContain('It is not a snapshot');
    // Nowhere else is a line drawn.
    const again = await terminal(['extract', 'vg/home', file, '-f'], undefined, false);
    expect([again.status, again.err]).toEqual([0, '']);
  });

  test('without a running engine it waits for the end, even in the background', async () => {
    await lab.close();
    const { status, out } = await terminal(['extract', 'vg/home', file, '--background']);
    expect([status, out]).toEqual([0, `  vg/home extracted to ${file}\n`]);
    await reopen();
  });

  test('Ctrl-C cancels it, also in the engine of another program', async () => {
    await fill(0, MIB, 1);
    await say('dmsetup suspend vg-home');
    const interrupt = new AbortController();
    const run = terminal(['extract', 'vg/home', file], interrupt);
    while ((await jobs()).length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    interrupt.abort();
    const { status, err } = await run;
    expect(status).toBe(130);
    expect(err).toContain(`Cancelled: Extract vg/home to ${file}.`);
    expect(await left()).toEqual([]);
    await say('dmsetup resume vg-home');
  });

  test('read tells how far it is, and where the volume ends', async () => {
    await fill(0, 4 * MIB, 1);
    const { status, out, err } = await terminal(['read', 'vg/home', '--length', '4m']);
    expect([status, out.length]).toEqual([0, 4 * MIB]);
    expect(err).toMatch(/^\r {2}1\.0 MiB of 4\.0 MiB {3}25 %/);
    const rest = await terminal(['read', 'vg/home', '--offset', '39m']);
    expect(rest.err).toContain('1.0 MiB of 1.0 MiB   100 %');
    const behind = await terminal(['read', 'vg/home', '--offset', '41m'], undefined, false);
    expect([behind.status, behind.out, behind.err]).toEqual([
      5,
      '',
      '  vg/home: byte 42991616 lies outside its 41943040 bytes.\n',
    ]);
    expect(await lab.api.write('vg/home', 40 * MIB - 1, new Uint8Array(2))).toMatchObject({
      error: {
        messages: ['vg/home: 2 bytes from byte 41943039 on reach outside its 41943040 bytes.'],
      },
    });
  });
});
