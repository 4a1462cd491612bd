/** The disks below device-mapper, kept the same as those of the host. */
import { assert } from '../base/assert.ts';
import { err, ok, type Result } from '../base/result.ts';
import type { BlockDevice } from '../block/device.ts';
import type { Notice, VolumeError } from '../contract/errors.ts';
import type { DmDeviceState } from '../contract/state.ts';
import type { DevNo } from '../contract/units.ts';
import type { DeviceMapper } from '../dm/device-mapper.ts';
import type { DiskKeeper } from './disk-keeper.ts';
import { partitionNamed } from './partitioned-disks.ts';

export class AttachedDisks {
  private readonly below = new Map<string, BlockDevice>();

  constructor(
    private readonly dm: DeviceMapper,
    private readonly keeper: DiskKeeper,
  ) {}

  /** @returns paths of disks that are not there any more */
  follow(): readonly string[] {
    const { disks } = this.keeper;
    for (const [path, device] of this.below) {
      if (disks.some((disk) => disk.path === path && disk.device === device)) continue;
      const detached = this.dm.detachDisk(path);
      assert(detached.ok, `${path} is in use`);
    }
    const gone = [...this.below.keys()].filter((path) => !disks.some((one) => one.path === path));
    for (const path of gone) this.below.delete(path);
    this.attachNew((path, device) => this.below.get(path) !== device);
    return gone;
  }

  private attachNew(isNew: (path: string, device: BlockDevice) => boolean): void {
    const { disks } = this.keeper;
    for (const { path, devno, device, partitionOf } of disks) {
      if (!isNew(path, device)) continue;
      const whole = partitionOf && disks.find((one) => one.path === partitionOf.disk)?.devno;
      const attached = this.dm.attachDisk(path, devno, device, whole);
      assert(attached.ok, `${path} is attached twice`);
      this.below.set(path, device);
    }
  }

  async check(): Promise<readonly Notice[]> {
    const found = await this.keeper.check();
    // One that could not be opened before has sectors now.
    if (found.length > 0) this.follow();
    // Partitions of a disk whose table could not be read before.
    this.attachNew((path) => !this.below.has(path));
    return found.map(({ device, image, why }) => ({ code: 'image-changed', device, image, why }));
  }

  /**
   * Removes the volumes on a disk and its partitions, the uppermost first. Nothing is removed where
   * one of them is open, or is no volume of LVM: nobody would bring it back.
   * @returns UUIDs of the devices that were there
   */
  async takeDown(device: string): Promise<Result<readonly string[], VolumeError>> {
    const path = device.startsWith('/') ? device : `/dev/${device}`;
    const { disks } = this.keeper;
    const refused = partitionNamed(disks, path);
    if (refused) return err(refused);
    const parts = disks.filter((one) => one.path === path || one.partitionOf?.disk === path);
    const numbers = parts.map(({ devno }) => devno);
    const users = usersOf(this.dm.list(), numbers);
    const stays = users.filter((one) => !one.uuid.startsWith('LVM-') || isOpen(one, users));
    if (stays.length > 0) {
      return err({ code: 'disk-in-use', device: path, by: stays.map(({ name }) => name) });
    }
    for (const { name } of users) {
      const removed = await this.dm.retire(name);
      if (!removed.ok) return removed;
    }
    return ok(users.map(({ uuid }) => uuid));
  }
}

/** Every device that one of some disks is below of, each before those it is made of. */
function usersOf(
  devices: readonly DmDeviceState[],
  disks: readonly DevNo[],
): readonly DmDeviceState[] {
  const found: DmDeviceState[] = [];
  const visit = (devno: DevNo): void => {
    for (const device of devices.filter(({ deps }) => deps.includes(devno))) {
      if (found.includes(device)) continue;
      visit(device.devno);
      found.push(device);
    }
  };
  for (const disk of disks) visit(disk);
  return found;
}

/** By somebody who is no device of them. */
function isOpen({ devno, openCount }: DmDeviceState, all: readonly DmDeviceState[]): boolean {
  return openCount > all.filter(({ deps }) => deps.includes(devno)).length;
}
