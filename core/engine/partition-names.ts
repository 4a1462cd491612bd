/** Names and numbers of partitions, as Linux gives them. */
import { assert } from '../base/assert.ts';
import type { DevNo } from '../contract/units.ts';

/** Minor numbers that a disk has for itself and its first partitions. */
const MINORS = 16;
/** `blkext`: for the partitions that come after those. */
export const EXTENDED_MAJOR = 259;

/** `/dev/sda1`, `/dev/nbd0p1`: a name that ends in a digit is kept apart. */
export const partitionPath = (disk: string, number: number): string =>
  `${disk}${/\d$/.test(disk) ? 'p' : ''}${number}`;

/** Whether a partition has a number next to that of its disk. */
export const isNumberedByDisk = (number: number): boolean => number < MINORS;

/** `8:17` for the first partition of `8:16`. */
export function numberByDisk(disk: DevNo, number: number): DevNo {
  const [major = 0, minor = 0] = disk.split(':').map(Number);
  assert(isNumberedByDisk(number), `partition ${number} of ${disk} is too far from it`);
  return `${major}:${minor + number}`;
}

/** Whether the path could be that of a partition of this disk. */
export function isPartitionOf(path: string, disk: string): boolean {
  const [digits] = /\d+$/.exec(path) ?? [];
  return digits !== undefined && partitionPath(disk, Number(digits)) === path;
}

/** The one of before, or the lowest that is free. */
export class ExtendedNumbers {
  private readonly minors: Map<string, number>;

  /** @param known by paths */
  constructor(known: ReadonlyMap<string, DevNo> = new Map()) {
    this.minors = new Map([...known].map(([path, devno]) => [path, Number(devno.split(':')[1])]));
  }

  get all(): ReadonlyMap<string, DevNo> {
    return new Map([...this.minors].map(([path, minor]) => [path, `${EXTENDED_MAJOR}:${minor}`]));
  }

  /** @param others numbers that somebody gave to disks */
  of(path: string, others: readonly DevNo[]): DevNo {
    let minor = this.minors.get(path);
    if (minor === undefined) {
      const taken = new Set(this.minors.values());
      for (minor = 0; taken.has(minor) || others.includes(`${EXTENDED_MAJOR}:${minor}`);) minor++;
      this.minors.set(path, minor);
    }
    return `${EXTENDED_MAJOR}:${minor}`;
  }

  /** What is not there any more gives its number back. */
  keepOnly(isKept: (path: string) => boolean): void {
    for (const path of this.minors.keys()) if (!isKept(path)) this.minors.delete(path);
  }
}
