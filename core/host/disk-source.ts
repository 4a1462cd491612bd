/**
 * Where the content of a disk is: in an image file (image-source.ts), or behind the address of an
 * export (export-source.ts). Nobody else has to know which.
 */
import { basename } from 'node:path';
import type { DiskFinding, EngineDisk } from '../engine/disk-keeper.ts';
import { absentDisk } from './file-disk.ts';
import type { LabDisk } from './lab-file.ts';

export interface OpenHow {
  /** Takes the image from a lab that does not have it open. */
  readonly takeOver?: boolean;
  /** Makes the file of a sandbox where there is none. */
  readonly create?: boolean;
  /** Keeps a sandbox over an image that changed since. */
  readonly anyway?: boolean;
}

export interface DiskSource {
  /** Of its sandbox, where it has one. */
  readonly sandboxFile: string;
  /** Whether it is nobody else's: what is in the lab's own folder. */
  readonly own: boolean;
  /** Never fails: a disk that cannot be opened has a problem. */
  open(how?: OpenHow): Promise<OpenedDisk>;
  /** The lab gives it up. */
  forget(): Promise<void>;
}

export interface OpenedDisk {
  readonly disk: EngineDisk;
  check(): Promise<DiskFinding | undefined>;
  /** @param keep whether the image stays claimed; default: one outside the lab's folder does */
  close(keep?: boolean): Promise<void>;
  /** Of a sandbox: writes it into the image. The error is a clause about the image. */
  apply?(): Promise<string | undefined>;
}

/** What every disk says of itself, open or not. */
export function commonOf(disk: LabDisk) {
  const { name, devno, mode } = disk;
  const common = { path: `/dev/${name}`, devno, mode };
  if (!('address' in disk)) return { ...common, image: basename(disk.image) };
  return { ...common, image: disk.address, onLoss: disk.onLoss };
}

/** A disk that cannot be opened, for a reason that is a clause. */
export function absent(disk: LabDisk, why: string): EngineDisk {
  const common = commonOf(disk);
  const device = absentDisk(disk.name, why);
  return { ...common, device, problem: `${common.image}: ${why}` };
}
