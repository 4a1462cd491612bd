/** The lab that the first start opens: enough on it to look at, room left to try things. */
import { mkdtemp, rename, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ok } from '../base/result.ts';
import type { Result } from '../base/result.ts';
import { mib } from '../base/units.ts';
import { splitCommandLine } from '../base/words.ts';
import type { EngineApi } from '../contract/api.ts';
import type { VolumeError } from '../contract/errors.ts';
import { LAB_FILE } from './lab-file.ts';
import { createLab } from './lab-folder.ts';
import { labError, labSystemError } from './lab-error.ts';
import { makeFolders } from './make-folders.ts';
import { openLab } from './open-lab.ts';
import type { LabHost } from './open-lab.ts';
import { systemCode } from './system-error.ts';

const DISKS = 6;
const DISK_SIZE = mib(256);

/**
 * Five disks in one group: a volume of two segments, striped ones over two and three disks, a hole
 * where a volume was. The sixth disk is a PV that belongs to no group.
 */
export const SAMPLE_COMMANDS: readonly string[] = [
  'pvcreate /dev/sda /dev/sdb /dev/sdc /dev/sdd /dev/sde /dev/sdf',
  'vgcreate vg /dev/sda /dev/sdb /dev/sdc /dev/sdd /dev/sde',
  'lvcreate -n home -L 120m vg /dev/sda',
  'lvcreate -n scratch -L 24m vg /dev/sda',
  'lvcreate -n log -L 40m vg /dev/sda',
  'lvcreate -n var -L 96m vg /dev/sdb',
  'lvcreate -n swap -L 64m vg /dev/sdb',
  'lvcreate -n srv -i 2 -I 64k -L 192m vg /dev/sdc /dev/sdd',
  'lvcreate -n db -i 3 -I 16k -L 144m vg /dev/sdc /dev/sdd /dev/sde',
  'lvextend -L +88m vg/home /dev/sde',
  'lvcreate -n archive -L 80m vg /dev/sdb',
  'lvremove -y vg/scratch',
];

/** The sample lab's folder, which is made first if it does not exist. */
export async function ensureSampleLab(
  dataDirectory: string,
  host: LabHost,
): Promise<Result<string, VolumeError>> {
  const directory = join(dataDirectory, 'sample');
  if (existsSync(join(directory, LAB_FILE))) return ok(directory);
  // Made beside its place, so that a lab that is half made is never opened.
  let fresh: string | undefined;
  try {
    await makeFolders(dataDirectory);
    fresh = await mkdtemp(`${directory}.`);
    const made = await makeSample(fresh, host);
    if (!made.ok) return made;
    return await moveIn(fresh, directory);
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return labSystemError(directory, 'the sample lab', error);
  } finally {
    if (fresh !== undefined) await rm(fresh, { recursive: true, force: true });
  }
}

async function moveIn(fresh: string, directory: string): Promise<Result<string, VolumeError>> {
  try {
    await rename(fresh, directory);
  } catch (error) {
    const code = systemCode(error);
    const other = code === 'ENOTEMPTY' || code === 'EEXIST' || code === 'EPERM';
    // Another first start was faster, and its lab is as good.
    if (!other || !existsSync(join(directory, LAB_FILE))) throw error;
  }
  return ok(directory);
}

async function makeSample(directory: string, host: LabHost): Promise<Result<void, VolumeError>> {
  const created = await createLab({ directory, disks: DISKS, size: DISK_SIZE });
  if (!created.ok) return created;
  const lab = await openLab(directory, host);
  if (!lab.ok) return lab;
  try {
    return await runAll(lab.value.api, directory);
  } finally {
    await lab.value.close();
  }
}

async function runAll(api: EngineApi, directory: string): Promise<Result<void, VolumeError>> {
  for (const line of SAMPLE_COMMANDS) {
    const words = splitCommandLine(line);
    if (!words.ok) return labError(directory, `${line}: ${words.error.why}`);
    const { status, output } = await api.command(words.value);
    if (status === 0) continue;
    const said = output.map(({ text }) => text.trim()).join(' ');
    return labError(directory, `the sample lab stops at "${line}": ${said}`);
  }
  return ok();
}
