/**
 * What disks hold decides all that can be found on them. Most faults leave disks that an earlier
 * one has left: those are looked at once.
 */
import { createHash } from 'node:crypto';
import { SECTOR } from '../../core/base/units.ts';
import { DISK_SIZE, type Platters } from '../support/lab.ts';

export class SeenDisks {
  private readonly layouts = new Map<string, string>();

  /** @param look which layout they have, and whether they can be worked on; may change them */
  async layoutOf(platters: Platters, look: () => Promise<string>): Promise<string> {
    const key = digestOf(platters);
    const known = this.layouts.get(key);
    if (known !== undefined) return known;
    const layout = await look();
    this.layouts.set(key, layout);
    return layout;
  }
}

/** The same of disks that hold the same. */
export function digestOf(platters: Platters): string {
  const hash = createHash('sha1');
  for (const [disk, store] of platters.entries()) {
    for (const { start, count, kind } of store.allocation(0, DISK_SIZE)) {
      if (kind === 'hole') continue;
      const data = new Uint8Array(count * SECTOR);
      store.read(start, data);
      hash.update(`${disk} ${start} ${count}\n`).update(data);
    }
  }
  return hash.digest('hex');
}
