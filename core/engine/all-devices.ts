/** What is done to all mapped devices of a lab at once. */
import type { DmDeviceState } from '../contract/state.ts';
import type { DeviceMapper } from '../dm/device-mapper.ts';
import type { Scheduler } from '../env/scheduler.ts';

/**
 * Takes every device down, those nothing else uses first. A snapshot stays as long as its origin is
 * there: what is written to that meanwhile, be it by a merge, would be missing in it for good.
 */
export async function takeAllDown(dm: DeviceMapper): Promise<void> {
  let before = -1;
  for (let left = dm.list(); left.length !== before; left = dm.list()) {
    before = left.length;
    const origins = new Set(left.flatMap((one) => usedBy(one, WRITE_ORIGINS)));
    for (const one of left) {
      if (one.openCount > 0 || usedBy(one, SNAPSHOTS).some((origin) => origins.has(origin)))
        continue;
      await dm.retire(one.name);
    }
  }
}

/** Targets whose first argument is the device with the origin's data. */
const WRITE_ORIGINS = ['snapshot-origin', 'snapshot-merge'];
const SNAPSHOTS = ['snapshot'];

/** That argument, of the targets of a device that are of one of these types. */
function usedBy({ live }: DmDeviceState, types: readonly string[]): readonly string[] {
  const targets = live?.filter(({ type }) => types.includes(type)) ?? [];
  return targets.flatMap(({ params }) => params.split(' ').slice(0, 1));
}

/**
 * I/O of devices that stayed suspended goes on through their live tables; writes that a mirror
 * holds until it is repaired fail.
 */
export async function goOnAll(dm: DeviceMapper): Promise<void> {
  const suspended = () => dm.list().filter((one) => one.suspended);
  for (const { name } of suspended()) dm.clear(name);
  // Those below first: a mirror reads its log before it goes on.
  for (;;) {
    const next = suspended().find(({ name }) => dm.stuckOn(name, 'resume') === undefined);
    if (!next || !(await dm.resume(next.name)).ok) break;
  }
  const holding = new Set(dm.mirrors().flatMap(({ device, held }) => (held > 0 ? device : [])));
  for (const name of holding) {
    await dm.suspend(name, { inFlight: 'drain', freeze: false, unrepaired: true });
    await dm.resume(name);
  }
}

/** How often it is looked whether something has come to wait since. */
const AGAIN_MICROS = 250_000;

/**
 * Whoever is still at it may come to wait again, so it goes on until it is ended.
 * @returns what ends it
 */
export async function keepGoing(
  scheduler: Scheduler,
  goOn: () => Promise<void>,
): Promise<() => void> {
  await goOn();
  let over = false;
  const later = (): void => {
    scheduler.after(AGAIN_MICROS, 'what waits goes on', () => {
      if (!over) void goOn().then(later);
    });
  };
  later();
  return () => {
    over = true;
  };
}
