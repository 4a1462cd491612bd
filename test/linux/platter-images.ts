/** Disks of a simulated lab as image files. */
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { SECTOR } from '../../core/base/units.ts';
import { diskName } from '../../core/host/disk-names.ts';
import { DISK_SIZE, type Platters } from '../support/lab.ts';
import { newFolder } from './scratch.ts';

/** In the order of the disks: sda.img, sdb.img and so on. */
export async function imagesOf(platters: Platters): Promise<readonly string[]> {
  const folder = await newFolder();
  const images: string[] = [];
  for (const [index, platter] of platters.entries()) {
    const path = join(folder, `${diskName(index)}.img`);
    const file = await open(path, 'w');
    await file.truncate(DISK_SIZE * SECTOR);
    for (const { start, count, kind } of platter.allocation(0, DISK_SIZE)) {
      if (kind === 'hole') continue;
      const data = new Uint8Array(count * SECTOR);
      platter.read(start, data);
      await file.write(data, 0, data.length, start * SECTOR);
    }
    await file.close();
    images.push(path);
  }
  return images;
}
