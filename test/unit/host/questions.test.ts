/** What a terminal is asked, and what one answer does not reach. */
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { lvstudio } from '../../support/studio-lab.ts';
import { scratch } from './scratch.ts';

let lab: string;

async function run(line: string, stdin = '') {
  return lvstudio(`--lab ${lab} ${line}`, stdin);
}

const left = async (): Promise<string> =>
  (await run('lvs --noheadings -o lv_name')).out.split(/\s+/).join(' ').trim();

const asks = (lv: string): string =>
  `Do you really want to remove active logical volume vg/${lv}? [y/n]: `;

beforeEach(async () => {
  lab = join(await scratch(), 'lab');
  for (const line of [`lab new ${lab} --disks 1 --size 64m`, `--lab ${lab} vgcreate vg /dev/sda`]) {
    expect((await lvstudio(line)).status).toBe(0);
  }
  for (const lv of ['a', 'b', 'c']) expect((await run(`lvcreate -n ${lv} -l 1 vg`)).status).toBe(0);
});

test('a yes for one volume is none for the next', async () => {
  const { status, out, err } = await run('lvremove vg/a vg/b vg/c', 'y\nn\ny\n');
  expect([status, out]).toEqual([
    5,
    '  Logical volume "a" successfully removed.\n  Logical volume "c" successfully removed.\n',
  ]);
  expect(err).toBe(`${asks('a')}${asks('b')}${asks('c')}  Logical volume vg/b not removed.\n`);
  expect(await left()).toBe('b');
});

test('the end of the input is a no to all that is left', async () => {
  const { status, err } = await run('lvremove vg', 'y\n');
  expect(status).toBe(5);
  expect(err).toBe(
    `${asks('a')}${asks('b')}[n]\n${asks('c')}[n]\n` +
      '  Logical volume vg/b not removed.\n  Logical volume vg/c not removed.\n',
  );
  expect(await left()).toBe('b c');
});

test('a group goes with its active volumes when each of them may', async () => {
  const group =
    'Do you really want to remove volume group "vg" containing 3 logical volumes? [y/n]: ';
  const kept = await run('vgremove vg', 'y\ny\nn\n');
  expect([kept.status, kept.err]).toEqual([
    5,
    `${group}${asks('a')}${asks('b')}  Logical volume vg/b not removed.\n`,
  ]);
  expect(await left()).toBe('a b c');
  expect((await run('vgremove vg', 'y\ny\n\nY\n yes\n')).status).toBe(0);
  expect((await run('vgs')).out).toBe('');
});
