/** Volumes and mapped devices for reading and writing from outside of the engine. */
import { err, ok, type Result } from '../base/result.ts';
import type { VolumeError } from '../contract/errors.ts';
import type { DeviceMapper } from '../dm/device-mapper.ts';
import type { OpenDevice } from '../dm/open-device.ts';
import { dmUuid } from '../lvm/activate/names.ts';
import { findLv } from '../lvm/format/model.ts';
import { vgToRead } from '../lvm/ops/find.ts';
import type { Scan } from '../lvm/scan-types.ts';

/** A logical volume, or a mapped device by its own name. */
export type VolumeTarget =
  { readonly vg: string; readonly lv: string } | { readonly device: string };

/** It counts as in use until the device is closed. */
export interface OpenedVolume {
  readonly device: OpenDevice;
  /** `vg/home`; of a device that is no volume its own name. */
  readonly volume: string;
  /** Of a logical volume. */
  readonly lvId?: string;
}

/** Of a mapped device that is a volume it does not matter by which name it is called. */
export function openVolume(
  target: VolumeTarget,
  scan: Scan,
  dm: DeviceMapper,
): Result<OpenedVolume, VolumeError> {
  const named = 'vg' in target ? target : volumeOf(dm.state(target.device)?.uuid, scan);
  if (named) return openLv(named.vg, named.lv, scan, dm);
  const { device } = target as Extract<VolumeTarget, { readonly device: string }>;
  const opened = dm.open(device);
  return opened.ok ? ok({ device: opened.value, volume: device }) : opened;
}

function volumeOf(uuid: string | undefined, { vgs }: Scan) {
  for (const { vg } of vgs) {
    const lv = vg.lvs.find(({ id }) => dmUuid(vg.id, id) === uuid);
    if (lv) return { vg: vg.name, lv: lv.name };
  }
  return undefined;
}

function openLv(
  vg: string,
  lv: string,
  scan: Scan,
  dm: DeviceMapper,
): Result<OpenedVolume, VolumeError> {
  const found = vgToRead({ scan }, vg);
  if (!found.ok) return found;
  const volume = findLv(found.value.vg, lv);
  if (!volume) return err({ code: 'lv-not-found', vg, lv });
  const device = dm.byUuid(dmUuid(found.value.vg.id, volume.id));
  if (!device) return err({ code: 'lv-inactive', vg, lv });
  const opened = dm.open(device.name);
  if (!opened.ok) return opened;
  return ok({ device: opened.value, volume: `${vg}/${lv}`, lvId: volume.id });
}
