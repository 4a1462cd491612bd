/** Device-mapper on disks in memory, in few words. */
import { expect } from 'vitest';
import { sectors } from '../../core/base/units.ts';
import type { BlockDevice } from '../../core/block/device.ts';
import { RamDisk } from '../../core/block/ram-disk.ts';
import type { DmDeviceState } from '../../core/contract/state.ts';
import type { DevNo } from '../../core/contract/units.ts';
import type { DmChange } from '../../core/dm/change.ts';
import { DeviceMapper } from '../../core/dm/device-mapper.ts';
import type { DmOptions } from '../../core/dm/options.ts';
import type { OpenDevice } from '../../core/dm/open-device.ts';
import type { SuspendHow } from '../../core/dm/target.ts';
import { sharedLogs } from '../../core/dm/one-log-user.ts';
import { expectOneLogUser } from './one-log-user.ts';
import { must } from './results.ts';

export { answer, must } from './results.ts';

export const DRAIN: SuspendHow = { inFlight: 'drain', freeze: false };
export const HOLD: SuspendHow = { inFlight: 'hold', freeze: false };

export class DmWorld {
  readonly changes: DmChange[] = [];
  readonly dm: DeviceMapper;
  private disks = 0;

  constructor(options?: DmOptions) {
    this.dm = new DeviceMapper((change) => {
      this.changes.push(change);
      if (change.kind === 'device') expectOneLogUser(sharedLogs(this.dm.list()), change.name);
    }, options);
  }

  /** `/dev/sda` 8:0, then `/dev/sdb` 8:16 and so on. */
  disk(device: BlockDevice): DevNo {
    const index = this.disks++;
    const devno: DevNo = `8:${16 * index}`;
    const path = `/dev/sd${String.fromCharCode(97 + index)}`;
    expect(this.dm.attachDisk(path, devno, device)).toEqual({ ok: true });
    return devno;
  }

  /** `count` disks of 4096 sectors. */
  ram(count: number): readonly RamDisk[] {
    return Array.from({ length: count }, (_, index) => {
      const disk = new RamDisk(`sd${String.fromCharCode(97 + index)}`, sectors(4096));
      this.disk(disk);
      return disk;
    });
  }

  /** Creates, loads and resumes. */
  async device(name: string, table: readonly string[]): Promise<OpenDevice> {
    must(this.dm.create(name, ''));
    await this.swap(name, table);
    return must(this.dm.open(name));
  }

  async swap(name: string, table: readonly string[]): Promise<void> {
    const loaded = this.dm.reload(name, table);
    must(loaded instanceof Promise ? await loaded : loaded);
    must(await this.dm.resume(name));
  }

  state(name: string): DmDeviceState {
    const state = this.dm.state(name);
    if (!state) throw new Error(`no device ${name}`);
    return state;
  }

  /** Lines as `dmsetup table` prints them. */
  table(name: string, which: 'live' | 'inactive' = 'live'): readonly string[] | undefined {
    return this.state(name)[which]?.map(
      ({ start, length, type, params }) => `${start} ${length} ${type} ${params}`,
    );
  }

  openCount(name: string): number {
    return this.state(name).openCount;
  }

  /** What happened since the last call: `device vol`, `removed vol`, `io-error /dev/sda`. */
  happened(): readonly string[] {
    return this.changes.splice(0).map((change) => {
      if (change.kind === 'io') return `io ${change.counts.map(({ name }) => name).join(' ')}`;
      return `${change.kind} ${change.kind === 'io-error' ? change.device : change.name}`;
    });
  }
}
