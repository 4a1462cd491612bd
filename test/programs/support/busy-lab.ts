/** A lab with one volume, for programs that use it. */
import { join } from 'node:path';
import { lvstudio } from '../../support/studio-lab.ts';
import { newFolder } from './folder.ts';

/** What it printed on the standard output. Throws unless it succeeds. */
export async function said(line: readonly string[]): Promise<string> {
  const { status, out, err } = await lvstudio(line);
  if (status !== 0) throw new Error(`${line.join(' ')}: ${err}`);
  return out;
}

/** With the volume vg/busy, 64 MiB, on a live disk: its folder. */
export async function busyLab(): Promise<string> {
  const lab = join(await newFolder(), 'lab');
  await said(['lab', 'new', lab, '--disks', '1', '--size', '80m']);
  for (const line of ['vgcreate -s 1m vg /dev/sda', 'lvcreate -n busy -L 64m vg']) {
    await said(['--lab', lab, ...line.split(' ')]);
  }
  return lab;
}
