/** Which volumes go with PVs that leave their group: whole families, and none that is torn. */
import type { LvmId } from '../../base/ids.ts';
import { err, ok, type Result } from '../../base/result.ts';
import type { VolumeError } from '../../contract/errors.ts';
import { mirrorPartsOf } from '../format/mirror-parts.ts';
import {
  findLv,
  type LogicalVolume,
  type PhysicalVolume,
  type VolumeGroup,
} from '../format/model.ts';
import { moversOf, pvmovesOf } from '../format/pvmove.ts';
import { references } from '../format/references.ts';
import { areasOf, segmentTypeName } from '../format/segtypes/index.ts';
import { isSnapshot, snapshotsOf } from '../format/snapshots.ts';
import type { OpContext } from './context.ts';
import { isActive } from './find.ts';
import { lvNamed } from './mirror/parts.ts';

type Side = 'goes' | 'stays';

/** In the group's order. Refuses volumes that are active, and those on both sides. */
export function volumesThatGo(
  context: OpContext,
  vg: VolumeGroup,
  pvs: readonly PhysicalVolume[],
): Result<readonly LogicalVolume[], VolumeError> {
  const leaving = new Set(pvs.map(({ id }) => id));
  const goes: LogicalVolume[] = [];
  const related = families(vg);
  const part = movingPart(context, vg, leaving) ?? activePart(context, vg, leaving);
  if (part) return err(part);
  const { pseudo } = snapshotsOf(vg);
  for (const lv of vg.lvs.filter(({ name }) => !pseudo.has(name))) {
    if (sidesOf(vg, [lv], leaving).size > 1) {
      return err({ code: 'split-torn', lv: lv.name, type: 'Logical Volume' });
    }
    const family = related.get(lv.name) ?? [lv];
    const sides = sidesOf(vg, family, leaving);
    if (sides.size > 1) return err(torn(lv, family));
    // LVM takes along what lies on no PV at all.
    if (sides.has('stays')) continue;
    if (isActive(context, vg, lv))
      return err({ code: 'lv-must-be-inactive', vg: vg.name, lv: lv.name });
    goes.push(lv);
  }
  return withSnapshots(vg, goes);
}

/** LVM looks at snapshots when all else has its side: origin and store have to be on one. */
function withSnapshots(
  vg: VolumeGroup,
  goes: readonly LogicalVolume[],
): Result<readonly LogicalVolume[], VolumeError> {
  const names = new Set(goes.map(({ name }) => name));
  for (const { origin, store, pseudo } of snapshotsOf(vg).stores.values()) {
    if (names.has(origin) !== names.has(store)) {
      return err({ code: 'split-torn', lv: store, type: 'snapshot' });
    }
    if (names.has(store)) names.add(pseudo.name);
  }
  return ok(vg.lvs.filter(({ name }) => names.has(name)));
}

/** As in LVM nothing leaves while something moves, wherever that lies, but all of it together. */
function movingPart(
  context: OpContext,
  vg: VolumeGroup,
  leaving: ReadonlySet<LvmId>,
): VolumeError | undefined {
  const layers = pvmovesOf(vg);
  const movers = layers.flatMap(({ name }) => moversOf(vg, name));
  const up = movers.find((name) => isActive(context, vg, lvNamed(vg, name)));
  if (up !== undefined) return { code: 'lv-must-be-inactive', vg: vg.name, lv: up };
  const stays = layers.find((lv) => [...pvsBelow(vg, lv)].some((id) => !leaving.has(id)));
  const [lv] = stays ? moversOf(vg, stays.name) : [];
  return lv === undefined ? undefined : { code: 'split-torn', lv, type: 'LV' };
}

/** LVM takes images and logs along before it looks at their mirrors. */
function activePart(
  context: OpContext,
  vg: VolumeGroup,
  leaving: ReadonlySet<LvmId>,
): VolumeError | undefined {
  for (const [lv, { owner }] of mirrorPartsOf(vg)) {
    const part = findLv(vg, lv);
    const sides = part ? sidesOf(vg, [part], leaving) : new Set<Side>();
    if (!part || sides.has('stays') || !sides.has('goes') || !isActive(context, vg, part)) continue;
    return { code: 'lv-must-be-inactive', vg: vg.name, lv, of: owner };
  }
  return undefined;
}

function sidesOf(
  vg: VolumeGroup,
  lvs: readonly LogicalVolume[],
  leaving: ReadonlySet<LvmId>,
): ReadonlySet<Side> {
  const ids = lvs.flatMap((lv) => [...directPvs(vg, lv)]);
  return new Set(ids.map((id) => (leaving.has(id) ? 'goes' : 'stays')));
}

/** The PVs that segments of a volume name themselves. */
function directPvs(vg: VolumeGroup, lv: LogicalVolume): readonly LvmId[] {
  return lv.segments
    .flatMap((segment) => areasOf(vg, segment))
    .flatMap((area) => (area.on === 'pv' ? [area.pvId] : []));
}

/** Every PV that a volume or a part of it lies on. */
export function pvsBelow(vg: VolumeGroup, lv: LogicalVolume): ReadonlySet<LvmId> {
  const family = families(vg).get(lv.name) ?? [lv];
  return new Set(family.flatMap((one) => directPvs(vg, one)));
}

/** Volumes that name one another, by the name of each of them. */
function families(vg: VolumeGroup): ReadonlyMap<string, readonly LogicalVolume[]> {
  const family = new Map(vg.lvs.map((lv) => [lv.name, [lv]]));
  for (const lv of vg.lvs) {
    for (const segment of lv.segments.filter((one) => !isSnapshot(one))) {
      for (const { lv: name } of references(vg, segment)) {
        const [mine = [], other = []] = [family.get(lv.name), family.get(name)];
        if (mine === other) continue;
        mine.push(...other);
        for (const one of other) family.set(one.name, mine);
      }
    }
  }
  return family;
}

const KINDS: Readonly<Record<string, string>> = { mirror: 'mirror' };

function torn(lv: LogicalVolume, family: readonly LogicalVolume[]): VolumeError {
  const types = family.flatMap((one) => one.segments.map((segment) => segmentTypeName(segment)));
  const type = types.map((word) => KINDS[word]).find((word) => word !== undefined);
  return { code: 'split-torn', lv: lv.name, type: type ?? 'Logical Volume' };
}
