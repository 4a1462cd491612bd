/** What is said where a question was answered with no. */
import type { Question } from '../contract/errors.ts';
import { pvckDeclined } from './pvck-words.ts';

export const notInitialized = (device: string): string =>
  `${device}: physical volume not initialized.`;

export function declinedLines(question: Question): readonly string[] {
  switch (question.code) {
    case 'change-snapshot':
      return [`Logical volume ${question.vg}/${question.lv} not changed.`];
    case 'remove-active-origin':
    case 'remove-active-lv':
      return [`Logical volume ${question.vg}/${question.lv} not removed.`];
    case 'split-active-snapshot':
      return [`Logical volume ${question.vg}/${question.lv} not split.`];
    case 'convert-to-store':
      return ['Conversion aborted.'];
    case 'remove-vg-with-lvs':
      return [`Volume group "${question.vg}" not removed`];
    case 'wipe-used-pv':
      return [`${question.device}: physical volume label not removed.`];
    case 'deactivate-for-minor':
      return [`${question.vg}/${question.lv} device number not changed.`];
    case 'restore-active':
      return ['Restore aborted.'];
    case 'deactivate-for-resync':
      return [`Logical volume ${question.vg}/${question.lv} not resynced.`];
    case 'replace-images':
    case 'replace-log':
      return [];
    case 'reduce-lv':
      return [`Logical volume ${question.vg}/${question.lv} NOT reduced.`];
    case 'apply-sandbox':
    case 'discard-sandbox':
      return question.disks.map(({ device }) => `Sandbox of ${device} left as it is.`);
    case 'end-export':
      return [`${question.volume} is still exported.`];
    case 'initialize-used-pv':
    case 'fake-size':
      return [notInitialized(question.device)];
    case 'resize-unlike-device':
      return [`Physical Volume ${question.device} not resized.`];
    case 'pvck':
      return [pvckDeclined(question)];
    case 'set-foreign-id':
      return [`Volume group ${question.vg} system ID not changed.`];
    case 'remove-system-id':
      return [`System ID of volume group ${question.vg} not changed.`];
    case 'drop-lock-type':
      return ['VG lock type not changed.'];
    case 'override-copies':
      return [
        question.device === undefined
          ? `Volume group ${question.vg} not changed`
          : `Physical volume ${question.device} not changed`,
      ];
  }
}
