/** To add an action: one file beside this one, then one line here. */
import type { ActionSpec } from './action.ts';
import { activateVolume, deactivateVolume } from './activate-volume.ts';
import { breakDisk, mendDisk } from './break-disk.ts';
import {
  activateGroup,
  backUpGroup,
  changeGroup,
  checkGroup,
  deactivateGroup,
  exportGroup,
  importGroup,
  removeGroup,
  renameGroup,
} from './change-group.ts';
import { extendGroup, leaveGroup } from './change-members.ts';
import {
  applySandbox,
  attachImage,
  changeMode,
  detachDisk,
  discardSandbox,
  repairDisk,
} from './change-disks.ts';
import {
  changeLegs,
  changeLog,
  goOnConverting,
  repairMirror,
  resyncMirror,
  splitLegs,
  takeBackConversion,
} from './change-mirror.ts';
import { changePv, createPv, removePv, resizePv } from './change-pv.ts';
import { attachStore, extendStore, mergeSnapshot, splitSnapshot } from './change-snapshot.ts';
import { changeVolume, numberVolume, refreshVolume } from './change-volume.ts';
import { createGroup } from './create-group.ts';
import { createMirror } from './create-mirror.ts';
import { createVolume } from './create-volume.ts';
import { endExport, exportVolume } from './export-volume.ts';
import { extractVolume } from './extract-volume.ts';
import { extendVolume } from './extend-volume.ts';
import { changeSetting, legPolicy, logPolicy } from './lab-settings.ts';
import { giveUpPv, removeMissing, restorePv } from './missing.ts';
import { dropLegs, monitorGroup, monitorVolume } from './monitoring.ts';
import { moveMarked, moveOfPv, moveOfVolume } from './move-extents.ts';
import { reduceVolume } from './reduce-volume.ts';
import { resizeVolume } from './resize-volume.ts';
import { restoreGroup } from './restore-group.ts';
import { removeVolume } from './remove-volume.ts';
import { renameVolume } from './rename-volume.ts';
import { abortMove, cutPower, pauseCopy, resumeCopy, resumeMove } from './running-move.ts';
import { takeSnapshot } from './take-snapshot.ts';
import { throttleAll, throttleMirror } from './throttle.ts';
import { importClone, mergeGroup, splitGroup } from './two-groups.ts';

/** In the order shown: what is done often first, what destroys last. */
export const ACTIONS: readonly ActionSpec[] = [
  createVolume,
  createMirror,
  createGroup,
  takeSnapshot,
  extendVolume,
  reduceVolume,
  resizeVolume,
  renameVolume,
  changeVolume,
  numberVolume,
  refreshVolume,
  moveOfVolume,
  changeLegs,
  changeLog,
  splitLegs,
  goOnConverting,
  takeBackConversion,
  repairMirror,
  resyncMirror,
  throttleMirror,
  extendStore,
  mergeSnapshot,
  splitSnapshot,
  attachStore,
  monitorVolume,
  dropLegs,
  activateVolume,
  deactivateVolume,
  exportVolume,
  endExport,
  extractVolume,
  removeVolume,
  extendGroup,
  renameGroup,
  changeGroup,
  activateGroup,
  deactivateGroup,
  backUpGroup,
  splitGroup,
  mergeGroup,
  importClone,
  monitorGroup,
  exportGroup,
  importGroup,
  checkGroup,
  restoreGroup,
  removeMissing,
  removeGroup,
  createPv,
  moveOfPv,
  changePv,
  resizePv,
  restorePv,
  giveUpPv,
  resumeMove,
  abortMove,
  leaveGroup,
  removePv,
  moveMarked,
  changeMode,
  applySandbox,
  discardSandbox,
  attachImage,
  breakDisk,
  mendDisk,
  detachDisk,
  repairDisk,
  throttleAll,
  pauseCopy,
  resumeCopy,
  legPolicy,
  logPolicy,
  changeSetting,
  cutPower,
];
