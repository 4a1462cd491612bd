/** What may lie below a table: disks and other mapped devices, and who keeps them open. */
import type { BlockDevice } from '../block/device.ts';
import type { DevNo } from '../contract/units.ts';
import type { DiskPiece } from './flat.ts';

/** A device that tables can be put on. */
export interface Lower extends BlockDevice {
  readonly devno: DevNo;
  /** As the kernel's own messages call it: `sda`, `dm-3`. */
  readonly kernelName: string;
  /** See TargetDevice. */
  readonly isHollow?: boolean;
  /** How many mapped devices and programs have it open. */
  openCount: number;
  /** Where a run of it lies on disks, counted from `start`, as far as nothing has to see it. */
  pieces(start: number, count: number): readonly DiskPiece[];
}

/**
 * The lower devices of one mapped device. Both of its tables share one open per device and access
 * mode, so that loading the same table again raises no open count, as in the kernel.
 */
export class HeldDevices {
  private readonly uses = new Map<string, number>();

  /** Returns what lets go of it, once. */
  hold(lower: Lower, readOnly: boolean): () => void {
    const key = `${lower.devno} ${readOnly ? 'r' : 'w'}`;
    const before = this.uses.get(key) ?? 0;
    this.uses.set(key, before + 1);
    if (before === 0) lower.openCount++;
    return () => {
      const left = (this.uses.get(key) ?? 0) - 1;
      if (left > 0) this.uses.set(key, left);
      else {
        this.uses.delete(key);
        lower.openCount--;
      }
    };
  }
}
