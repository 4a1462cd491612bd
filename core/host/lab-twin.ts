/** `lvstudio lab twin`: a lab as a production system has it, from its backup files. */
import { basename, join, resolve } from 'node:path';
import { ok } from '../base/result.ts';
import type { Result } from '../base/result.ts';
import type { VolumeError } from '../contract/errors.ts';
import { planTwin, writeTwinDisk } from '../lvm/twin.ts';
import type { Twin, TwinDisk, TwinSource } from '../lvm/twin.ts';
import { errorLines } from '../report/errors.ts';
import { readTextFile } from './bounded-text.ts';
import { freeDiskName, isDiskName } from './disk-names.ts';
import { openFileDisk } from './file-disk.ts';
import { LabBackups } from './lab-backups.ts';
import { labError } from './lab-error.ts';
import { makeLab } from './lab-folder.ts';
import type { NewDisk } from './lab-folder.ts';
import { nodeEnv } from './node-env.ts';
import { describeSystemError } from './system-error.ts';
import { VERSION } from './version.ts';

/** Larger than any group's text. */
const FILE_LIMIT = 64 * 2 ** 20;

export interface TwinWish {
  readonly directory: string;
  /** Files of vgcfgbackup. */
  readonly files: readonly string[];
  /** PVs that get no disk: devices as the backups name them, or UUIDs. */
  readonly missing: readonly string[];
}

/** A new lab with sparse disks; what was made is removed again if anything fails. */
export async function createTwin(wish: TwinWish): Promise<Result<Twin, VolumeError>> {
  const { directory, files, missing } = wish;
  const sources = await readSources(directory, files);
  if (!sources.ok) return sources;
  const planned = planTwin(sources.value, missing);
  if (!planned.ok) return labError(directory, planned.error);
  const twin = planned.value;
  const named = nameDisks(twin);
  const made = await makeLab(
    directory,
    named.map(({ name, disk }): NewDisk => ({ name, size: disk.size })),
    () => fill(directory, twin, named),
    twin.systemId === undefined ? {} : { systemId: twin.systemId },
  );
  return made.ok ? ok(twin) : made;
}

async function readSources(
  directory: string,
  files: readonly string[],
): Promise<Result<readonly TwinSource[], VolumeError>> {
  const sources: TwinSource[] = [];
  for (const file of files) {
    try {
      sources.push({ file, text: await readTextFile(file, FILE_LIMIT, 'latin1') });
    } catch (error) {
      return labError(directory, `${file} cannot be read: ${describeSystemError(error)}`);
    }
  }
  return ok(sources);
}

interface Named {
  readonly name: string;
  readonly disk: TwinDisk;
}

/** As the production system calls them where these are names of disks here too. */
function nameDisks({ disks, missing }: Twin): readonly Named[] {
  const hinted = (hint: string): string | undefined => {
    const name = basename(hint);
    return hint === `/dev/${name}` && isDiskName(name) ? name : undefined;
  };
  const used = new Set(missing.flatMap(({ deviceHint }) => hinted(deviceHint) ?? []));
  const names = new Map<TwinDisk, string>();
  for (const disk of disks) {
    const name = hinted(disk.pv.deviceHint);
    if (name === undefined || used.has(name)) continue;
    used.add(name);
    names.set(disk, name);
  }
  return disks.map((disk) => {
    const name = names.get(disk) ?? freeDiskName(used);
    used.add(name);
    return { name, disk };
  });
}

async function fill(
  directory: string,
  twin: Twin,
  disks: readonly Named[],
): Promise<Result<void, VolumeError>> {
  for (const { name, disk } of disks) {
    const path = join(directory, `${name}.img`);
    const opened = await openFileDisk({ path, name, mode: 'live' });
    if (!opened.ok) return labError(directory, `${name}.img: ${opened.error.why}`);
    const device = { path: `/dev/${name}`, device: opened.value };
    const written = await writeTwinDisk(device, disk, `LV Studio ${VERSION}`);
    await opened.value.close();
    if (!written.ok) return labError(directory, errorLines(written.error).join(' '));
  }
  const env = nodeEnv();
  try {
    const backups = new LabBackups(resolve(directory), env);
    for (const { vg, text } of twin.groups) {
      const archived = await backups.addArchive(vg.name, text);
      const kept = archived.ok ? await backups.putBackup(vg.name, text) : archived;
      if (!kept.ok) return labError(directory, errorLines(kept.error).join(' '));
    }
    return ok();
  } finally {
    env.scheduler.stop();
  }
}
