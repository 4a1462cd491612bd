/** What an engine is made with. */
import type { VolumeError } from '../contract/errors.ts';
import type { LabState } from '../contract/state.ts';
import type { DmOptions } from '../dm/options.ts';
import type { Env } from '../env/index.ts';
import type { Era } from '../lvm/activate/device-tree.ts';
import type { BackupStore } from './backup-store.ts';
import type { DiskKeeper } from './disk-keeper.ts';
import type { DeviceWatch } from './dm-news.ts';
import type { ExportHost } from './exports.ts';
import type { FileHost } from './extract.ts';
import type { Sentence } from './lab-state.ts';
import type { SettingsStore } from './settings-store.ts';

export interface EngineOptions {
  readonly env: Env;
  readonly lab: LabState['lab'];
  readonly keeper: DiskKeeper;
  /** LVM's sentence for an error or a notice (core/report). */
  readonly sentenceOf: Sentence;
  readonly reasonOf: (error: VolumeError) => string;
  readonly backups: BackupStore;
  /** How volumes are reached from outside; default: not at all. */
  readonly exportHost?: ExportHost;
  /** Writes what is extracted; default: nothing is. */
  readonly files?: FileHost;
  /** For the first line of metadata: `LV Studio 0.1.0`. */
  readonly generator: string;
  /** Default: in memory. */
  readonly settings?: SettingsStore;
  /** Of the machine that the lab stands for (lvmsystemid(7)); absent: it has none. */
  readonly systemId?: string;
  /** How devices are changed; default: as LVM does it now. Others are for what history shows. */
  readonly era?: Era;
  /** Sees all mapped devices after every change of one that is a mirror. */
  readonly watchDevices?: DeviceWatch;
  /** A conversion that was cut short waits for somebody's word; default: it goes on by itself. */
  readonly asks?: boolean;
  /** Of device-mapper; default: none of its writes is answered before it is done. */
  readonly deviceMapper?: Pick<DmOptions, 'writeBehind'>;
  /** The engine ends as if its machine had lost power; default: it cannot. */
  readonly cutPower?: () => Promise<void>;
}
