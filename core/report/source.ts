import type { DiskState, DmDeviceState } from '../contract/state.ts';
import type { Scan } from '../lvm/scan-types.ts';

/** Everything a report reads: the disks as found just now and the mapped devices as they are. */
export interface ReportSource {
  readonly scan: Scan;
  readonly devices: readonly DmDeviceState[];
  /** Device-mapper was not asked: `devices` is empty, and no volume's state is known. */
  readonly deviceless?: true;
  readonly disks: readonly DiskState[];
  /** Identifiers of the devices that the monitor watches; absent: there is no monitor. */
  readonly monitored?: ReadonlySet<string>;
  /** Seconds since 1970, for words such as `today` in a selection. */
  readonly now: number;
}
