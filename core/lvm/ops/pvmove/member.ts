/** The PV that extents leave, with LVM's refusals (as lvm 2.03.16 was seen to word them). */
import { err, type Result } from '../../../base/result.ts';
import type { VolumeError } from '../../../contract/errors.ts';
import { inLvmOrder } from '../../scan-order.ts';
import type { ScannedVg } from '../../scan-types.ts';
import type { OpContext } from '../context.ts';
import { directly, isActive } from '../find.ts';
import { missingPvs } from '../missing.ts';
import { memberToChange, type Member } from '../pvchange.ts';

/** Where something is to move; what is no PV of a group that can be changed counts as misuse. */
export function memberToMove(
  context: OpContext,
  device: string,
  destinations: readonly string[] = [],
): Result<Member, VolumeError> {
  const found = memberToChange(context, device, 'pvmove');
  if (found.ok) return found;
  const { error } = found;
  if (error.code === 'pv-not-in-a-vg') {
    const [first] = destinations;
    const to = first?.replace(/:.*$/, '');
    if (to === undefined) return err({ code: 'no-extents-to-move-to' });
    return err({ code: 'pv-not-in-vg', device: to, vg: '#orphans_lvm2' });
  }
  const passed = error.code === 'not-a-pv' ? unusableBefore(context) : [];
  const errors = [...passed, worded(context, device, error)];
  return err({ code: 'several', errors, misuse: true });
}

/**
 * LVM looks for a PV in one group after the other, and says which of them it cannot use.
 * @param found the group that it is in; absent: none
 */
export function unusableBefore({ scan }: OpContext, found?: ScannedVg): readonly VolumeError[] {
  const all = inLvmOrder(scan);
  const before = found ? all.slice(0, all.indexOf(found)) : all;
  return before.flatMap((scanned) => {
    const pvIds = missingPvs(scanned);
    return pvIds.length > 0 ? [{ code: 'vg-missing-pvs', vg: scanned.vg.name, pvIds }] : [];
  });
}

/** Where a move is to be given up. */
export function memberToAbort(context: OpContext, device: string): Result<Member, VolumeError> {
  const found = memberToChange(context, device, 'pvmove');
  if (found.ok) return found;
  const { error } = found;
  const [first] = error.code === 'several' ? error.errors : [];
  if (first?.code === 'vg-missing-pvs') {
    const errors: readonly VolumeError[] = [directly(first), { code: 'move-not-read', device }];
    return err({ code: 'several', errors });
  }
  return err(worded(context, device, error));
}

function worded(context: OpContext, device: string, error: VolumeError): VolumeError {
  if (error.code === 'vg-exported') return { code: 'pv-exported', device, vg: error.vg };
  const isVolume = context.scan.vgs.some(({ vg }) =>
    vg.lvs.some((lv) => device === `/dev/${vg.name}/${lv.name}` && isActive(context, vg, lv)),
  );
  return error.code === 'device-not-found' && isVolume ? { code: 'pv-is-lv', device } : error;
}
