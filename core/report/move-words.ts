/** What LVM says of moves (reference 10.9, 13; as lvm 2.03.16 was seen to print it). */
import type { MoveError, MoveNotice } from '../contract/move-errors.ts';
import { percentWords, said, warned, type Sentences } from './mirror-words.ts';
import type { OutputLine } from '../contract/events.ts';
import { PROPOSAL_SENTENCES } from './proposal-words.ts';

export const MOVE_SENTENCES: Sentences<MoveError, readonly string[]> = {
  ...PROPOSAL_SENTENCES,
  'no-data-to-move': ({ vg, skipped }) => [
    ...(skipped
      ? [
          'All data on source PV skipped. ' +
            'It contains locked, hidden or non-top level LVs only.',
        ]
      : []),
    `No data to move for ${vg}.`,
  ],
  'no-extents-to-move-to': () => ['No extents available for allocation.'],
  'no-room-for-move': ({ vg, lv }) => [
    `Unable to allocate mirror extents for ${vg}/${lv}.`,
    'Failed to convert pvmove LV to mirrored.',
  ],
  'move-lv-not-found': ({ lv }) => [`Logical volume ${lv} not found.`],
  'move-lv-elsewhere': () => [
    'Named LV and old PV must be in the same VG.',
    'Failed to find an LV name.',
  ],
  'pv-is-lv': ({ device }) => [`Cannot use ${device}: device is an LV`],
  'move-not-read': ({ device }) => [`ABORTING: Can't reread VG for ${device} error flags 1.`],
  'move-while-converting': ({ vg, lv }) => [
    `Unable to pvmove when converting volume ${vg}/${lv} is present.`,
  ],
  'not-in-sync-any-more': ({ device }) => [
    `Destination below ${device} has missed a write: nothing is changed.`,
  ],
  'lv-locked': ({ vg, lv, command, layer }) => {
    switch (command) {
      case 'lvremove':
        return [`Can't remove locked logical volume ${vg}/${lv}.`];
      case 'lvrename':
        return [`Cannot rename locked LV ${lv}`];
      case 'lvconvert':
        return [
          `Command on LV ${vg}/${lv} is invalid on LV with properties: ` +
            `lv_is_locked ${layer ? 'lv_is_pvmove ' : ''}.`,
          `Command not permitted on LV ${vg}/${lv}.`,
        ];
      default:
        return [`Can't resize locked logical volume ${vg}/${lv}.`];
    }
  },
};

export const MOVE_NOTICES: Sentences<MoveNotice, OutputLine> = {
  'move-skips-locked': ({ vg, lv }) => said(`Skipping locked LV ${vg}/${lv}.`),
  'move-detected': ({ device }) => said(`Detected pvmove in progress for ${device}.`),
  'move-ignores-rest': () => warned('Ignoring remaining command line arguments.'),
  'pv-move-percent': ({ device, percent }) => said(`${device}: Moved: ${percentWords(percent)}`),
  'no-move-in-progress': ({ device }) =>
    said(`${device}: No pvmove in progress - already finished or aborted.`),
  'polling-started': ({ vg, count }) =>
    said(`Background polling started for ${count} logical volume(s) in volume group "${vg}"`),
  'move-passed-over': ({ device }) =>
    said(`${device}: Skipping inactive LV. Try lvchange or vgchange.`),
  'move-not-active': ({ device }) => said(`${device}: Interrupted: No longer active.`),
};
