/** What LVM says of snapshots that merge, part and come back (as lvm 2.03.16 was seen to print). */
import type { OutputLine } from '../contract/events.ts';
import type { MergeError, MergeNotice, MergeQuestion } from '../contract/merge-errors.ts';
import { percentWords, said, type Sentences } from './mirror-words.ts';

export const MERGE_SENTENCES: Sentences<MergeError, readonly string[]> = {
  'lv-merging': ({ vg, lv }) => [
    `Command on LV ${vg}/${lv} is invalid on LV with properties: lv_is_merging_cow .`,
    `Command not permitted on LV ${vg}/${lv}.`,
  ],
  'cannot-merge': ({ vg, lv, origin, why }) => {
    const snapshot = `Cannot merge snapshot ${vg}/${lv} into the`;
    return [
      why === 'read-only'
        ? `${snapshot} read-only origin ${vg}/${origin}. (Use lvchange -p rw).`
        : // LVM names this snapshot where it means the other one.
          `${snapshot} origin ${vg}/${origin} with merging snapshot ${vg}/${lv}.`,
    ];
  },
  'merge-invalid': ({ vg, lv }) => [`Unable to merge invalidated snapshot LV ${vg}/${lv}.`],
  'not-tracked': ({ vg, lv }) => [
    `${vg}/${lv} cannot be merged because --trackchanges was not used.`,
  ],
  'split-virtual': ({ vg, lv }) => [
    `Unable to split off snapshot ${vg}/${lv} with virtual origin.`,
  ],
  'snapshot-of-itself': ({ vg, lv }) => [`Unable to use ${vg}/${lv} as both snapshot and origin.`],
  'no-such-origin': ({ vg, origin }) => [
    `Couldn't find origin volume ${origin} in Volume group ${vg}.`,
  ],
  'chunk-size-odd': () => ['Chunk size must be a power of 2 in the range 4K to 512K.'],
  'store-stays-up': ({ vg, lv }) => [`Couldn't deactivate logical volume ${vg}/${lv}.`],
  'merge-failed': ({ vg, lv }) => [`${vg}/${lv}: Merge failed. Retry merge or inspect manually.`],
  'autoextend-nothing': ({ vg, lv }) => [
    `Can't extend ${vg}/${lv} with linear autoextend percent set to 0%.`,
  ],
  'policy-inactive': ({ vg, lv }) => [`Can't read state of locally inactive LV ${vg}/${lv}.`],
  'store-is-origin': ({ vg, lv }) => [
    `Unable to use ${vg}/${lv} as snapshot: it is an origin itself.`,
  ],
};

export const MERGE_NOTICES: Sentences<MergeNotice, OutputLine> = {
  'merge-started': ({ vg, lv }) => said(`Merging of volume ${vg}/${lv} started.`),
  'merge-delayed': ({ open }) => said(`Delaying merge since ${open} is open.`),
  'merge-on-activation': ({ vg, lv, origin }) =>
    said(`Merging of snapshot ${vg}/${lv} will occur on next activation of ${vg}/${origin}.`),
  'lv-merge-percent': ({ vg, lv, percent }) =>
    said(`${vg}/${lv}: Merged: ${percentWords(percent)}`),
  'merge-finished': ({ vg, lv }) =>
    said(`Merge of snapshot into logical volume ${vg}/${lv} has finished.`),
  'snapshot-split': ({ vg, lv }) => said(`Logical Volume ${vg}/${lv} split from its origin.`),
  'snapshot-attached': ({ vg, lv }) => said(`Logical volume ${vg}/${lv} converted to snapshot.`),
  'becomes-store': ({ vg, lv }) => ({
    stream: 'stderr',
    text:
      `WARNING: Converting logical volume ${vg}/${lv} to snapshot exception store.\n` +
      '  THIS WILL DESTROY CONTENT OF LOGICAL VOLUME (filesystem etc.)',
  }),
  'threshold-low': ({ threshold }) => ({
    stream: 'stderr',
    text:
      `WARNING: Snapshot autoextend threshold ${threshold}% is set bellow ` +
      'minimal supported value 50%.',
  }),
  'store-not-zeroed': ({ vg, lv }) => ({
    stream: 'stderr',
    text: `WARNING: ${vg}/${lv} not zeroed.`,
  }),
};

export const MERGE_QUESTIONS: Sentences<MergeQuestion, string> = {
  'split-active-snapshot': ({ vg, lv }) =>
    `Do you really want to split off active logical volume ${vg}/${lv}? [y/n]: `,
  'convert-to-store': ({ vg, lv }) => `Do you really want to convert ${vg}/${lv}? [y/n]: `,
};
