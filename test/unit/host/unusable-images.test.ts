/** Images that cannot be opened: what they hold is not missing (docs/decisions/006). */
import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, symlink, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { lvstudio } from '../../support/studio-lab.ts';
import { scratch } from './scratch.ts';

async function newLab(): Promise<string> {
  const directory = join(await scratch(), 'lab');
  for (const line of [
    `lab new ${directory} --disks 3 --size 16m`,
    `--lab ${directory} vgcreate -s 1m vg /dev/sda /dev/sdb`,
    `--lab ${directory} lvcreate -n home -l 4 vg /dev/sdb`,
  ]) {
    expect(await lvstudio(line)).toMatchObject({ status: 0 });
  }
  return directory;
}

const digest = async (path: string): Promise<string> =>
  createHash('sha256')
    .update(await readFile(path))
    .digest('hex');

// Whoever runs as root may open anything: no rights are taken away here.
const HARM: readonly (readonly [string, (image: string) => Promise<void>])[] = [
  ['moved away', (image) => rename(image, join(dirname(image), 'elsewhere'))],
  [
    'replaced by a folder',
    async (image) => {
      await rename(image, join(dirname(image), 'elsewhere'));
      await mkdir(image);
    },
  ],
  [
    'a link that leads to itself',
    async (image) => {
      await unlink(image);
      await symlink(image, image);
    },
  ],
];

const CHANGES = [
  'vgreduce --removemissing --force vg',
  'vgreduce --removemissing vg',
  'vgchange --addtag x vg',
  'lvremove -y vg/home',
  'vgextend vg /dev/sdc',
  'vgsplit vg v2 /dev/sda',
  'vgcfgrestore vg',
];

test.each(HARM)('a PV whose image is %s is not written off', async (_how, harm) => {
  const directory = await newLab();
  await harm(join(directory, 'sdb.img'));
  const before = await digest(join(directory, 'sda.img'));
  for (const change of CHANGES) {
    const said = await lvstudio(`--lab ${directory} ${change}`);
    expect(said, change).toMatchObject({ status: 5 });
    if (!/split|restore/.test(change)) {
      expect(said.err, change).toContain('Device /dev/sdb cannot be used: sdb.img: ');
    }
    expect(await digest(join(directory, 'sda.img')), change).toBe(before);
  }
  expect((await lvstudio(`--lab ${directory} lvs vg`)).status).toBe(0);
});

test('who detaches it has said that it is lost', async () => {
  const directory = await newLab();
  await unlink(join(directory, 'sdb.img'));
  expect(await lvstudio(`lab detach ${directory} sdb`)).toMatchObject({ status: 0 });
  const reduced = await lvstudio(`--lab ${directory} vgreduce --removemissing --force vg`);
  expect(reduced, reduced.err).toMatchObject({ status: 0 });
  expect((await lvstudio(`--lab ${directory} vgs --noheadings -o pv_count,lv_count vg`)).out).toBe(
    '    1   0\n',
  );
});

test('a group that lacks nothing is not held up by another disk', async () => {
  const directory = await newLab();
  await unlink(join(directory, 'sdc.img'));
  const said = await lvstudio(`--lab ${directory} vgchange --addtag x vg`);
  expect(said, said.err).toMatchObject({ status: 0 });
});
