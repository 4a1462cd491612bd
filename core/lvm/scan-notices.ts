/** What is odd about a group, in the order in which LVM warns. */
import type { LvmId } from '../base/ids.ts';
import type { Notice } from '../contract/errors.ts';
import { findPv, isMissing, type PhysicalVolume, type VolumeGroup } from './format/model.ts';
import { EXTENSION_VERSION, PV_USED } from './format/label.ts';
import { pvRunsOf } from './format/pv-map.ts';
import type { Copy, Group } from './scan-groups.ts';
import type { ScannedPv } from './scan-types.ts';

export function groupNotices(
  group: Group,
  devices: ReadonlyMap<LvmId, ScannedPv>,
): readonly Notice[] {
  const lost = group.vg.pvs.filter(({ id }) => !devices.has(id));
  const returned = group.vg.pvs.flatMap((pv) => (isMissing(pv) ? (devices.get(pv.id) ?? []) : []));
  const ofPvs = group.vg.pvs.flatMap((pv) => pvNotices(group.vg, pv, devices));
  const changed = ofPvs.some(({ code }) => code === 'device-smaller-than-pv');
  return [
    ...copyNotices(group),
    ...returned.map(({ path: device }): Notice => ({
      code: 'updated-without-pv',
      vg: group.vg.name,
      device,
    })),
    ...lost.map(({ id }): Notice => ({ code: 'pv-not-found', pvId: id })),
    ...ofPvs,
    ...(changed ? [{ code: 'devices-changed', vg: group.vg.name } as const] : []),
  ];
}

/** Copies that are older than the newest, or that differ from it under the same number. */
function copyNotices({ vg, newest, copies }: Group): readonly Notice[] {
  const older = copies.filter((copy) => copy.vg.seqno < vg.seqno);
  const removed = older.filter((copy) => findPv(vg, copy.pv.label.pvId) === undefined);
  const differs = copies.some(
    (copy) => copy.vg.seqno === vg.seqno && copy.checksum !== newest.checksum,
  );
  const ages = (copy: Copy) => ({
    vg: vg.name,
    device: copy.pv.path,
    seqno: copy.vg.seqno,
    newestSeqno: vg.seqno,
  });
  const inconsistent = older.length > 0 || differs;
  return [
    ...older.map((copy): Notice => ({
      code: 'stale-metadata',
      ...ages(copy),
      newestDevice: newest.pv.path,
    })),
    ...(inconsistent ? [{ code: 'inconsistent-metadata', vg: vg.name } as const] : []),
    ...removed.map((copy): Notice => ({ code: 'outdated-pv', ...ages(copy) })),
  ];
}

function pvNotices(
  vg: VolumeGroup,
  entry: PhysicalVolume,
  devices: ReadonlyMap<LvmId, ScannedPv>,
): readonly Notice[] {
  const pvId = entry.id;
  const found = devices.get(pvId);
  if (!found) return [{ code: 'pv-device-missing', pvId, vg: vg.name, hint: entry.deviceHint }];
  const notices: Notice[] = [];
  const { path: device, label } = found;
  if (isMissing(entry)) {
    const inUse = (pvRunsOf(vg).get(pvId) ?? []).length > 0;
    notices.push({ code: 'pv-returned', vg: vg.name, device, pvId, inUse });
  }
  const { size: deviceSize } = found.device;
  if (entry.deviceSize !== undefined && deviceSize < entry.deviceSize) {
    const pvSize = entry.deviceSize;
    notices.push({ code: 'device-smaller-than-pv', device, vg: vg.name, deviceSize, pvSize });
  }
  if (label.extensionVersion >= EXTENSION_VERSION && (label.extensionFlags & PV_USED) === 0) {
    notices.push({ code: 'pv-missing-used-flag', device, vg: vg.name });
  }
  return notices;
}
