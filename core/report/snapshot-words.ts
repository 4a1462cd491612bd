/** What LVM says of snapshots (as lvm 2.03.16 was seen to print it). */
import type { OutputLine } from '../contract/events.ts';
import type {
  SnapshotError,
  SnapshotNotice,
  SnapshotQuestion,
} from '../contract/snapshot-errors.ts';
import { said, type Sentences } from './mirror-words.ts';
import { sizeWords } from './size-text.ts';

const NO_ORIGIN: Readonly<Record<Extract<SnapshotError, { code: 'no-origin' }>['why'], string>> = {
  snapshot: 'Snapshots of snapshots are not supported.',
  hidden: 'Snapshots of hidden volumes are not supported.',
  locked: 'Snapshots of locked volumes are not supported.',
  merging: 'Snapshots of an origin that has a merging snapshot are not supported.',
  virtual: "Can't share virtual origins. Use --virtualsize.",
};

export const SNAPSHOT_SENTENCES: Sentences<SnapshotError, readonly string[]> = {
  'snapshot-not-converted': ({ vg, lv }) => [
    `Operation not permitted on LV ${vg}/${lv} type snapshot.`,
  ],
  'snapshot-origin-not-found': ({ vg, lv }) => [
    `Snapshot origin LV ${lv} not found in Volume group ${vg}.`,
  ],
  'no-origin': ({ why }) => [NO_ORIGIN[why]],
  'store-too-small': ({ chunks, count, size }) => [
    `Snapshot volume cannot be smaller than ${chunks} chunks ` +
      `(${count} extents, ${sizeWords(size)}).`,
  ],
  'origin-resize': ({ shrinks }) => [
    shrinks
      ? 'Snapshot origin volumes cannot be reduced in size yet.'
      : 'Snapshot origin volumes can be resized only while inactive: try lvchange -an.',
  ],
  'snapshots-open': ({ vg, lv, open, removing }) => [
    ...open.map(({ lv: name, held }) => {
      const how = held ? 'is used by another device' : 'in use';
      return `Logical volume ${vg}/${name} ${how}.`;
    }),
    `LV ${vg}/${lv} has open ${open.length} snapshot(s), not deactivating.`,
    ...(removing ? [`Logical volume ${vg}/${lv} not removed.`] : []),
  ],
  'snapshot-merging': ({ vg, lv }) => [`Can't remove merging snapshot logical volume ${vg}/${lv}.`],
  'origin-under-snapshots': ({ vg, lv }) => [
    `Can't add additional mirror images to mirror ${vg}/${lv} which is under snapshots.`,
  ],
};

export const SNAPSHOT_NOTICES: Sentences<SnapshotNotice, OutputLine> = {
  'store-reduced': ({ from, to }) =>
    said(`Reducing COW size ${sizeWords(from)} down to maximum usable size ${sizeWords(to)}.`),
  'store-at-most': ({ size, count }) =>
    said(`Reached maximum COW size ${sizeWords(size)} (${count} extents).`),
  'snapshot-of-mirror': () => ({
    stream: 'stderr',
    text: [
      'WARNING: Snapshots of mirrors can deadlock under rare device failures.',
      'WARNING: Consider using the raid1 mirror type to avoid this.',
      'WARNING: See global/mirror_segtype_default in lvm.conf.',
    ].join('\n  '),
  }),
};

export const SNAPSHOT_QUESTIONS: Sentences<SnapshotQuestion, string> = {
  'change-snapshot': ({ vg, lv, origin, others }) => {
    const beside = others > 0 ? ` and ${others} other snapshot(s)` : '';
    const what = `Change of snapshot ${vg}/${lv} will also change its origin ${vg}/${origin}`;
    return `${what}${beside}. Proceed? [y/n]: `;
  },
  'remove-active-origin': ({ vg, lv, snapshots }) =>
    `Do you really want to remove active origin logical volume ${vg}/${lv} ` +
    `with ${snapshots} snapshots(s)? [y/n]: `,
};
