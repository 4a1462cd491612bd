/** A lab that loses power: what was on its disks then is what the next engine finds. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { lvstudio } from '../../support/studio-lab.ts';
import { scratch } from './scratch.ts';

test('a move goes on from what the disks said when the power was cut', async () => {
  const folder = join(await scratch(), 'lab');
  await lvstudio(['lab', 'new', folder, '--disks', '2', '--size', '64m']);
  const run = (lines: readonly string[]) =>
    lvstudio(['--lab', folder, 'run', '-'], lines.join('\n'));
  const made = ['vgcreate vg /dev/sda /dev/sdb', 'lvcreate -n a -L 16m vg /dev/sda', 'throttle 0'];
  expect(await run(made)).toMatchObject({ status: 0 });
  await lvstudio(`--lab ${folder} write vg/a`, 'before');
  const said = await run([
    'pvmove -b /dev/sda',
    'power-cut',
    'dmsetup table vg-pvmove0',
    'vgs --noheadings -o lv_count vg',
  ]);
  expect(said.err).toBe('');
  expect(said.out.split('\n')).toEqual([
    '  The power was cut: the lab is opened again as its disks are now.',
    '0 32768 mirror core 1 4096 2 8:0 2048 8:16 2048',
    '    1',
    '',
  ]);
  expect(await run(['throttle off', 'pvmove'])).toMatchObject({ status: 0 });
  expect((await lvstudio(`--lab ${folder} read vg/a --length 6`)).out).toBe('before');
  const left = await lvstudio(`--lab ${folder} lvs -a --noheadings -o name,devices vg`);
  expect(left.out.trim()).toBe('a    /dev/sdb(0)');
});

test('it takes no argument', async () => {
  const folder = join(await scratch(), 'lab');
  await lvstudio(['lab', 'new', folder, '--disks', '1', '--size', '4m']);
  const said = await lvstudio(`--lab ${folder} power-cut now`);
  expect(said).toMatchObject({ status: 3, err: '  power-cut takes no argument\n' });
});
