/** The link between a store and its origin: made, changed, taken away (reference 2.6.4). */
import { newLvmId } from '../../../base/ids.ts';
import { extents, type Sectors } from '../../../base/units.ts';
import { isVisible, lvExtentCount, type VolumeGroup } from '../../format/model.ts';
import { isSnapshot, type SnapshotLink } from '../../format/snapshots.ts';
import type { OpContext } from '../context.ts';
import { nextLinkName } from './create.ts';
import { hidden, lvNamed, shown, withLvs, withoutLvs } from '../mirror/parts.ts';

/** A volume of the group becomes the store of a snapshot. */
export function withLink(
  { random, header }: OpContext,
  vg: VolumeGroup,
  {
    store,
    origin,
    chunkSize,
  }: Readonly<Record<'store' | 'origin', string>> & {
    readonly chunkSize: Sectors;
  },
): VolumeGroup {
  return withLvs(vg, hidden(lvNamed(vg, store)), {
    name: nextLinkName(vg),
    id: newLvmId((limit) => random.below(limit)),
    status: ['READ', 'WRITE', 'VISIBLE'],
    flags: [],
    tags: [],
    creationTime: BigInt(header.creationTime),
    creationHost: header.creationHost,
    segments: [
      {
        kind: 'snapshot',
        start: extents(0),
        count: lvExtentCount(lvNamed(vg, origin)),
        tags: [],
        ...{ chunkSize, origin, store, merging: false },
        extra: [],
      },
    ],
    extra: [],
  });
}

/** The store is a volume like any other. */
export function withoutLink(vg: VolumeGroup, { store, pseudo }: SnapshotLink): VolumeGroup {
  return withoutLvs(withLvs(vg, shown(lvNamed(vg, store))), [pseudo.name]);
}

/** What the store keeps goes back to the origin. */
export function asMerging(vg: VolumeGroup, { pseudo }: SnapshotLink): VolumeGroup {
  const segments = pseudo.segments.map((one) =>
    isSnapshot(one) ? { ...one, merging: true } : one,
  );
  const status = isVisible(pseudo) ? hidden(pseudo).status : pseudo.status;
  return withLvs(vg, { ...pseudo, status, segments });
}
