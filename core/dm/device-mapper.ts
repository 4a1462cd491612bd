/**
 * Device-mapper: the registry of mapped devices, with the operations of the kernel's ioctl
 * interface (reference 4.1). It knows nothing of volume groups.
 */
import { err, ok, type Result } from '../base/result.ts';
import type { BlockDevice, IoError } from '../block/device.ts';
import type { DmErrorData } from '../contract/errors.ts';
import type { DmDeviceState } from '../contract/state.ts';
import type { DevNo } from '../contract/units.ts';
import { Disk } from './disks.ts';
import { MappedDevice, OpenDevice, type SuspendHow } from './mapped-device.ts';
import { buildTable, type OpenedDevice } from './table.ts';

/** Something that took effect; the device's new state can be read with `state`. */
export type DmChange =
  | { readonly kind: 'device'; readonly name: string }
  | { readonly kind: 'removed'; readonly name: string }
  | { readonly kind: 'io-error'; readonly device: string; readonly error: IoError };

type Done = Result<void, DmErrorData>;
type Op = DmErrorData['op'];

/** Linux's limits: name and uuid, in characters. */
const MAX_NAME = 127;
const MAX_UUID = 128;

export class DeviceMapper {
  private readonly disks = new Map<string, Disk>();
  private readonly devices = new Map<string, MappedDevice>();

  constructor(
    private readonly emit: (change: DmChange) => void,
    /** Major number of mapped devices; 253 on most Linux systems. */
    private readonly major = 253,
  ) {}

  attachDisk(path: string, devno: DevNo, device: BlockDevice): Done {
    const taken = [...this.disks.values()].some((one) => one.path === path || one.devno === devno);
    if (taken) return refuse('create', path, 'EEXIST', 'path or number in use');
    const failed = (disk: string, error: IoError): void => {
      this.emit({ kind: 'io-error', device: disk, error });
    };
    this.disks.set(path, new Disk(path, devno, device, failed));
    return ok();
  }

  detachDisk(path: string): Done {
    if ((this.disks.get(path)?.openCount ?? 0) > 0) {
      return refuse('remove', path, 'EBUSY', 'a table uses it');
    }
    this.disks.delete(path);
    return ok();
  }

  /** Takes the lowest free minor number. */
  create(name: string, uuid: string): Result<DevNo, DmErrorData> {
    if (name === '' || name.length > MAX_NAME || name.includes('/') || uuid.length > MAX_UUID) {
      return refuse('create', name, 'EINVAL', 'invalid name or uuid');
    }
    const twin = this.devices.has(name) || (uuid !== '' && this.byUuid(uuid) !== undefined);
    if (twin) return refuse('create', name, 'EBUSY', 'name or uuid in use');
    const used = new Set([...this.devices.values()].map(({ devno }) => devno));
    let minor = 0;
    while (used.has(`${this.major}:${minor}`)) minor++;
    const devno: DevNo = `${this.major}:${minor}`;
    this.devices.set(name, new MappedDevice(name, uuid, devno));
    this.changed(name);
    return ok(devno);
  }

  /** Puts a table into the inactive slot; the live one is untouched. */
  load(name: string, lines: readonly string[], readOnly = false): Done {
    const device = this.find('reload', name);
    if (!device.ok) return device;
    const open = (below: string): Result<OpenedDevice, string> => this.openLower(below, name);
    const table = buildTable(lines, open, readOnly);
    if (!table.ok) {
      return refuse('reload', name, 'EINVAL', table.error, device.value.devno);
    }
    device.value.replaceInactive(table.value);
    this.changed(name);
    return ok();
  }

  /** Drops the inactive table. */
  clear(name: string): Done {
    const device = this.find('clear', name);
    if (!device.ok) return device;
    device.value.replaceInactive(undefined);
    this.changed(name);
    return ok();
  }

  async suspend(name: string, how: SuspendHow): Promise<Done> {
    const device = this.find('suspend', name);
    if (!device.ok) return device;
    if (device.value.changing) return refuse('suspend', name, 'EBUSY', 'another change is running');
    await device.value.suspend(how);
    this.changed(device.value.name);
    return ok();
  }

  async resume(name: string): Promise<Done> {
    const device = this.find('resume', name);
    if (!device.ok) return device;
    if (device.value.changing) return refuse('resume', name, 'EBUSY', 'another change is running');
    await device.value.resume();
    this.changed(device.value.name);
    return ok();
  }

  rename(name: string, to: string): Done {
    const device = this.find('rename', name);
    if (!device.ok) return device;
    if (to === '' || to.length > MAX_NAME || to.includes('/')) {
      return refuse('rename', name, 'EINVAL', 'invalid name');
    }
    if (this.devices.has(to)) return refuse('rename', name, 'EBUSY', `${to} is in use`);
    this.devices.delete(name);
    device.value.name = to;
    this.devices.set(to, device.value);
    this.emit({ kind: 'removed', name });
    this.changed(to);
    return ok();
  }

  /** Refused while a table or a program has it open. */
  remove(name: string): Done {
    const device = this.find('remove', name);
    if (!device.ok) return device;
    const { openCount, devno, changing } = device.value;
    if (openCount > 0) return refuse('remove', name, 'EBUSY', `open ${openCount} times`, devno);
    if (changing) return refuse('remove', name, 'EBUSY', 'another change is running', devno);
    device.value.destroy();
    this.devices.delete(name);
    this.emit({ kind: 'removed', name });
    return ok();
  }

  open(name: string): Result<OpenDevice, DmErrorData> {
    const device = this.find('status', name);
    return device.ok ? ok(new OpenDevice(device.value)) : device;
  }

  state(name: string): DmDeviceState | undefined {
    return this.devices.get(name)?.state();
  }

  byUuid(uuid: string): DmDeviceState | undefined {
    return [...this.devices.values()].find((one) => one.uuid === uuid)?.state();
  }

  /** Sorted by name, byte order. */
  list(): readonly DmDeviceState[] {
    return [...this.devices.keys()].sort().flatMap((name) => this.state(name) ?? []);
  }

  private find(op: Op, name: string): Result<MappedDevice, DmErrorData> {
    const device = this.devices.get(name);
    return device ? ok(device) : refuse(op, name, 'ENXIO', 'Device does not exist.');
  }

  private changed(name: string): void {
    this.emit({ kind: 'device', name });
  }

  /** By number, path, or a mapped device's name; refuses a device above itself. */
  private openLower(wanted: string, above: string): Result<OpenedDevice, string> {
    const disk = [...this.disks.values()].find((one) => [one.path, one.devno].includes(wanted));
    if (disk) {
      disk.openCount++;
      return ok({ devno: disk.devno, device: disk, close: () => disk.openCount-- });
    }
    const name = wanted.replace(/^\/dev\/mapper\//, '');
    const mapped = [...this.devices.values()].find((one) => [one.name, one.devno].includes(name));
    if (!mapped) return err('Device lookup failed');
    if (this.reaches(mapped, above)) return err('Device lookup failed: it would map itself');
    const handle = new OpenDevice(mapped);
    return ok({
      devno: mapped.devno,
      device: handle,
      close: () => {
        handle.close();
      },
    });
  }

  /** Whether I/O to `from` can end at the device named `name`, now or after a resume. */
  private reaches(from: MappedDevice, name: string): boolean {
    if (from.name === name) return true;
    const below = [...(from.live?.opened ?? []), ...(from.inactive?.opened ?? [])];
    return below.some(({ devno }) => {
      const next = [...this.devices.values()].find((one) => one.devno === devno);
      return next !== undefined && this.reaches(next, name);
    });
  }
}

function refuse(
  op: Op,
  device: string,
  errno: DmErrorData['errno'],
  reason: string,
  devno?: DevNo,
): { ok: false; error: DmErrorData } {
  return err({ code: 'dm', op, device, errno, reason, ...(devno ? { devno } : {}) });
}
