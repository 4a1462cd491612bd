/** Names and numbers of disks, as Linux gives them to SCSI disks. */
import { assert } from '../base/assert.ts';
import type { DevNo } from '../contract/units.ts';

/** `sda` to `sdzzz`. */
const NAME = /^sd[a-z]{1,3}$/;

/** Disks Linux can number: the minor number has 20 bits, and a disk takes 16 of them. */
export const DISK_COUNT_LIMIT = 16 * 16 * 256;

export function isDiskName(name: string): boolean {
  return NAME.test(name) && diskIndex(name) < DISK_COUNT_LIMIT;
}

/** 0 is `sda`, 25 `sdz`, 26 `sdaa`. */
export function diskName(index: number): string {
  assert(Number.isInteger(index) && index >= 0, `${index} is no disk`);
  let letters = '';
  for (let rest = index + 1; rest > 0; rest = Math.floor((rest - 1) / 26)) {
    letters = String.fromCharCode(97 + ((rest - 1) % 26)) + letters;
  }
  return `sd${letters}`;
}

function diskIndex(name: string): number {
  let index = 0;
  for (const letter of name.slice(2)) index = index * 26 + (letter.charCodeAt(0) - 96);
  return index - 1;
}

/**
 * `8:0` for sda, `8:16` for sdb: sixteen disks a major number, 8, 65 to 71 and 128 to 135 in turn,
 * and after 256 disks the same majors again with higher minors.
 */
export function diskNumber(name: string): DevNo {
  assert(isDiskName(name), `${name} is not the name of a disk`);
  const index = diskIndex(name);
  const group = (index >> 4) & 0xf;
  const major = group === 0 ? 8 : group < 8 ? 64 + group : 120 + group;
  return `${major}:${((index & 0xf) << 4) | (index & ~0xff)}`;
}

/** The first name that is free, as Linux does: after sdb went, the next disk is sdb. */
export function freeDiskName(used: ReadonlySet<string>): string {
  for (let index = 0; ; index++) {
    const name = diskName(index);
    if (!used.has(name)) return name;
  }
}
