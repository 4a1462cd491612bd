/** What device-mapper is made with. */
import type { Scheduler } from '../env/scheduler.ts';
import type { TargetType } from './target.ts';

export interface DmOptions {
  /** Major number of mapped devices; 253 on most Linux systems. */
  readonly major?: number;
  /** What tables may be made of; all that there are. */
  readonly targets?: readonly TargetType[];
  /** For targets that wait; default: one whose time stands still. */
  readonly scheduler?: Scheduler;
  /** Whether requests that no target has to see go straight to the disk; true. */
  readonly fastPath?: boolean;
  /** Bytes of writes that may be answered before they are done (write-behind.ts); default: none. */
  readonly writeBehind?: number;
  /** Regions a second that a new device's mirrors copy at most, by its UUID; default: no limit. */
  readonly limitOf?: (uuid: string) => number | undefined;
}
