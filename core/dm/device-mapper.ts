/**
 * Device-mapper: the registry of mapped devices, with the operations of the kernel's ioctl
 * interface (reference 4.1). It knows nothing of volume groups.
 */
import { assert } from '../base/assert.ts';
import { ok, type Result } from '../base/result.ts';
import type { BlockDevice, Io, IoError } from '../block/device.ts';
import type { DmErrorData } from '../contract/errors.ts';
import type { MirrorState } from '../contract/mirrors.ts';
import type { SnapshotState } from '../contract/snapshots.ts';
import type { ReadAheadWish } from '../contract/plan.ts';
import type { DmDeviceState } from '../contract/state.ts';
import type { DevNo } from '../contract/units.ts';
import { closedBelow, type Change } from './below.ts';
import { buildTable } from './build-table.ts';
import type { DmChange } from './change.ts';
import { DeviceNumbers } from './device-numbers.ts';
import { Disk } from './disks.ts';
import type { Micros, Scheduler } from '../env/scheduler.ts';
import { Epoch } from './flat.ts';
import { Ground } from './ground.ts';
import { IoNews } from './io-news.ts';
import { Throttle } from './kcopyd.ts';
import { MappedDevice } from './mapped-device.ts';
import { takeMessage } from './message.ts';
import { OpenDevice } from './open-device.ts';
import type { DmOptions } from './options.ts';
import { blame, isName, refuse } from './refusals.ts';
import { Settling } from './settling.ts';
import { mirrorsOf, snapshotsOf } from './shown.ts';
import type { Table } from './table.ts';
import { invalid, type Refusal, type SuspendHow } from './target.ts';
import { ALL_TARGETS } from './targets/index.ts';
import { Budget } from './write-behind.ts';

type Done = Result<void, DmErrorData>;
type Op = DmErrorData['op'];

/** Linux's limits: of the uuid in characters; minor numbers have 20 bits. */
const MAX_UUID = 128;
const MAX_MINOR = 2 ** 20 - 1;

/** Nothing ever comes due. */
const STILL: Scheduler = { now: 0 as Micros, after: () => undefined };

export class DeviceMapper {
  private readonly disks = new Map<string, Disk>();
  private readonly devices = new Map<string, MappedDevice>();
  /** Those that have a UUID, by it. */
  private readonly uuids = new Map<string, MappedDevice>();
  private readonly numbers: DeviceNumbers;
  private woken = false;
  private readonly epoch: Epoch | undefined;
  private readonly ground: Ground;
  private readonly budget: Budget | undefined;
  readonly settling = new Settling();
  private readonly copies = new Throttle();
  /** How many requests are under way: told while it is on. */
  readonly ioNews: IoNews;

  constructor(
    private readonly emit: (change: DmChange) => void,
    private readonly options: DmOptions = {},
  ) {
    const { major = 253, targets = ALL_TARGETS, scheduler = STILL, fastPath = true } = options;
    if (options.writeBehind) this.budget = new Budget(options.writeBehind);
    if (fastPath) this.epoch = new Epoch();
    this.numbers = new DeviceNumbers(major);
    const { disks, devices, numbers } = this;
    this.ground = new Ground({ disks, devices, numbers }, targets, scheduler, emit);
    this.ioNews = new IoNews(scheduler, (counts) => this.emit({ kind: 'io', counts }));
  }

  /** @param whole number of the disk that this one is a partition of */
  attachDisk(path: string, devno: DevNo, device: BlockDevice, whole?: DevNo): Done {
    const taken = [...this.disks.values()].some((one) => one.path === path || one.devno === devno);
    if (taken) return refuse('create', path, 'EEXIST', 'path or number in use');
    const failed = (disk: string, error: IoError, op: Io['op']): void => {
      this.emit({ kind: 'io-error', device: disk, op, error });
    };
    this.disks.set(path, new Disk(path, devno, device, failed, whole));
    return ok();
  }

  detachDisk(path: string): Done {
    const disk = this.disks.get(path);
    if (!disk) return refuse('remove', path, 'ENXIO', 'no such disk');
    if (disk.openCount > 0) return refuse('remove', path, 'EBUSY', 'a table uses it');
    this.disks.delete(path);
    return ok();
  }

  /** Takes the lowest free minor number, or the one given (0 to 2^20 - 1). */
  create(name: string, uuid: string, minor?: number): Result<DevNo, DmErrorData> {
    if (!isName(name) || uuid.length > MAX_UUID || (minor ?? 0) > MAX_MINOR) {
      return refuse('create', name, 'EINVAL', 'invalid name, uuid or minor number');
    }
    if (this.devices.has(name) || this.uuids.has(uuid)) {
      return refuse('create', name, 'EBUSY', 'name or uuid in use', { uuid });
    }
    const devno = this.numbers.free(minor);
    if (!devno) return refuse('create', name, 'ENXIO', 'minor number in use', { uuid });
    const lastClosed = (): void => {
      this.removeClosed(device);
    };
    const { copies, ioNews } = this;
    const device = new MappedDevice(
      name,
      uuid,
      devno,
      lastClosed,
      this.epoch,
      copies,
      ioNews.changed,
      this.budget,
    );
    device.throttle.set(this.options.limitOf?.(uuid));
    this.devices.set(name, device);
    this.numbers.take(device);
    if (uuid !== '') this.uuids.set(uuid, device);
    this.changed(name);
    return ok(devno);
  }

  /** As `reload`, of tables without snapshots: there is nothing to wait for. */
  load(name: string, lines: readonly string[], readOnly = false): Done {
    const loaded = this.reload(name, lines, readOnly);
    assert(!(loaded instanceof Promise), `the table of ${name} has to be waited for`);
    return loaded;
  }

  /**
   * Puts a table into the inactive slot; the live one is untouched. At once, unless targets read
   * their devices first.
   */
  reload(name: string, lines: readonly string[], readOnly = false): Done | Promise<Done> {
    const found = this.find('reload', name);
    if (!found.ok) return found;
    const device = found.value;
    const table = buildTable(lines, this.ground.below(device), readOnly);
    if (!table.ok) return blame('reload', device, table.error);
    const preparing = table.value.prepare();
    if (!preparing) return this.loaded(device, table.value);
    return this.settling.during(
      name,
      preparing.then((refused) => this.loaded(device, table.value, refused)),
    );
  }

  private loaded(device: MappedDevice, table: Table, refused?: Refusal): Done {
    const isGone = { errno: 'ENXIO', reason: 'the device was removed' } as const;
    const why = device.isRemoved ? isGone : refused;
    if (why) {
      table.close();
      return blame('reload', device, why);
    }
    device.replaceInactive(table);
    this.changed(device.name);
    return ok();
  }

  /** Drops the inactive table. */
  clear(name: string): Done {
    return this.at('clear', name, (device) => {
      if (device.replaceInactive(undefined)) this.changed(name);
      return ok();
    });
  }

  /** A suspended device stays as it is; one in the middle of a change is refused. */
  async suspend(name: string, how: SuspendHow): Promise<Done> {
    const device = this.still('suspend', name);
    if (!device.ok) return device;
    const suspended = await this.settling.during(name, device.value.suspend(how));
    if (suspended) this.changed(device.value.name);
    this.removeClosed(device.value);
    return ok();
  }

  /** A running device without an inactive table stays as it is. */
  async resume(name: string, readAhead?: ReadAheadWish): Promise<Done> {
    const found = this.still('resume', name);
    if (!found.ok) return found;
    const device = found.value;
    const resumed = await this.settling.during(name, device.resume());
    if (resumed.ok && readAhead) device.wishReadAhead(readAhead);
    if (!resumed.ok || resumed.value || readAhead) this.changed(device.name);
    this.removeClosed(device);
    return resumed.ok ? ok() : blame('resume', device, resumed.error);
  }

  rename(name: string, to: string): Done {
    if (this.devices.has(to)) return refuse('rename', name, 'EBUSY', `${to} is in use`);
    return this.at('rename', name, (device) => {
      if (!isName(to)) return invalid('invalid name');
      this.devices.delete(name);
      device.name = to;
      this.devices.set(to, device);
      if (device.hasTable('live')) device.events.happened();
      this.emit({ kind: 'removed', name });
      this.changed(to);
      return ok();
    });
  }

  /** Gives a UUID to a device that has none yet; it stays with it. */
  setUuid(name: string, uuid: string): Done {
    if (this.uuids.has(uuid)) return refuse('rename', name, 'EBUSY', `${uuid} is in use`);
    return this.at('rename', name, (device) => {
      if (uuid === '' || uuid.length > MAX_UUID) return invalid('invalid uuid');
      if (device.uuid !== '') return invalid(`uuid is already set to ${device.uuid}`);
      device.uuid = uuid;
      this.uuids.set(uuid, device);
      this.changed(name);
      return ok();
    });
  }

  /** None of the targets there are knows a message; device-mapper itself knows one. */
  message(name: string, sector: number, text: string): Done {
    return this.at('message', name, (device) => {
      const taken = takeMessage(device, sector, text);
      if (taken.ok && taken.value) this.changed(name);
      return taken.ok ? ok() : taken;
    });
  }

  /**
   * Resolves once the device's event number is another one than `seen`. Fails when the device goes
   * away or `wake` is called.
   */
  async waitForEvent(name: string, seen: number): Promise<Done> {
    const found = this.find('waitevent', name);
    if (!found.ok) return found;
    const device = found.value;
    while (device.events.number === seen && !device.isRemoved) {
      if (this.woken) return blame('waitevent', device, { errno: 'EINTR', reason: 'interrupted' });
      await device.events.next();
    }
    if (!device.isRemoved) return ok();
    return blame('waitevent', device, { errno: 'ENXIO', reason: 'the device was removed' });
  }

  /** Nobody waits for an event from now on. */
  wake(): void {
    this.woken = true;
    for (const device of this.devices.values()) device.events.wake();
  }

  /**
   * Refused while a table or a program has it open; with `deferred` it is then removed by the last
   * that closes it. I/O that still waits fails.
   */
  remove(name: string, deferred = false): Done {
    const device = this.still('remove', name);
    if (!device.ok) return device;
    const { openCount } = device.value;
    if (openCount > 0 && deferred) {
      device.value.removeOnClose = true;
      this.changed(name);
      return ok();
    }
    if (openCount > 0) {
      return blame('remove', device.value, { errno: 'EBUSY', reason: `open ${openCount} times` });
    }
    this.devices.delete(name);
    this.numbers.giveBack(device.value);
    this.uuids.delete(device.value.uuid);
    device.value.destroy();
    this.emit({ kind: 'removed', name });
    return ok();
  }

  /**
   * Removes a device that may be doing I/O of its own: lets it finish first, as the kernel does.
   * `remove` itself does not wait, and the devices below then stay open for as long as it takes.
   */
  async retire(name: string, deferred = false): Promise<Done> {
    const device = this.still('remove', name);
    const free = device.ok && device.value.openCount === 0 && device.value.worksAlone;
    if (!free) return this.remove(name, deferred);
    await device.value.suspend({ inFlight: 'drain', freeze: false, unrepaired: true });
    const removed = this.remove(name, deferred);
    // Somebody opened it meanwhile.
    if (!device.value.isRemoved) await device.value.resume();
    return removed;
  }

  /**
   * How many regions of a mirror are copied a second at most, 0 or more; 0: none is. Undefined: as
   * many as can.
   * @param name one device, until the general limit is to hold for it again (undefined); without
   *   it the general limit, for every mirror that has none of its own
   */
  throttle(regionsPerSecond: number | undefined, name?: string): Done {
    if (name === undefined) {
      this.copies.set(regionsPerSecond);
      return ok();
    }
    return this.at('message', name, (device) => {
      device.throttle.set(regionsPerSecond);
      return ok();
    });
  }

  /**
   * No region of a mirror is copied, whatever the throttles say, until it is held no more.
   * @param name default: all of them
   */
  holdCopies(held: boolean, name?: string): void {
    const throttle = name === undefined ? this.copies : this.devices.get(name)?.throttle;
    throttle?.hold(held);
  }

  /**
   * Of live tables, by device name (byte order) and start.
   * @param only of this device, if there is one of the name
   */
  mirrors(only?: string): readonly MirrorState[] {
    return mirrorsOf(this.sorted(only));
  }

  /** Of live tables, as `mirrors`. */
  snapshots(only?: string): readonly SnapshotState[] {
    return snapshotsOf(this.sorted(only));
  }

  open(name: string): Result<OpenDevice, DmErrorData> {
    const device = this.find('status', name);
    return device.ok ? ok(new OpenDevice(device.value)) : device;
  }

  state(name: string): DmDeviceState | undefined {
    return this.devices.get(name)?.state();
  }

  /** How a suspended device was suspended. */
  suspension(name: string): SuspendHow | undefined {
    return this.devices.get(name)?.suspension;
  }

  byNumber(devno: DevNo): DmDeviceState | undefined {
    return this.numbers.find(devno)?.state();
  }

  /** The suspended device below whose I/O this change of the device would wait for, if any. */
  stuckOn(name: string, change: Change = 'suspend'): string | undefined {
    const device = this.devices.get(name);
    return device && closedBelow(device, change)?.name;
  }

  byUuid(uuid: string): DmDeviceState | undefined {
    return this.uuids.get(uuid)?.state();
  }

  /** Sorted by name, byte order. */
  list(): readonly DmDeviceState[] {
    return this.sorted().map((device) => device.state());
  }

  private sorted(only?: string): readonly MappedDevice[] {
    const names = only === undefined ? [...this.devices.keys()].sort() : [only];
    return names.flatMap((name) => this.devices.get(name) ?? []);
  }

  /** One that was waiting for it; in the middle of a change it waits for that to end. */
  private removeClosed(device: MappedDevice): void {
    const due = device.removeOnClose && device.openCount === 0 && !device.isRemoved;
    if (due && !device.changing) this.remove(device.name);
  }

  private find(op: Op, name: string): Result<MappedDevice, DmErrorData> {
    const device = this.devices.get(name);
    return device ? ok(device) : refuse(op, name, 'ENXIO', 'Device does not exist.');
  }

  /** A device that nothing else is suspending or resuming at this moment. */
  private still(op: Op, name: string): Result<MappedDevice, DmErrorData> {
    const device = this.find(op, name);
    if (!device.ok || !device.value.changing) return device;
    return blame(op, device.value, { errno: 'EBUSY', reason: 'another change is running' });
  }

  private at(op: Op, name: string, act: (device: MappedDevice) => Result<void, Refusal>): Done {
    const device = this.find(op, name);
    if (!device.ok) return device;
    const done = act(device.value);
    return done.ok ? done : blame(op, device.value, done.error);
  }

  private changed(name: string): void {
    this.emit({ kind: 'device', name });
  }
}
