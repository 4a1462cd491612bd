/** A real file system that is full: a small tmpfs, where one may be mounted. */
import { execFile } from 'node:child_process';
import { mkdir, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { openLab } from '../../../core/host/open-lab.ts';
import { lvstudio, realHost } from '../../support/studio-lab.ts';
import { scratch } from './scratch.ts';

const run = promisify(execFile);

/** Mounting is for root, and not in every container. */
async function mountSmall(): Promise<string | undefined> {
  const folder = join(await scratch(), 'small');
  await mkdir(folder);
  try {
    await run('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', folder]);
  } catch {
    return undefined;
  }
  onTestFinished(async () => {
    await run('umount', ['-l', folder]);
  });
  return folder;
}

/** Leaves so many bytes, less than a page. */
async function fill(folder: string): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  await writeFile(join(folder, `fill${bavail}`), new Uint8Array(bavail * bsize));
}

test('a commit that finds no space is refused, and what was there stays', async (context) => {
  const folder = await mountSmall();
  if (folder === undefined) return context.skip('no tmpfs can be mounted here');
  const directory = join(folder, 'lab');
  const said = async (line: string, stdin?: string) => {
    const done = await lvstudio(line, stdin);
    expect(done.status, done.err).toBe(0);
    return done.out;
  };
  await said(`lab new ${directory} --disks 2 --size 64m`);
  await said(`--lab ${directory} vgcreate -s 1m vg /dev/sda /dev/sdb`);
  await said(`--lab ${directory} lvcreate -n home -l 4 vg`);
  const before = await said(`--lab ${directory} lvs`);
  await fill(folder);

  const opened = await openLab(directory, realHost);
  if (!opened.ok) throw new Error(JSON.stringify(opened.error));
  const { api, close } = opened.value;
  // Tags make the text grow until it needs a block that is not there.
  const tag = (index: number) => ['vgchange', '--addtag', `${'x'.repeat(100)}${index}`, 'vg'];
  let done = 0;
  for (let failed = false; !failed; done++) {
    const { status, output } = await api.command(tag(done));
    failed = status !== 0;
    const text = output.map((line) => line.text).join('\n');
    if (failed) expect(text).toContain('no space left on device');
    expect(done).toBeLessThan(200);
  }
  const { devices, vgs, disks } = await api.state();
  expect(disks[0]!.note).toBe('sda.img: cannot be claimed: no space left on device');
  expect(devices.map(({ name, suspended }) => [name, suspended])).toEqual([['vg-home', false]]);
  expect(vgs[0]!.problems).toEqual([]);
  expect(vgs[0]!.tags).toHaveLength(done - 1);
  const written = await api.write('vg/home', 0, new Uint8Array(2 ** 20));
  expect(written).toMatchObject({ ok: false, error: { error: { code: 'io-failed' } } });
  await close();
  expect(await said(`--lab ${directory} lvs`)).toBe(before);
});
