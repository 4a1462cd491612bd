/** What is done to all mapped devices of a lab at once, and what is told of one that changed. */
import { whyOf } from '../block/device.ts';
import type { EventBody } from '../contract/events.ts';
import type { DeviceMapper, DmChange } from '../dm/device-mapper.ts';

/** Takes every device down, those nothing else uses first. */
export function takeAllDown(dm: DeviceMapper): void {
  let before = -1;
  for (let left = dm.list(); left.length !== before; left = dm.list()) {
    before = left.length;
    for (const { name, openCount } of left) if (openCount === 0) dm.remove(name);
  }
}

/** I/O of devices that stayed suspended goes on through their live tables. */
export async function goOnAll(dm: DeviceMapper): Promise<void> {
  for (const { name } of dm.list().filter(({ suspended }) => suspended)) {
    dm.clear(name);
    await dm.resume(name);
  }
}

/** What a screen has to hear of a change; undefined: nothing. */
export function eventOf(change: DmChange, dm: DeviceMapper): EventBody | undefined {
  switch (change.kind) {
    case 'removed':
      return { kind: 'device-removed', name: change.name };
    case 'device': {
      const device = dm.state(change.name);
      return device && { kind: 'device', device };
    }
    case 'io-error': {
      const { error, device } = change;
      const op = error.code === 'io-failed' ? error.op : 'write';
      return { kind: 'io-error', device, op, reason: whyOf(error) };
    }
    case 'event':
    case 'regions':
      return undefined;
  }
}
