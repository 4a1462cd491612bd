/** What `lvstudio lab` does to a lab's folder, while no engine has it open. */
import { readdir, realpath, rm } from 'node:fs/promises';
import { basename, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { err, ok } from '../base/result.ts';
import type { Result } from '../base/result.ts';
import type { Sectors } from '../base/units.ts';
import type { VolumeError } from '../contract/errors.ts';
import type { DiskMode } from '../contract/state.ts';
import { DISK_COUNT_LIMIT, diskName, diskNumber, freeDiskName, isDiskName } from './disk-names.ts';
import { createImage, imageSentence, inspectImage } from './image-file.ts';
import { LAB_FILE, readLabFile, writeLabFile } from './lab-file.ts';
import type { LabDisk } from './lab-file.ts';
import { labError, labSystemError } from './lab-error.ts';
import { makeFolders, removeFolders } from './make-folders.ts';

/** Most disks `createLab` makes; more can be attached. */
export const NEW_DISKS_LIMIT = 256;

export interface NewLab {
  readonly directory: string;
  /** 0 to NEW_DISKS_LIMIT. */
  readonly disks: number;
  /** Of each disk. */
  readonly size: Sectors;
}

/**
 * Makes a lab with sparse disks `sda.img`, ... that are open for writing. The folder may exist if
 * nothing is in it; what was made is removed again if anything fails.
 */
export async function createLab(options: NewLab): Promise<Result<void, VolumeError>> {
  const { directory, disks: count, size } = options;
  const made = await makeFolder(directory);
  if (!made.ok) return made;
  const names = Array.from({ length: count }, (_, index) => diskName(index));
  const disks: LabDisk[] = [];
  for (const name of names) {
    const image = `${name}.img`;
    const created = await createImage(join(directory, image), size);
    if (!created.ok) {
      await unmake(directory, disks, made.value);
      return labError(directory, imageSentence(created.error));
    }
    disks.push({ name, devno: diskNumber(name), image, mode: 'live' });
  }
  const written = await writeLabFile(directory, { disks });
  if (!written.ok) await unmake(directory, disks, made.value);
  return written;
}

/** The folders that were made; none if the lab's own was there and empty. */
async function makeFolder(directory: string): Promise<Result<readonly string[], VolumeError>> {
  try {
    const made = await makeFolders(directory);
    if (made.length > 0) return ok(made);
    const inside = await readdir(directory);
    if (inside.includes(LAB_FILE)) return labError(directory, 'there is a lab already');
    return inside.length === 0 ? ok([]) : labError(directory, 'the folder is not empty');
  } catch (error) {
    return labSystemError(directory, 'the folder', error);
  }
}

async function unmake(
  directory: string,
  disks: readonly LabDisk[],
  made: readonly string[],
): Promise<void> {
  for (const { image } of disks) await rm(join(directory, image), { force: true });
  await removeFolders(made);
}

export interface Attach {
  readonly directory: string;
  /** As typed: relative to the present working directory. */
  readonly files: readonly string[];
  readonly mode: DiskMode;
  /** For one file only; absent: the first free name. */
  readonly name?: string;
}

/** Adds images to a lab, all of them or none. Returns the new disks. */
export async function attachImages(
  options: Attach,
): Promise<Result<readonly LabDisk[], VolumeError>> {
  const { directory, files, mode, name } = options;
  const lab = await readLabFile(directory);
  if (!lab.ok) return lab;
  const root = await realpath(resolve(directory));
  const disks = [...lab.value.disks];
  const owners = await imageOwners(root, disks);
  for (const file of files) {
    const image = await resolveImage(file);
    if (!image.ok) return labError(directory, image.error);
    const { path, identity } = image.value;
    const owner = owners.get(identity);
    if (owner !== undefined) return labError(directory, `${file} is disk ${owner} already`);
    const chosen = chooseName(disks, name);
    if (!chosen.ok) return labError(directory, chosen.error);
    owners.set(identity, chosen.value);
    const devno = diskNumber(chosen.value);
    disks.push({ name: chosen.value, devno, image: storedPath(root, path), mode });
  }
  const written = await writeLabFile(directory, { disks });
  return written.ok ? ok(disks.slice(lab.value.disks.length)) : written;
}

/** A link is followed here, once, and what it names is what the lab remembers. */
async function resolveImage(
  file: string,
): Promise<Result<{ path: string; identity: string }, string>> {
  const path = await realpath(resolve(file)).catch(() => resolve(file));
  const facts = await inspectImage(path);
  return facts.ok
    ? ok({ path, identity: facts.value.identity })
    : err(`${file} ${is(facts.error.why)}`);
}

const is = (why: string): string => (why.startsWith('is ') ? why : `cannot be used: ${why}`);

function chooseName(disks: readonly LabDisk[], wanted?: string): Result<string, string> {
  const used = new Set(disks.map(({ name }) => name));
  const numbers = new Set<string>(disks.map(({ devno }) => devno));
  if (wanted === undefined) {
    // A number somebody set by hand may be that of a free name.
    for (let name = freeDiskName(used); isDiskName(name); name = freeDiskName(used)) {
      if (!numbers.has(diskNumber(name))) return ok(name);
      used.add(name);
    }
    return err(`a lab has at most ${DISK_COUNT_LIMIT} disks`);
  }
  if (!isDiskName(wanted)) return err(`${wanted} is not the name of a disk (sda, sdb, ...)`);
  if (used.has(wanted)) return err(`there is a disk ${wanted} already`);
  const number = diskNumber(wanted);
  return numbers.has(number) ? err(`number ${number} of ${wanted} is taken`) : ok(wanted);
}

/** Which disk has which file. Images that are gone have none. */
async function imageOwners(root: string, disks: readonly LabDisk[]): Promise<Map<string, string>> {
  const owners = new Map<string, string>();
  for (const disk of disks) {
    const facts = await inspectImage(imagePath(root, disk));
    if (facts.ok) owners.set(facts.value.identity, disk.name);
  }
  return owners;
}

/** Relative inside the lab, so that the folder can be moved. */
function storedPath(root: string, path: string): string {
  const inside = relative(root, path);
  const outside = inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside);
  return outside ? path : inside.split(sep).join('/');
}

export function imagePath(directory: string, disk: LabDisk): string {
  return resolve(directory, disk.image);
}

/** Takes disks, as `sdb` or `/dev/sdb`, out of a lab, all of them or none. Their files stay. */
export async function detachDisks(
  directory: string,
  names: readonly string[],
): Promise<Result<void, VolumeError>> {
  const lab = await readLabFile(directory);
  if (!lab.ok) return lab;
  const gone = new Set(names.map((name) => name.replace(/^\/dev\//, '')));
  for (const name of gone) {
    if (!lab.value.disks.some((disk) => disk.name === name)) {
      return labError(directory, `there is no disk ${name}`);
    }
  }
  return writeLabFile(directory, { disks: lab.value.disks.filter(({ name }) => !gone.has(name)) });
}

/** A disk with what its image says today. */
export interface DiskFacts extends LabDisk {
  /** Whole sectors; absent when there is a problem. */
  readonly size?: Sectors;
  /** Bytes at the end of the image that make no whole sector; they stay unused. */
  readonly surplus?: number;
  /** Why the image cannot be used, in a clause. */
  readonly problem?: string;
}

export interface LabFacts {
  readonly name: string;
  /** Absolute, without symbolic links. */
  readonly directory: string;
  readonly disks: readonly DiskFacts[];
}

export async function describeLab(directory: string): Promise<Result<LabFacts, VolumeError>> {
  const lab = await readLabFile(directory);
  if (!lab.ok) return lab;
  const root = await realpath(resolve(directory));
  const disks: DiskFacts[] = [];
  for (const disk of lab.value.disks) {
    const facts = await inspectImage(imagePath(root, disk));
    if (facts.ok) disks.push({ ...disk, size: facts.value.size, surplus: facts.value.surplus });
    else disks.push({ ...disk, problem: facts.error.why });
  }
  return ok({ name: basename(root), directory: root, disks });
}
