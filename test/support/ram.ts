import type { BlockDevice, Io, IoResult } from '../../core/block/device.ts';
import { checkIo, ioSectors } from '../../core/block/device.ts';
import { SECTOR, sectors, type Sectors } from '../../core/base/units.ts';
import type { ScanDisk } from '../../core/lvm/scan-types.ts';

/** A disk in memory that a test can look into and make fail. Completes at once. */
export class TestDisk implements BlockDevice {
  readonly data: Uint8Array;
  readonly size: Sectors;
  readonly readOnly = false;
  /** Reads and writes that touch these sectors fail. */
  readonly bad = new Set<number>();
  readonly log: string[] = [];

  constructor(
    readonly name: string,
    size: number,
  ) {
    this.size = sectors(size);
    this.data = new Uint8Array(size * SECTOR);
  }

  get disk(): ScanDisk {
    return { path: `/dev/${this.name}`, device: this };
  }

  submit(io: Io): Promise<IoResult> {
    return Promise.resolve(this.perform(io));
  }

  private perform(io: Io): IoResult {
    const error = checkIo(this, io);
    if (error) return { ok: false, error };
    if (io.op === 'flush') {
      this.log.push('flush');
      return { ok: true, value: undefined };
    }
    const count = ioSectors(io);
    const fua = 'fua' in io && io.fua ? ' fua' : '';
    this.log.push(`${io.op} ${io.start}+${count}${fua}`);
    for (let at: number = io.start; at < io.start + count; at++) {
      if (!this.bad.has(at)) continue;
      const why = `sector ${at} is bad`;
      return { ok: false, error: { code: 'io-failed', device: this.name, op: io.op, why } };
    }
    const own = this.data.subarray(io.start * SECTOR, (io.start + count) * SECTOR);
    if (io.op === 'read') io.data.set(own);
    else if (io.op === 'write') own.set(io.data);
    else if (io.op === 'zero') own.fill(0);
    return { ok: true, value: undefined };
  }
}
