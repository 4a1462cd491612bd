/** Snapshots: a store, the volume it was taken of, and the pseudo volume that links the two. */
import type { Extents, Sectors } from '../../base/units.ts';
import {
  findLv,
  type LogicalVolume,
  type Segment,
  type SnapshotSegment,
  type VolumeGroup,
} from './model.ts';
import { areSound } from './sound-lvs.ts';

/** A thick snapshot: the volume that is its store carries its name. */
export interface SnapshotLink {
  readonly store: string;
  readonly origin: string;
  /** What the store has goes back to the origin. */
  readonly merging: boolean;
  /** In sectors. */
  readonly chunkSize: Sectors;
  /** As many as the origin has. */
  readonly count: Extents;
  /** The pseudo volume (`snapshot0`) whose segment holds the link. */
  readonly pseudo: LogicalVolume;
}

export interface Snapshots {
  /** By name of the store. */
  readonly stores: ReadonlyMap<string, SnapshotLink>;
  /** By name of the origin, in the order of the metadata. */
  readonly origins: ReadonlyMap<string, readonly SnapshotLink[]>;
  /** Names of stores that several links name, as no LVM writes them. */
  readonly shared: ReadonlySet<string>;
  /** Names of pseudo volumes. */
  readonly pseudo: ReadonlySet<string>;
}

const NONE: Snapshots = {
  stores: new Map(),
  origins: new Map(),
  shared: new Set(),
  pseudo: new Set(),
};
const known = new WeakMap<VolumeGroup, Snapshots>();

/** Computed once per group: groups are immutable. */
export function snapshotsOf(vg: VolumeGroup): Snapshots {
  const cached = known.get(vg);
  if (cached) return cached;
  const found = areSound(vg) ? NONE : collect(vg);
  known.set(vg, found);
  return found;
}

export const isSnapshot = (segment: Segment | undefined): segment is SnapshotSegment =>
  segment?.kind === 'snapshot';

/** The snapshot whose store a volume is. */
export const snapshotOn = (vg: VolumeGroup, store: string): SnapshotLink | undefined =>
  snapshotsOf(vg).stores.get(store);

/** Those that were taken of a volume, the oldest first. */
export const snapshotsTaken = (vg: VolumeGroup, origin: string): readonly SnapshotLink[] =>
  snapshotsOf(vg).origins.get(origin) ?? [];

/** Of a volume that is an origin or a store: the origin of them all. */
export function familyOrigin(vg: VolumeGroup, name: string): LogicalVolume | undefined {
  const { origins, stores } = snapshotsOf(vg);
  const origin = stores.get(name)?.origin ?? (origins.has(name) ? name : undefined);
  return origin === undefined ? undefined : findLv(vg, origin);
}

/** Why a link makes no sense; a clause without a full stop. */
export function linkFault(vg: VolumeGroup, segment: SnapshotSegment): string | undefined {
  const { origins, stores, shared, pseudo } = snapshotsOf(vg);
  const { origin, store, merging } = segment;
  if (origin === store) return `${store} is a snapshot of itself`;
  if (pseudo.has(origin) || pseudo.has(store)) return `${store} and ${origin} are not both volumes`;
  if (stores.has(origin)) return `${store} is a snapshot of the snapshot ${origin}`;
  if (origins.has(store)) return `the store ${store} is an origin`;
  const all = origins.get(origin) ?? [];
  if (merging && all.filter((one) => one.merging).length > 1) {
    return `more than one snapshot merges into ${origin}`;
  }
  return shared.has(store) ? `${store} is the store of several snapshots` : undefined;
}

const VIRTUAL_ORIGIN = '_vorigin';

/** Name of the volume of zeroes below a snapshot that was taken of nothing. */
export const virtualOriginName = (snapshot: string): string => `${snapshot}${VIRTUAL_ORIGIN}`;

/** Nobody sees it: it comes and goes with its snapshot. */
export const isVirtualOrigin = ({ name }: Pick<LogicalVolume, 'name'>): boolean =>
  name.endsWith(VIRTUAL_ORIGIN);

function collect(vg: VolumeGroup): Snapshots {
  const stores = new Map<string, SnapshotLink>();
  const origins = new Map<string, SnapshotLink[]>();
  const pseudo = new Set<string>();
  const shared = new Set<string>();
  for (const lv of vg.lvs) {
    for (const segment of lv.segments) {
      if (!isSnapshot(segment)) continue;
      const { store, origin, merging, chunkSize, count } = segment;
      const link: SnapshotLink = { store, origin, merging, chunkSize, count, pseudo: lv };
      pseudo.add(lv.name);
      if (stores.has(store)) shared.add(store);
      stores.set(store, link);
      const beside = origins.get(origin);
      if (beside) beside.push(link);
      else origins.set(origin, [link]);
    }
  }
  return { stores, origins, shared, pseudo };
}
