/** What commands say of a PV in no group whose image is attached read-only, and that it stays. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { lvstudio } from '../../support/studio-lab.ts';
import { scratch } from './scratch.ts';

const ERROR = '  Error writing device /dev/sda: its image is attached read-only.';
const UNSTORED = '  Failed to store physical volume "/dev/sda"';

// Linux says at which byte it could not write; its exit status and the lines behind are these.
test.each([
  ['pvcreate -y /dev/sda', ['  Failed to setup physical volume "/dev/sda".']],
  ['vgcreate vg /dev/sda', ['  Failed to setup physical volume "/dev/sda".']],
  ['pvremove /dev/sda', ['  Failed to wipe existing label(s) on /dev/sda.']],
  ['pvresize /dev/sda', [UNSTORED]],
  ['pvchange -u /dev/sda', [UNSTORED, '  Physical volume /dev/sda not changed']],
  ['pvchange --metadataignore y /dev/sda', [UNSTORED, '  Physical volume /dev/sda not changed']],
])('%s', async (line, lines) => {
  const directory = join(await scratch(), 'lab');
  for (const before of [
    `lab new ${directory} --disks 1 --size 16m`,
    `--lab ${directory} pvcreate /dev/sda`,
    `lab mode ${directory} sda read-only`,
  ]) {
    expect(await lvstudio(before)).toMatchObject({ status: 0 });
  }
  const image = await readFile(join(directory, 'sda.img'));
  const said = await lvstudio(`--lab ${directory} ${line}`);
  expect(said.status).toBe(5);
  expect(said.err.trimEnd().split('\n')).toEqual([ERROR, ...lines]);
  expect(image.equals(await readFile(join(directory, 'sda.img')))).toBe(true);
});
