/** What vgsplit and vgmerge share: two groups, and PVs that go over from one to the other. */
import { err, ok, type Result } from '../../base/result.ts';
import type { Notice, VolumeError } from '../../contract/errors.ts';
import type { LogicalVolume, PhysicalVolume, VolumeGroup } from '../format/model.ts';
import { unfitLvs, unusedPvSections } from '../format/names.ts';
import { areasOf } from '../format/segtypes/index.ts';
import type { ScannedPv, ScannedVg } from '../scan-types.ts';
import type { OpContext } from './context.ts';
import { activeLvs } from './find.ts';

/** Why the two cannot become one group; in the order in which LVM looks. */
export function refuseJoin(
  context: OpContext,
  from: VolumeGroup,
  to: VolumeGroup,
): VolumeError | undefined {
  const names = { from: from.name, to: to.name };
  if (activeLvs(context, from).length > 0) return { code: 'join-active', vg: from.name };
  if (from.extentSize !== to.extentSize) {
    const [fromSize, toSize] = [from.extentSize, to.extentSize];
    return { code: 'join-extent-size', ...names, fromSize, toSize };
  }
  if (to.maxPv > 0 && to.pvs.length + from.pvs.length > to.maxPv) {
    return { code: 'join-limit', ...names, what: 'physical', max: to.maxPv };
  }
  if (to.maxLv > 0 && visible(to) + visible(from) > to.maxLv) {
    return { code: 'join-limit', ...names, what: 'logical', max: to.maxLv };
  }
  const taken = new Set(from.lvs.map(({ name }) => name));
  const twin = to.lvs.find(({ name }) => taken.has(name));
  return twin && { code: 'join-twin-lv', ...names, lv: twin.name };
}

const visible = ({ lvs }: VolumeGroup): number =>
  lvs.filter(({ status }) => status.includes('VISIBLE')).length;

/** What goes over from one group to another. */
export interface Moving {
  readonly pvs: readonly PhysicalVolume[];
  readonly lvs: readonly LogicalVolume[];
}

/**
 * The group with more PVs and volumes behind its own. PVs get section names that are free in it;
 * refused where a volume of a type that is only kept names its PVs by their sections.
 */
export function joined(
  to: VolumeGroup,
  from: VolumeGroup,
  { pvs, lvs }: Moving,
): Result<VolumeGroup, VolumeError> {
  const used = new Set(to.pvs.map(({ section }) => section));
  const clashing = pvs.filter(({ section }) => used.has(section));
  const pinned = lvs.find((lv) => lv.segments.some((one) => namesPv(from, one)));
  if (clashing.length > 0 && pinned) {
    const type = pinned.segments.find(({ kind }) => kind === 'foreign');
    const word = type?.kind === 'foreign' ? type.type : '';
    return err({ code: 'segment-type-unsupported', vg: from.name, lv: pinned.name, type: word });
  }
  const free = unusedPvSections({ ...to, pvs: [...to.pvs, ...pvs] }, clashing.length);
  const renamed = pvs.map((pv) => {
    const section = free[clashing.indexOf(pv)];
    return section === undefined ? pv : { ...pv, section };
  });
  const next = { ...to, pvs: [...to.pvs, ...renamed], lvs: [...to.lvs, ...lvs] };
  const faults = unfitLvs(next);
  return faults.length > 0 ? err({ code: 'metadata-unsound', vg: to.name, faults }) : ok(next);
}

const namesPv = (vg: VolumeGroup, segment: LogicalVolume['segments'][number]): boolean =>
  segment.kind === 'foreign' && areasOf(vg, segment).some((area) => area.on === 'pv');

/** The disks of these PVs. */
export const disksOf = (
  { devices }: ScannedVg,
  pvs: readonly PhysicalVolume[],
): readonly ScannedPv[] => pvs.flatMap(({ id }) => devices.get(id) ?? []);

/** LVM compares by number only, whatever group the older one is of. */
export function olderCopyNotices(
  moving: readonly ScannedPv[],
  before: { readonly from: number; readonly to: number },
  vg: string,
  seqno: number,
): readonly Notice[] {
  if (before.from >= before.to) return [];
  return moving.map(({ path }) => ({ code: 'updating-old-metadata', vg, device: path, seqno }));
}
