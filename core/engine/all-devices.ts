/** What is done to all mapped devices of a lab at once. */
import type { DeviceMapper } from '../dm/device-mapper.ts';
import type { Scheduler } from '../env/scheduler.ts';

/** Takes every device down, those nothing else uses first. */
export async function takeAllDown(dm: DeviceMapper): Promise<void> {
  let before = -1;
  for (let left = dm.list(); left.length !== before; left = dm.list()) {
    before = left.length;
    for (const { name, openCount } of left) if (openCount === 0) await dm.retire(name);
  }
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
