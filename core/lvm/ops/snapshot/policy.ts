/** How far a store grows by its policy (`lvextend --use-policies`, as lvm 2.03.16 does it). */
import { err, ok, type Result } from '../../../base/result.ts';
import type { Notice, VolumeError } from '../../../contract/errors.ts';
import { fullPercent, snapshotStatusOf } from '../../activate/snapshot-status.ts';
import type { LogicalVolume, VolumeGroup } from '../../format/model.ts';
import { snapshotOn } from '../../format/snapshots.ts';
import { refusedAfter } from '../after.ts';
import type { OpContext } from '../context.ts';
import { deviceOf } from '../find.ts';
import type { SizeSpec } from '../size.ts';

/** As the settings have it; all in percent. */
export interface GrowthPolicy {
  /** `activation/snapshot_autoextend_threshold`: fuller than this it grows. 100: never. */
  readonly threshold: number;
  /** `activation/snapshot_autoextend_percent`: by this much of its size. */
  readonly percent: number;
  /** What is to be said of other sizes that the line names. */
  readonly notices?: readonly Notice[];
}

/** Below this nobody looks. */
export const LEAST_THRESHOLD = 50;
/** It never grows by itself. */
export const NEVER = 100;

export interface Growth {
  /** Absent: it stays as it is. */
  readonly size?: SizeSpec;
  readonly notices: readonly Notice[];
}

export function growthOf(
  context: OpContext,
  vg: VolumeGroup,
  lv: LogicalVolume,
  policy: GrowthPolicy,
): Result<Growth, VolumeError> {
  const notices: Notice[] = [...(policy.notices ?? [])];
  if (!snapshotOn(vg, lv.name)) {
    return err(refusedAfter(notices, { code: 'policies-unsupported' }));
  }
  if (policy.threshold >= NEVER) return ok({ notices });
  const { threshold: asked, percent } = policy;
  const names = { vg: vg.name, lv: lv.name };
  if (asked < LEAST_THRESHOLD) notices.push({ code: 'threshold-low', threshold: asked });
  if (percent <= 0) return err(refusedAfter(notices, { code: 'autoextend-nothing', ...names }));
  const device = deviceOf(context, vg, lv);
  if (!device) return err(refusedAfter(notices, { code: 'policy-inactive', ...names }));
  const threshold = Math.max(LEAST_THRESHOLD, asked);
  const status = snapshotStatusOf(device);
  const full = status?.is === 'good' ? (fullPercent(status) ?? 0) : 0;
  if (full <= threshold) return ok({ notices });
  // Where one step would not do, as much as brings it below.
  const needed = Math.ceil((100 * full) / threshold) - 100;
  const more = Math.max(percent, needed);
  return ok({ size: { by: 'percent', percent: more, of: 'LV', sign: '+' }, notices });
}
