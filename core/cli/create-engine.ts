/** An engine with its contract around it: what a host needs to open a lab. */
import type { EngineApi } from '../contract/api.ts';
import type { LabState } from '../contract/state.ts';
import { MemoryBackups, type BackupStore } from '../engine/backup-store.ts';
import type { ExportHost } from '../engine/exports.ts';
import { BreakableDisks } from '../engine/breakable-disks.ts';
import type { DeviceWatch } from '../engine/dm-news.ts';
import { fixedDisks, type EngineDisk, type ImageKeeper } from '../engine/disk-keeper.ts';
import { Engine } from '../engine/engine.ts';
import type { Era } from '../lvm/activate/device-tree.ts';
import type { FileHost } from '../engine/extract.ts';
import { PartitionedDisks } from '../engine/partitioned-disks.ts';
import { MemorySettings, type SettingsStore } from '../engine/settings-store.ts';
import type { Env } from '../env/index.ts';
import { whyFailed } from '../report/errors.ts';
import { noticeLine } from '../report/notices.ts';
import { LocalEngineApi } from './api.ts';

/** Bytes. */
const WRITE_BEHIND = 64 * 2 ** 20;

export interface CreateEngine {
  readonly env: Env;
  readonly lab: LabState['lab'];
  /** The disks alone, where they stay as they are. */
  readonly disks: readonly EngineDisk[] | ImageKeeper;
  /** Default: in memory, gone with the engine. */
  readonly backups?: BackupStore;
  /** Default: nothing outside reaches the volumes. */
  readonly exportHost?: ExportHost;
  /** Default: nothing can be written outside. */
  readonly files?: FileHost;
  /** Default: in memory, gone with the engine. */
  readonly settings?: SettingsStore;
  /** Of the machine that the lab stands for; default: none. */
  readonly systemId?: string;
  /** How devices are changed; default: as LVM does it now. */
  readonly era?: Era;
  /** Sees all mapped devices after every change of one that is a mirror. */
  readonly watchDevices?: DeviceWatch;
  /** A conversion that was cut short waits for somebody's word; default: it goes on, as in LVM. */
  readonly asks?: boolean;
  /** Whoever has the lab open closes this engine, and opens another; default: nobody does. */
  readonly openAnew?: () => void;
}

export interface RunningEngine {
  readonly api: EngineApi;
  letGo(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Volumes are active when it resolves; `close` waits for what runs and takes them down. `letGo` is
 * called before it while calls are still open: it ends those that wait for somebody.
 */
export async function createEngine({
  env,
  lab,
  disks,
  backups = new MemoryBackups(),
  exportHost,
  files,
  settings = new MemorySettings(),
  systemId,
  era,
  watchDevices,
  asks = false,
  openAnew,
}: CreateEngine): Promise<RunningEngine> {
  const keeper = 'check' in disks ? disks : fixedDisks(disks);
  const breakable = new BreakableDisks(keeper, env.scheduler);
  const cutPower = async (): Promise<void> => {
    await breakable.cutOff();
    openAnew?.();
  };
  const engine = new Engine({
    env,
    lab,
    keeper: await PartitionedDisks.over(breakable),
    backups,
    sentenceOf: (notice) => noticeLine(notice).text,
    reasonOf: whyFailed,
    settings,
    generator: 'LV Studio 0.1.0',
    deviceMapper: { writeBehind: WRITE_BEHIND },
    ...(exportHost && { exportHost }),
    ...(files && { files }),
    ...(systemId === undefined ? {} : { systemId }),
    ...(era && { era }),
    ...(watchDevices && { watchDevices }),
    asks,
    ...(openAnew && { cutPower }),
  });
  const api = new LocalEngineApi(engine);
  const monitors = (): boolean => settings.settings['activation/monitoring'] !== 0;
  const threshold = (): number | undefined => {
    const set = settings.settings['activation/snapshot_autoextend_threshold'];
    return typeof set === 'number' ? set : undefined;
  };
  engine.monitor.connect((argv) => api.command(argv), monitors, threshold);
  await engine.start();
  return {
    api,
    letGo: () => engine.letGo(),
    close: () => engine.stop(),
  };
}
