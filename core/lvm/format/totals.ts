/** Sums over a group, and how large they may become. */
import type { VolumeGroup } from './model.ts';

/** LVM counts extents in 32 bits, those of a PV and those of a group. */
export const MAX_EXTENTS = 2 ** 32 - 1;

type Sized = Pick<VolumeGroup, 'extentSize' | 'pvs'>;

/** Allocated or not. */
export const extentTotal = ({ pvs }: Sized): number =>
  pvs.reduce((sum, { peCount }) => sum + peCount, 0);

/** Whether the sectors of all PVs together can be counted exactly: less than 4 EiB. */
export const isCountable = ({ pvs, extentSize }: Sized): boolean =>
  Number.isSafeInteger(
    pvs.reduce((sum, { peStart, peCount }) => sum + peStart + peCount * extentSize, 0),
  );
