/** To add an action: one file beside this one, then one line here. */
import type { ActionSpec } from './action.ts';
import { createVolume } from './create-volume.ts';
import { extendVolume } from './extend-volume.ts';
import { removeVolume } from './remove-volume.ts';
import { renameVolume } from './rename-volume.ts';

export const ACTIONS: readonly ActionSpec[] = [
  createVolume,
  extendVolume,
  renameVolume,
  removeVolume,
];
