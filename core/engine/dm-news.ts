/** What changes in device-mapper become: events of the lab. */
import { same } from '../base/same.ts';
import { whyOf } from '../block/device.ts';
import type { EventBody } from '../contract/events.ts';
import type { MirrorState } from '../contract/mirrors.ts';
import type { DmDeviceState } from '../contract/state.ts';
import type { DeviceMapper, DmChange } from '../dm/device-mapper.ts';

export type DeviceWatch = (devices: readonly DmDeviceState[]) => void;

export class DmNews {
  /** As they were told last. */
  private mirrors: readonly MirrorState[] = [];

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
    const { name, kind } = change;
    const device = this.dm.state(name);
    if (kind === 'removed') this.publish({ kind: 'device-removed', name });
    else if (kind !== 'regions' && device) this.publish({ kind: 'device', device });
    const isMirror = device?.live?.some(({ type }) => type === 'mirror') ?? false;
    if (isMirror && kind === 'device') this.watch?.(this.dm.list());
    if (isMirror || this.mirrors.some((one) => one.device === name)) this.tellMirrors();
  }

  private tellMirrors(): void {
    const mirrors = this.dm.mirrors();
    if (same(this.mirrors, mirrors)) return;
    this.mirrors = mirrors;
    this.publish({ kind: 'mirrors', mirrors });
  }
}
