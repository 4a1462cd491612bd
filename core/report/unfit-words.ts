/** LVM's words for disks that it does not look at. */
import type { UnfitReason } from '../contract/state.ts';

export const unfitClause = (unfit: UnfitReason): string =>
  unfit === 'partitioned' ? 'device is partitioned' : 'device is too small (pv_min_size)';

export const unfitWords = (device: string, unfit: UnfitReason): string =>
  `Cannot use ${device}: ${unfitClause(unfit)}`;
