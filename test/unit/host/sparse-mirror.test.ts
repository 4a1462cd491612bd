/** Disks of a lab that hold next to nothing take next to no room, whatever is copied on them. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { lvstudio, type Said } from '../../support/studio-lab.ts';
import { scratch } from './scratch.ts';

/** In bytes, in the middle of a chunk of the file system. */
const AT = 300 * 2 ** 20 + 5;

const ok = (said: Said): string => {
  expect(said, said.err).toMatchObject({ status: 0 });
  return said.out;
};

test('a mirror of a sparse volume is sparse on both legs, and the same', async () => {
  const folder = join(await scratch(), 'lab');
  ok(await lvstudio(['lab', 'new', folder, '--disks', '3', '--size', '2g']));
  const run = async (line: string): Promise<string> =>
    ok(await lvstudio(`--lab ${folder} ${line}`));
  await run('vgcreate vg /dev/sda /dev/sdb /dev/sdc');
  await run('lvcreate -L 1g -n a vg /dev/sda');
  ok(await lvstudio(`--lab ${folder} write vg/a --offset ${AT}`, 'all that it holds'));
  await run('lvconvert -y --type mirror -m1 vg/a');
  expect((await run('lvs --noheadings -o copy_percent vg/a')).trim()).toBe('100.00');
  await run('lvconvert -y -m0 vg/a /dev/sda');
  expect(await run('lvs --noheadings -o devices vg/a')).toContain('/dev/sdb');
  expect(await run(`read vg/a --offset ${AT} --length 17`)).toBe('all that it holds');
  for (const name of ['sda', 'sdb']) {
    const { blocks } = await stat(join(folder, `${name}.img`));
    expect(blocks * 512, name).toBeLessThan(8 * 2 ** 20);
  }
});
