/** Files of a mounted file system, made, and written by fio, which verifies all of it. */
import { join } from 'node:path';
import { newFolder } from '../../programs/support/folder.ts';
import { ran, run } from '../../programs/support/run.ts';
import { inPass } from './contents.ts';

/** Ways to write; all of them verify. */
const PATTERNS = [
  { rw: 'randwrite', bsrange: '4k-32k' },
  { rw: 'write', bs: '64k' },
  { rw: 'randrw', bs: '4k', fsync: 8 },
  { rw: 'randwrite', bs: '8k', fdatasync: 3 },
  { rw: 'readwrite', bs: '16k' },
];

const options = (all: Readonly<Record<string, string | number>>): readonly string[] =>
  Object.entries(all).map(([name, value]) => `--${name}=${value}`);

/** @param size of each, in bytes; they are zero */
export async function makeFiles(
  folder: string,
  names: readonly string[],
  size: number,
): Promise<void> {
  for (const name of names) {
    const how = ['iflag=count_bytes', 'bs=1M', 'conv=fsync', 'status=none'];
    await run('dd', ['if=/dev/zero', `of=${join(folder, name)}`, `count=${size}`, ...how]);
  }
}

export interface FioJob {
  /** Of the file. */
  readonly name: string;
  readonly pass: number;
}

/**
 * Writes all of the files at once.
 * @param size of each, in bytes
 * @param pick chooses how
 * @returns fio's log of each job, in their order
 * @throws with what fio said unless all was as it was written
 */
export async function fioOnFiles(
  folder: string,
  size: number,
  jobs: readonly FioJob[],
  pick: <T>(ways: readonly T[]) => T,
): Promise<readonly string[]> {
  const all = {
    ...{ directory: folder, size, ioengine: 'psync', direct: 1, invalidate: 1 },
    ...{ verify_fatal: 1, do_verify: 1, verify_state_save: 0, verify_backlog: 32, end_fsync: 1 },
    ...pick(PATTERNS),
  };
  const cwd = await newFolder();
  const logs = jobs.map(({ name }) => join(cwd, name));
  const args = jobs.flatMap(({ name, pass }) =>
    options({ name, filename: name, ...inPass(pass, join(cwd, name)) }),
  );
  const { status, stdout, stderr } = await ran('fio', [...options(all), ...args], { cwd });
  if (status !== 0) throw new Error(`fio on files ended with ${status}\n${stdout}${stderr}`);
  return logs;
}
