/**
 * Throttles of copies, kept with the lab: whoever sets one by a single command, or closes the
 * window meanwhile, finds it where it was (docs/decisions/023).
 */
import { ok, type Result } from '../base/result.ts';
import type { VolumeError } from '../contract/errors.ts';
import type { CopyLimits } from '../contract/settings.ts';
import type { DeviceMapper } from '../dm/device-mapper.ts';
import type { SettingsStore } from './settings-store.ts';

/** Mirrors of which a limit is kept: those of volumes that are gone are forgotten in the end. */
const MOST_KEPT = 100;

/**
 * A limit holds from now on, and is kept.
 * @param limit regions a second; undefined: none, or of a device the general one
 * @param name of a mapped device; absent: in general
 */
export async function setThrottle(
  dm: Pick<DeviceMapper, 'throttle' | 'state'>,
  store: Pick<SettingsStore, 'limits' | 'keepLimits'>,
  limit: number | undefined,
  name?: string,
): Promise<Result<void, VolumeError>> {
  const done = dm.throttle(limit, name);
  if (!done.ok) return done;
  if (name === undefined) return store.keepLimits(limitsOf(limit, store.limits.own));
  const uuid = dm.state(name)?.uuid ?? '';
  // What has no UUID is made by hand, and gone with the engine.
  return uuid === '' ? ok() : store.keepLimits(withOwn(store.limits, uuid, limit));
}

function withOwn({ all, own = {} }: CopyLimits, uuid: string, limit: number | undefined) {
  const others = Object.entries(own).filter(([one]) => one !== uuid);
  const kept = limit === undefined ? others : [...others, [uuid, limit] as const];
  return limitsOf(all, Object.fromEntries(kept.slice(-MOST_KEPT)));
}

const limitsOf = (all: number | undefined, own: CopyLimits['own'] = {}): CopyLimits => ({
  ...(all === undefined ? {} : { all }),
  ...(Object.keys(own).length > 0 ? { own } : {}),
});
