/** The source of a disk of a lab. */
import type { DiskSource } from './disk-source.ts';
import { exportSource } from './export-source.ts';
import { imageSource } from './image-source.ts';
import type { LabDisk } from './lab-file.ts';

/** @param directory of the lab: absolute, without symbolic links */
export function sourceOf(directory: string, disk: LabDisk): DiskSource {
  return 'address' in disk ? exportSource(directory, disk) : imageSource(directory, disk);
}
