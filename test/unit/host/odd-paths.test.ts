/** Labs at places that are none, or that are spelled oddly. */
import { chmod, mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { makeFolders } from '../../../core/host/make-folders.ts';
import { lvstudio } from './cli-run.ts';
import { scratch } from './scratch.ts';

const make = (directory: string) => lvstudio(['lab', 'new', directory, '--disks', '1']);
const isRoot = process.getuid?.() === 0;

describe('no lab is made', () => {
  test.skipIf(process.platform !== 'linux').each([
    ['/proc/xx', 'no such file or directory'],
    ['/proc/xx/yy/zz', 'no such file or directory'],
    ['/sys/xx', 'operation not permitted'],
    ['/dev/null', 'not a directory'],
    ['/dev/null/xx', 'not a directory'],
  ])('at %s', { timeout: 5000 }, async (directory, why) => {
    const { status, err } = await make(directory);
    expect(status).toBe(5);
    expect(err).toBe(`lvstudio: ${directory}: the folder: ${why}\n`);
  });

  test('where a file is, or below one', async () => {
    const folder = await scratch();
    await writeFile(join(folder, 'letter'), 'dear');
    for (const place of ['letter', 'letter/lab', 'letter/a/b']) {
      const { status, err } = await make(join(folder, place));
      expect([status, err]).toEqual([5, expect.stringContaining('the folder: not a directory')]);
    }
    expect(await readdir(folder)).toEqual(['letter']);
  });

  test('under a name that is too long, and nothing is left of the way there', async () => {
    const folder = await scratch();
    const { status, err } = await make(join(folder, 'a', 'b', 'x'.repeat(300)));
    expect([status, err]).toEqual([5, expect.stringContaining('name too long')]);
    expect(await readdir(folder)).toEqual([]);
  });

  test.skipIf(isRoot)('where nothing may be written', async () => {
    const folder = await scratch();
    await chmod(folder, 0o500);
    onTestFinished(() => chmod(folder, 0o700));
    const { status, err } = await make(join(folder, 'lab'));
    expect([status, err]).toEqual([5, expect.stringContaining('permission denied')]);
  });

  test('at a link that leads nowhere', async () => {
    const folder = await scratch();
    await symlink(join(folder, 'gone'), join(folder, 'link'));
    const { status } = await make(join(folder, 'link'));
    expect(status).toBe(5);
    expect(await readdir(folder)).toEqual(['link']);
  });
});

describe('a lab is made', () => {
  test.each(['with spaces  inside', 'Gerät – 存储 🗄', "it's", '$HOME', '-n', 'a/b/../c', 'lab/'])(
    'as %s',
    async (name) => {
      const directory = `${await scratch()}/${name}`;
      expect((await make(directory)).status).toBe(0);
      expect((await readdir(resolve(directory))).sort()).toEqual(['lab.json', 'sda.img']);
      const run = await lvstudio(['--lab', directory, 'vgs']);
      expect([run.status, run.out]).toEqual([0, '  vgs\n']);
    },
  );

  test('at a place relative to this one', async () => {
    const directory = join(await scratch(), 'lab');
    expect((await make(relative(process.cwd(), directory))).status).toBe(0);
    expect((await readdir(directory)).sort()).toEqual(['lab.json', 'sda.img']);
  });

  test('in an empty folder, through a link to it', async () => {
    const folder = await scratch();
    await mkdir(join(folder, 'real'));
    await symlink(join(folder, 'real'), join(folder, 'link'));
    expect((await make(join(folder, 'link'))).status).toBe(0);
    expect((await readdir(join(folder, 'real'))).sort()).toEqual(['lab.json', 'sda.img']);
  });
});

test('folders are made once, by whoever is first', async () => {
  const folder = await scratch();
  const path = join(folder, 'a', 'b');
  const made = await Promise.all([makeFolders(path), makeFolders(path)]);
  expect(made.flat().sort()).toEqual([join(folder, 'a'), path]);
  expect(await makeFolders(path)).toEqual([]);
});
