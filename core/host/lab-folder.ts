/** What `lvstudio lab` does to a lab's folder, while no engine has it open. */
import { readdir, realpath, rm } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { ok } from '../base/result.ts';
import type { Result } from '../base/result.ts';
import type { Sectors } from '../base/units.ts';
import type { VolumeError } from '../contract/errors.ts';
import type { CopyLimits, LabSettings } from '../contract/settings.ts';
import type { DiskState, SandboxState, TableKind } from '../contract/state.ts';
import { clauseOf } from '../report/lab-table.ts';
import { diskName, diskNumber } from './disk-names.ts';
import { createImage, imageSentence, inspectImage } from './image-file.ts';
import { LAB_FILE, readLabFile, writeLabFile } from './lab-file.ts';
import type { ExportEntry, ImageEntry, LabDisk, LabFile } from './lab-file.ts';
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

/** Makes a lab with sparse disks `sda.img`, ... that are open for writing. */
export function createLab(options: NewLab): Promise<Result<void, VolumeError>> {
  const { directory, disks, size } = options;
  return makeLab(
    directory,
    Array.from({ length: disks }, (_, index) => ({ name: diskName(index), size })),
  );
}

export interface NewDisk {
  /** `sda`: its image is `sda.img`. */
  readonly name: string;
  readonly size: Sectors;
}

/**
 * Makes a lab, and fills its disks before it is one. The folder may exist if nothing is in it; what
 * was made is removed again if anything fails.
 */
export async function makeLab(
  directory: string,
  wanted: readonly NewDisk[],
  fill: () => Promise<Result<void, VolumeError>> = () => Promise.resolve(ok()),
  rest: Omit<LabFile, 'disks'> = {},
): Promise<Result<void, VolumeError>> {
  const made = await makeFolder(directory);
  if (!made.ok) return made;
  const disks: ImageEntry[] = [];
  const undo = async <T>(failed: T): Promise<T> => {
    await unmake(directory, disks, made.value);
    return failed;
  };
  for (const { name, size } of wanted) {
    const image = `${name}.img`;
    const created = await createImage(join(directory, image), size);
    if (!created.ok) return undo(labError(directory, imageSentence(created.error)));
    disks.push({ name, devno: diskNumber(name), image, mode: 'live' });
  }
  const filled = await fill();
  if (!filled.ok) return undo(filled);
  const written = await writeLabFile(directory, { ...rest, disks });
  return written.ok ? written : undo(written);
}

/** What `LabBackups` makes in a lab. */
const BACKUP_FOLDERS = ['archive', 'backup'];

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
  disks: readonly ImageEntry[],
  made: readonly string[],
): Promise<void> {
  // The folder was empty, or not there.
  const inside = [...disks.map(({ image }) => image), ...BACKUP_FOLDERS];
  for (const name of inside) await rm(join(directory, name), { recursive: true, force: true });
  await removeFolders(made);
}

export function imagePath(directory: string, disk: ImageEntry): string {
  return resolve(directory, disk.image);
}

/** A disk with what its image says today. */
type WholeFacts = LabDisk & {
  /** Whole sectors; absent when there is a problem. */
  readonly size?: Sectors;
  /** Bytes at the end of the image that make no whole sector; they stay unused. */
  readonly surplus?: number;
  /** Why the image cannot be used, in a clause. */
  readonly problem?: string;
  /** What should be known of it although it can, in a clause. */
  readonly note?: string;
  readonly sandbox?: SandboxState;
  readonly table?: TableKind;
};

export type DiskFacts = WholeFacts & {
  /** By number. */
  readonly partitions: readonly DiskState[];
};

export interface LabFacts {
  readonly name: string;
  /** Absolute, without symbolic links. */
  readonly directory: string;
  readonly disks: readonly DiskFacts[];
  /** Of the machine that it stands for, where it has one. */
  readonly systemId?: string;
  readonly settings?: LabSettings;
  readonly throttle?: CopyLimits;
}

/** @param states what the disks say of themselves, where they could be opened */
export async function describeLab(
  directory: string,
  states: readonly DiskState[] = [],
): Promise<Result<LabFacts, VolumeError>> {
  const lab = await readLabFile(directory);
  if (!lab.ok) return lab;
  const root = await realpath(resolve(directory));
  const disks: DiskFacts[] = [];
  for (const disk of lab.value.disks) {
    const path = `/dev/${disk.name}`;
    const partitions = states.filter(({ partitionOf }) => partitionOf?.disk === path);
    const state = states.find((one) => one.path === path);
    disks.push({ ...(await describeDisk(root, disk, state)), partitions });
  }
  const { systemId, settings, throttle } = lab.value;
  return ok({
    name: basename(root),
    directory: root,
    disks,
    ...(systemId === undefined ? {} : { systemId }),
    ...(settings && { settings }),
    ...(throttle && { throttle }),
  });
}

async function describeDisk(root: string, disk: LabDisk, state?: DiskState): Promise<WholeFacts> {
  if ('address' in disk) return describeExport(disk, state);
  const facts = await inspectImage(imagePath(root, disk));
  if (!facts.ok) return { ...disk, problem: facts.error.why };
  const { size, surplus } = facts.value;
  const said = saidOf(disk.image, state);
  return said.problem === undefined ? { ...disk, size, surplus, ...said } : { ...disk, ...said };
}

/** Only who is connected to it knows anything of it. */
function describeExport(disk: ExportEntry, state?: DiskState): WholeFacts {
  const said = saidOf(disk.address, state);
  if (!state || said.problem !== undefined) return { ...disk, ...said };
  return { ...disk, size: state.size, ...said };
}

/** The sentences of a disk that is open, as clauses. */
function saidOf(image: string, { problem, note, sandbox, table }: Partial<DiskState> = {}) {
  if (problem !== undefined) return { problem: clauseOf(problem, image) };
  return {
    ...(note !== undefined && { note: clauseOf(note, image) }),
    ...(sandbox && { sandbox }),
    ...(table && { table }),
  };
}
