/** Mapped devices of volumes: what is active, and under which name (reference 8.1, 8.2). */
import type { DmDeviceState } from '../contract/state.ts';
import { isInSync } from '../lvm/activate/mirror-status.ts';
import { dmName, dmUuid } from '../lvm/activate/names.ts';
import {
  statusOfMerge,
  statusOfSnapshot,
  type SnapshotStatus,
} from '../lvm/activate/snapshot-status.ts';
import { realDevice } from '../lvm/activate/pass-through.ts';
import type { LogicalVolume } from '../lvm/format/model.ts';
import type { ScannedVg } from '../lvm/scan-types.ts';
import { relationsOf, typeOfLv } from './relations.ts';
import type { ReportSource } from './source.ts';

const byUuid = new WeakMap<readonly DmDeviceState[], ReadonlyMap<string, DmDeviceState>>();

function deviceMap(devices: readonly DmDeviceState[]): ReadonlyMap<string, DmDeviceState> {
  const cached = byUuid.get(devices);
  if (cached !== undefined) return cached;
  const map = new Map(devices.map((device) => [device.uuid, device]));
  byUuid.set(devices, map);
  return map;
}

/** Suffixes that private volumes carry in their device's uuid, besides none. */
const SUFFIXES = ['', '-pool', '-tdata', '-tmeta', '-cdata', '-cmeta', '-cvol', '-real'];

/** The mapped device of a volume; undefined while the volume is inactive. */
export function lvDevice(
  source: ReportSource,
  vg: ScannedVg,
  lv: LogicalVolume,
): DmDeviceState | undefined {
  const map = deviceMap(source.devices);
  const uuid = dmUuid(vg.vg.id, lv.id);
  if (map.size === 0) return undefined;
  for (const suffix of SUFFIXES) {
    const device = map.get(uuid + suffix);
    if (device !== undefined) return device;
  }
  return undefined;
}

/** What runs the segments of a volume: another device may lie above it. */
export const lvRealDevice = (
  source: ReportSource,
  { vg }: ScannedVg,
  lv: LogicalVolume,
): DmDeviceState | undefined => realDevice((uuid) => deviceMap(source.devices).get(uuid), vg, lv);

/** What the kernel says of a snapshot, or of the merge into an origin. */
export const lvSnapshotStatus = (
  source: ReportSource,
  { vg }: ScannedVg,
  lv: LogicalVolume,
): SnapshotStatus | undefined => {
  const find = (uuid: string) => deviceMap(source.devices).get(uuid);
  return statusOfSnapshot(find, vg, lv) ?? statusOfMerge(find, vg, lv);
};

export function isLvActive(source: ReportSource, vg: ScannedVg, lv: LogicalVolume): boolean {
  return lvDevice(source, vg, lv) !== undefined;
}

/** Whether all of the mirror that an image belongs to is in sync. */
export function isImageInSync(source: ReportSource, vg: ScannedVg, image: LogicalVolume): boolean {
  const part = relationsOf(vg.vg).parts.get(image.name);
  return part?.role === 'mirror-image' && isInSync(lvRealDevice(source, vg, part.owner));
}

/** Name in /dev/mapper: `vg-home`. */
export function lvDmName(vg: ScannedVg, lv: LogicalVolume): string {
  return dmName(vg.vg.name, lv.name);
}

/** `/dev/vg/home`; empty for volumes that get no such link: hidden ones and pools. */
export function lvPath(vg: ScannedVg, lv: LogicalVolume, visible: boolean): string {
  const pool = /-pool$/.test(typeOfLv(lv));
  return visible && !pool ? `/dev/${vg.vg.name}/${lv.name}` : '';
}
