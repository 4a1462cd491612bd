/** The disks of a lab as operations need to know them. */
import type { DiskState } from '../contract/state.ts';
import type { OpContext } from '../lvm/ops/context.ts';
import { isLookedAt, type EngineDisk } from './disk-keeper.ts';

/** @param seen those that a command looks at, with what is known of them */
export function opDisks(
  disks: readonly EngineDisk[],
  seen: readonly DiskState[],
): Pick<OpContext, 'disks' | 'unusable' | 'unfit'> {
  const usable = new Set(seen.filter(isLookedAt).map(({ path }) => path));
  return {
    disks: disks
      .filter(({ path }) => usable.has(path))
      .map(({ path, devno, device, mode }) => ({
        path,
        devno,
        size: device.size,
        readOnly: mode === 'read-only' || device.readOnly,
      })),
    unusable: seen.flatMap(({ path: device, problem: why }) =>
      why === undefined ? [] : [{ device, why }],
    ),
    unfit: new Map(seen.flatMap(({ path, unfit }) => (unfit ? [[path, unfit]] : []))),
  };
}
