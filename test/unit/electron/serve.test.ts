import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { serveCommand, studioCommand } from '../../../electron/launch/studio.ts';
import { lvstudio } from '../host/cli-run.ts';
import { scratch } from '../host/scratch.ts';

async function build(): Promise<string> {
  const folder = await scratch();
  await mkdir(join(folder, 'renderer'));
  await writeFile(join(folder, 'renderer', 'index.html'), '<title>studio</title>');
  return folder;
}

/** Runs until it is interrupted, which is soon. */
async function serving(argv: string[], variables: Record<string, string>) {
  const interrupt = new AbortController();
  setTimeout(() => interrupt.abort(), 500);
  const folder = await build();
  const more = { serve: serveCommand(folder), studio: studioCommand(folder) };
  return lvstudio(argv, { variables, interrupt: interrupt.signal, more });
}

test('serve makes the sample lab, prints an address and ends cleanly', async () => {
  const data = join(await scratch(), 'data');
  const run = await serving(['serve'], { LVSTUDIO_DATA: data });
  expect([run.status, run.err]).toEqual([0, '']);
  expect(run.out).toMatch(
    /^lvstudio: the studio is at http:\/\/127\.0\.0\.1:\d+\/\?ticket=[\w-]{43}\n$/,
  );
  expect(await readdir(join(data, 'sample'))).not.toContain('lvstudio.sock');
});

test('studio says in one line which way it took and why', async () => {
  const data = join(await scratch(), 'data');
  const variables = { LVSTUDIO_DATA: data, DISPLAY: '' };
  const run = await serving(['studio'], variables);
  const [first, second, ...rest] = run.out.trimEnd().split('\n');
  expect(first).toBe('lvstudio: no window is opened, because there is no display');
  expect(second).toContain('http://127.0.0.1:');
  expect(rest).toEqual([]);
});

test('both take the lab before or behind the command, and nothing else', async () => {
  const lab = join(await scratch(), 'lab');
  await lvstudio(['lab', 'new', lab, '--disks', '1', '--size', '4m']);
  for (const argv of [
    ['--lab', lab, 'serve'],
    ['serve', '--lab', lab],
  ]) {
    const run = await serving(argv, { LVSTUDIO_DATA: '/no/such/place' });
    expect([run.status, run.err]).toEqual([0, '']);
  }
  const surplus = await serving(['serve', lab], {});
  expect([surplus.status, surplus.out]).toEqual([3, '']);
  expect(surplus.err).toContain('is not understood here');
  const absent = await serving(['--lab', '/no/such', 'serve'], {});
  expect([absent.status, absent.out]).toEqual([5, '']);
});
