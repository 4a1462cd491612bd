/** Who has an origin or one of its snapshots open: they come and go together. */
import type { VolumeError } from '../../../contract/errors.ts';
import { findLv, type LogicalVolume, type VolumeGroup } from '../../format/model.ts';
import { familyOrigin, snapshotsTaken } from '../../format/snapshots.ts';
import type { OpContext } from '../context.ts';
import { refuseOpen } from '../find.ts';

/** Why the devices of a volume, and of those that go down with it, stay up. */
export function refuseFamilyOpen(
  context: OpContext,
  vg: VolumeGroup,
  lv: LogicalVolume,
): VolumeError | undefined {
  const origin = familyOrigin(vg, lv.name) ?? lv;
  const own = refuseOpen(context, vg, origin);
  if (own) return own;
  const open = snapshotsTaken(vg, origin.name).flatMap(({ store }) => {
    const snapshot = findLv(vg, store);
    const refused = snapshot && refuseOpen(context, vg, snapshot);
    if (refused?.code !== 'lv-in-use') return [];
    return refused.held ? [{ lv: store, held: refused.held }] : [{ lv: store }];
  });
  return open.length === 0
    ? undefined
    : { code: 'snapshots-open', vg: vg.name, lv: origin.name, open };
}
