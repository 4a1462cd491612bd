/** What changes in device-mapper become: events of the lab. */
import { same } from '../base/same.ts';
import { whyOf } from '../block/device.ts';
import type { EventBody } from '../contract/events.ts';
import type { MirrorState } from '../contract/mirrors.ts';
import type { SnapshotState } from '../contract/snapshots.ts';
import type { DmDeviceState } from '../contract/state.ts';
import type { DmChange } from '../dm/change.ts';
import type { DeviceMapper } from '../dm/device-mapper.ts';

export type DeviceWatch = (devices: readonly DmDeviceState[]) => void;

/** What the targets of one kind are doing, told where it is another than it was. */
class Told<State extends { readonly device: string }> {
  /** As they were told last, by device; those of a device without any are not there. */
  private readonly known = new Map<string, readonly State[]>();

  constructor(
    private readonly now: (device?: string) => readonly State[],
    /** Gets all of them, by device name. */
    private readonly publish: (all: readonly State[]) => void,
  ) {}

  has(device: string): boolean {
    return this.known.has(device);
  }

  /** @param device only those of this device are looked at */
  tell(device?: string): void {
    const before = [...this.known].flatMap(([of, all]) => (of === (device ?? of) ? all : []));
    const now = this.now(device);
    if (same(before, now)) return;
    if (device === undefined) this.known.clear();
    else this.known.delete(device);
    for (const one of now) {
      this.known.set(one.device, [...(this.known.get(one.device) ?? []), one]);
    }
    const names = [...this.known.keys()].sort();
    this.publish(names.flatMap((of) => this.known.get(of) ?? []));
  }
}

export class DmNews {
  private readonly mirrors: Told<MirrorState>;
  private readonly snapshots: Told<SnapshotState>;

  constructor(
    private readonly dm: DeviceMapper,
    private readonly publish: (body: EventBody) => void,
    /** Sees all devices whenever one that is a mirror or has a store has changed. */
    private readonly watch?: DeviceWatch,
  ) {
    this.mirrors = new Told(
      (name) => dm.mirrors(name),
      (mirrors) => publish({ kind: 'mirrors', mirrors }),
    );
    this.snapshots = new Told(
      (name) => dm.snapshots(name),
      (snapshots) => publish({ kind: 'snapshots', snapshots }),
    );
  }

  tell(change: DmChange): void {
    if (change.kind === 'io-error') {
      const { error, device } = change;
      const op = error.code === 'io-failed' ? error.op : 'write';
      this.publish({ kind: 'io-error', device, op, reason: whyOf(error) });
      return;
    }
    if (change.kind === 'io') {
      this.publish(change);
      return;
    }
    const { name, kind } = change;
    const device = this.dm.state(name);
    const runs = (types: readonly string[]): boolean =>
      device?.live?.some(({ type }) => types.includes(type)) ?? false;
    const [isMirror, isSnapshot] = [runs(['mirror']), runs(['snapshot', 'snapshot-merge'])];
    if (kind === 'removed') this.publish({ kind: 'device-removed', name });
    else if (kind !== 'regions' && kind !== 'chunks' && device) {
      this.publish({ kind: 'device', device });
    }
    if ((isMirror || isSnapshot) && kind === 'device') this.watch?.(this.dm.list());
    if (isMirror || this.mirrors.has(name)) this.mirrors.tell(name);
    if (isSnapshot || this.snapshots.has(name)) this.snapshots.tell(name);
  }

  /** Copies go faster, slower, or are held. */
  tellCopies(): void {
    this.mirrors.tell();
    this.snapshots.tell();
  }
}
