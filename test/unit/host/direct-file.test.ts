/** Large files go past the system's cache where that can be done, and the usual way elsewhere. */
import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { DirectFile } from '../../../core/host/direct-file.ts';
import { FreshFile } from '../../../core/host/whole-file.ts';
import { scratch } from './scratch.ts';

const run = promisify(execFile);
const MIB = 2 ** 20;

const parts = (bytes: number): readonly Uint8Array[] =>
  Array.from({ length: 7 }, (_, index) => new Uint8Array(bytes / 7 + index).fill(65 + index));

async function kept(folder: string, data: readonly Uint8Array[]): Promise<void> {
  const file = await FreshFile.begin(join(folder, '.fresh'), data, 0o600);
  await file.keep(join(folder, 'file'));
  expect(Buffer.concat(data).equals(await readFile(join(folder, 'file')))).toBe(true);
  expect((await stat(join(folder, 'file'))).mode & 0o777).toBe(0o600);
  expect(await readdir(folder)).toEqual(['file']);
}

test('small files, and those of any length, are written the usual way or directly', async () => {
  const folder = await scratch();
  expect(await DirectFile.open(join(folder, 'small'), parts(7000), 0o600)).toBe(undefined);
  expect(await readdir(folder)).toEqual([]);
  for (const bytes of [7, 7 * MIB, 70_007, 2_100_000]) await kept(folder, parts(bytes));
});

test('several at once do not get into each other', async () => {
  const folder = await scratch();
  const files = Array.from({ length: 5 }, (_, index) => [
    new Uint8Array(2 * MIB + index).fill(index),
  ]);
  const begun = await Promise.all(
    files.map((data, index) => FreshFile.begin(join(folder, `.${index}`), data, 0o600)),
  );
  await Promise.all(begun.map((file, index) => file.keep(join(folder, `${index}`))));
  for (const [index, [data]] of files.entries()) {
    expect((await readFile(join(folder, `${index}`))).equals(data!)).toBe(true);
  }
});

/** Has no way past its cache. The last test: what is refused once is not tried again. */
test('a file system that refuses it gets the file the usual way', async (context) => {
  const folder = join(await scratch(), 'ram');
  await mkdir(folder);
  try {
    await run('mount', ['-t', 'ramfs', 'ramfs', folder]);
  } catch {
    return context.skip('no ramfs can be mounted here');
  }
  onTestFinished(async () => {
    await run('umount', ['-l', folder]);
  });
  const opened = await DirectFile.open(join(folder, 'file'), parts(7 * MIB), 0o600);
  expect(opened).toBe(undefined);
  await kept(folder, parts(7 * MIB));
});
