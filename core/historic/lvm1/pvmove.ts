/**
 * LVM1's pvmove: a program that moves one PE after the other. With a driver that has Tweedie's
 * ioctl it asks for that. Without, it does it by hand, as LVM 1.0 did: it locks the PE, reads it
 * from the disk and writes it to the other one like any program, through the cache of those disks,
 * waits until that is written, has the driver change its map, and unlocks it.
 */
import { err, ok } from '../../base/result.ts';
import { SECTOR, sectors } from '../../base/units.ts';
import type { IoResult } from '../../block/device.ts';
import type { LvmDriver } from './driver.ts';
import type { Outcome, Pe } from './types.ts';

export class Pvmove {
  /** It tries the ioctl once, and remembers that there is none. */
  private byHand = false;

  constructor(private readonly driver: LvmDriver) {}

  /**
   * Moves one PE.
   * @param to no logical extent lies there
   * @returns where it failed the data is still at the old place
   */
  async move(from: Pe, to: Pe): Promise<Outcome> {
    if (this.driver.uses(to)) return err({ code: 'in-use' });
    if (!this.byHand) {
      const done = await this.driver.copyLocked(from, to);
      if (done.ok || done.error.code !== 'unknown-ioctl') return done;
      this.byHand = true;
    }
    return this.moveByHand(from, to);
  }

  private async moveByHand(from: Pe, to: Pe): Promise<Outcome> {
    const { driver } = this;
    const locked = await driver.lock(from);
    if (!locked.ok) return locked;
    const copied = await this.copy(from, to);
    const done = copied.ok ? driver.remap(from, to) : copied;
    driver.unlock();
    return done;
  }

  private async copy(from: Pe, to: Pe): Promise<IoResult> {
    const { cache, peSize, tell } = this.driver;
    const sectorsOf = Array.from({ length: peSize }, (_, at) => sectors(from.start + at));
    const cached = sectorsOf.filter((sector) => cache.has(from.device, sector)).length;
    const data = new Uint8Array(peSize * SECTOR);
    const read = await cache.read(from.device, from.start, data);
    if (!read.ok) return read;
    tell({ kind: 'read', pe: from, cached });
    await cache.write(to.device, to.start, data);
    const written = await cache.sync(to.device);
    if (written.ok) tell({ kind: 'written', pe: to });
    return written.ok ? ok() : written;
  }
}
