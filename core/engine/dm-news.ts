/** What changes in device-mapper become: events of the lab. */
import { same } from '../base/same.ts';
import { whyOf } from '../block/device.ts';
import type { EventBody } from '../contract/events.ts';
import type { MirrorState } from '../contract/mirrors.ts';
import type { DmDeviceState } from '../contract/state.ts';
import type { DmChange } from '../dm/change.ts';
import type { DeviceMapper } from '../dm/device-mapper.ts';

export type DeviceWatch = (devices: readonly DmDeviceState[]) => void;

export class DmNews {
  /** As they were told last, by device; those of a device without any are not there. */
  private readonly mirrors = new Map<string, readonly MirrorState[]>();

  constructor(
    private readonly dm: DeviceMapper,
    private readonly publish: (body: EventBody) => void,
    /** Sees all devices whenever one that is a mirror has changed. */
    private readonly watch?: DeviceWatch,
  ) {}

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
    if (kind === 'removed') this.publish({ kind: 'device-removed', name });
    else if (kind !== 'regions' && device) this.publish({ kind: 'device', device });
    const isMirror = device?.live?.some(({ type }) => type === 'mirror') ?? false;
    if (isMirror && kind === 'device') this.watch?.(this.dm.list());
    if (isMirror || this.mirrors.has(name)) this.tellMirrors(name);
  }

  /**
   * All of them are told, where one is another one than it was when they were told.
   * @param name only those of this device are looked at
   */
  tellMirrors(name?: string): void {
    const known = [...this.mirrors].flatMap(([of, all]) => (of === (name ?? of) ? all : []));
    const mirrors = this.dm.mirrors(name);
    if (same(known, mirrors)) return;
    if (name === undefined) this.mirrors.clear();
    else this.mirrors.delete(name);
    for (const one of mirrors) {
      this.mirrors.set(one.device, [...(this.mirrors.get(one.device) ?? []), one]);
    }
    const names = [...this.mirrors.keys()].sort();
    this.publish({
      kind: 'mirrors',
      mirrors: names.flatMap((of) => this.mirrors.get(of) ?? []),
    });
  }
}
