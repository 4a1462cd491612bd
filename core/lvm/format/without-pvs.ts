/**
 * A group without PVs that are lost (reference 11.3): mirrors go on with the legs they have, raid
 * keeps its legs with errors in the place of those that are lost, everything else is removed.
 */
import type { LvmId } from '../../base/ids.ts';
import { extents } from '../../base/units.ts';
import {
  findLv,
  isVisible,
  lvExtentCount,
  type ForeignSegment,
  type LogicalVolume,
  type MirrorSegment,
  type Segment,
  type VolumeGroup,
} from './model.ts';
import { partialLvs, partsOf } from './partial.ts';
import { plainType } from './segtypes/foreign.ts';
import { isSnapshot } from './snapshots.ts';

export interface Reduced {
  readonly vg: VolumeGroup;
  /** Names of volumes that were removed, each behind those that depend on it. */
  readonly removed: readonly string[];
  /** Visible volumes that are removed for being partial, in the order of the group. */
  readonly roots: readonly string[];
}

/** The PVs stay in the group, empty. @param onlyMirrors removes no volume. */
export function withoutPvs(vg: VolumeGroup, lost: readonly LvmId[], onlyMirrors: boolean): Reduced {
  let next = withRaidErrors(vg, lost);
  for (const lv of next.lvs) {
    const now = findLv(next, lv.name);
    if (now && isMirror(now)) next = withoutLegs(next, now, partialLvs(next, lost));
  }
  if (onlyMirrors) return { vg: next, removed: [], roots: [] };
  const roots: string[] = [];
  const removed: string[] = [];
  for (;;) {
    const partial = partialLvs(next, lost);
    const names = next.lvs.filter(({ name }) => partial.has(name));
    const root = names.find(isVisible) ?? names[0];
    if (!root) return { vg: next, removed, roots };
    const gone = dependentsOf(next, root.name);
    if (isVisible(root)) roots.push(root.name);
    removed.push(...gone);
    next = { ...next, lvs: next.lvs.filter(({ name }) => !gone.includes(name)) };
  }
}

const isType = (segment: Segment | undefined, type: RegExp): segment is ForeignSegment =>
  segment?.kind === 'foreign' && type.test(plainType(segment));

const isMirror = (lv: LogicalVolume): boolean => lv.segments[0]?.kind === 'mirror';

/** Legs that lie on what is lost become errors: their places in the array stay taken. */
function withRaidErrors(vg: VolumeGroup, lost: readonly LvmId[]): VolumeGroup {
  const partial = partialLvs(vg, lost);
  const legs = new Set(
    vg.lvs
      .flatMap(({ segments }) => segments)
      .filter((segment) => isType(segment, /^raid\d/))
      .flatMap((segment) => partsOf(vg, segment))
      .filter((name) => partial.has(name)),
  );
  const lvs = vg.lvs.map((lv) => (legs.has(lv.name) ? { ...lv, segments: [errors(lv)] } : lv));
  return { ...vg, lvs };
}

const errors = (lv: LogicalVolume): Segment => ({
  kind: 'error',
  start: extents(0),
  count: lvExtentCount(lv),
  tags: [],
  extra: [],
});

/** With one leg left the volume takes over what lies below it; with none it is left as it is. */
function withoutLegs(
  vg: VolumeGroup,
  mirror: LogicalVolume,
  partial: ReadonlySet<string>,
): VolumeGroup {
  const [segment] = mirror.segments;
  if (mirror.segments.length !== 1 || segment?.kind !== 'mirror') return vg;
  const { log } = segment;
  const legs = segment.areas.flatMap((area) => (area.on === 'lv' ? [area.lv] : []));
  const kept = segment.areas.filter((area) => area.on === 'pv' || !partial.has(area.lv));
  const dead = new Set(legs.filter((name) => partial.has(name)));
  const loses = log !== undefined && (partial.has(log) || kept.length === 1);
  if ((dead.size === 0 && !loses) || kept.length === 0) return vg;
  if (loses) dead.add(log);
  const [only] = kept;
  const left = kept.length === 1 && only?.on === 'lv' ? findLv(vg, only.lv) : undefined;
  if (left) dead.add(left.name);
  const status = left || loses ? without(mirror.status, 'NOTSYNCED') : mirror.status;
  const segments = left ? left.segments : [withLegs(segment, kept, loses)];
  const changed: LogicalVolume = { ...mirror, status, segments };
  const lvs = vg.lvs.map((lv) => (lv === mirror ? changed : lv));
  return { ...vg, lvs: lvs.filter(({ name }) => !dead.has(name)) };
}

const without = (words: readonly string[], word: string): readonly string[] =>
  words.filter((one) => one !== word);

function withLegs(
  segment: MirrorSegment,
  areas: MirrorSegment['areas'],
  dropsLog: boolean,
): MirrorSegment {
  const { log, ...rest } = segment;
  return { ...rest, areas, ...(log === undefined || dropsLog ? {} : { log }) };
}

/** A volume, its parts, and all that cannot be without it: those first. */
export function dependentsOf(vg: VolumeGroup, name: string): readonly string[] {
  const gone: string[] = [];
  const visit = (one: string): void => {
    if (gone.includes(one)) return;
    gone.push(one);
    for (const lv of vg.lvs) {
      for (const segment of lv.segments) {
        const link = isSnapshot(segment) ? segment : undefined;
        if (link ? link.origin === one || link.store === one : partsOf(vg, segment).includes(one)) {
          visit(lv.name);
          if (link) visit(link.store);
        }
        if (lv.name === one && !link) for (const part of partsOf(vg, segment)) visit(part);
      }
    }
  };
  visit(name);
  return gone.reverse();
}
