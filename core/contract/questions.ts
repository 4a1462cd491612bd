import type { DeviceQuestion } from './device-errors.ts';
import type { ExportQuestion } from './exports.ts';
import type { GroupQuestion } from './group-errors.ts';
import type { SandboxQuestion } from './lab-errors.ts';
import type { MergeQuestion } from './merge-errors.ts';
import type { MirrorQuestion } from './mirror-errors.ts';
import type { PvQuestion } from './pv-errors.ts';
import type { SnapshotQuestion } from './snapshot-errors.ts';

/** Something LVM asks before it does harm. `-y` answers all of them with yes. */
export type Question =
  | PvQuestion
  | MergeQuestion
  | MirrorQuestion
  | DeviceQuestion
  | GroupQuestion
  | SnapshotQuestion
  | { readonly code: 'remove-active-lv'; readonly vg: string; readonly lv: string }
  | { readonly code: 'remove-vg-with-lvs'; readonly vg: string; readonly lvCount: number }
  | { readonly code: 'initialize-used-pv'; readonly device: string; readonly vg: string }
  | { readonly code: 'wipe-used-pv'; readonly device: string; readonly vg: string }
  | { readonly code: 'restore-active'; readonly vg: string; readonly count: number }
  | { readonly code: 'reduce-lv'; readonly vg: string; readonly lv: string }
  | SandboxQuestion
  | ExportQuestion;
