/** Volumes and groups that miss a part of themselves. */
import { isMissing } from '../lvm/format/model.ts';
import type { LogicalVolume } from '../lvm/format/model.ts';
import type { ScannedVg } from '../lvm/scan-types.ts';
import { imagesOf, relationsOf } from './relations.ts';

/** PVs without a device, and those marked missing until they are restored. */
export function missingPvCount(vg: ScannedVg): number {
  return vg.vg.pvs.filter((pv) => isMissing(pv) || !vg.devices.has(pv.id)).length;
}

export const isVgPartial = (vg: ScannedVg): boolean => missingPvCount(vg) > 0;

const partialOf = new WeakMap<ScannedVg, ReadonlySet<string>>();

/** True for a volume with an extent on a missing PV, in itself or in a part of it. */
export function isLvPartial(vg: ScannedVg, lv: LogicalVolume): boolean {
  let names = partialOf.get(vg);
  if (names === undefined) {
    names = findPartial(vg);
    partialOf.set(vg, names);
  }
  return names.has(lv.name);
}

function findPartial(vg: ScannedVg): ReadonlySet<string> {
  const missing = new Set(
    vg.vg.pvs.filter((pv) => isMissing(pv) || !vg.devices.has(pv.id)).map((pv) => pv.id),
  );
  const partial = new Set<string>();
  if (missing.size === 0) return partial;
  const sections = new Set(vg.vg.pvs.filter((pv) => missing.has(pv.id)).map((pv) => pv.section));
  for (const lv of vg.vg.lvs) {
    const own = lv.segments.some((segment) =>
      segment.kind === 'striped'
        ? segment.areas.some((area) => area.on === 'pv' && missing.has(area.pvId))
        : imagesOf(segment).some(({ name }) => sections.has(name)),
    );
    if (own) partial.add(lv.name);
  }
  spread(vg, partial);
  return partial;
}

/** A part that is incomplete makes its owner incomplete, up to the volume that is used. */
function spread(vg: ScannedVg, partial: Set<string>): void {
  const { parts, origins } = relationsOf(vg.vg);
  const waiting = [...partial];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const users = [
      parts.get(name)?.owner.name,
      ...(origins.get(name) ?? []).map((link) => link.store),
    ];
    for (const user of users) {
      if (user === undefined || partial.has(user)) continue;
      partial.add(user);
      waiting.push(user);
    }
  }
}
