/** An engine and its monitor on disks of a test, in simulated time, not yet started. */
import { ok } from '../../core/base/result.ts';
import { splitCommandLine } from '../../core/base/words.ts';
import { LocalEngineApi } from '../../core/cli/api.ts';
import type { BlockDevice } from '../../core/block/device.ts';
import type { CommandResult, EngineApi } from '../../core/contract/api.ts';
import type { DiskFault } from '../../core/contract/faults.ts';
import type { DevNo } from '../../core/contract/units.ts';
import { sharedLogs } from '../../core/dm/one-log-user.ts';
import type { OpenDevice } from '../../core/dm/open-device.ts';
import type { BackupStore } from '../../core/engine/backup-store.ts';
import { BreakableDisks } from '../../core/engine/breakable-disks.ts';
import { fixedDisks, type EngineDisk } from '../../core/engine/disk-keeper.ts';
import { Engine } from '../../core/engine/engine.ts';
import { PartitionedDisks } from '../../core/engine/partitioned-disks.ts';
import type { SettingsStore } from '../../core/engine/settings-store.ts';
import type { Random } from '../../core/env/prng.ts';
import type { SimScheduler } from '../../core/env/sim-scheduler.ts';
import { whyFailed } from '../../core/report/errors.ts';
import { noticeLine } from '../../core/report/notices.ts';
import { expectOneLogUser } from './one-log-user.ts';

export interface SimEngineParts {
  readonly scheduler: SimScheduler;
  /** Of identifiers. */
  readonly ids: Random;
  /** `/dev/sda` and so on, in their order. */
  readonly devices: readonly BlockDevice[];
  /** What is broken, by path; kept up to date. */
  readonly faults: Map<string, readonly DiskFault[]>;
  readonly backups: BackupStore;
  readonly settings: SettingsStore;
  /** Copies that were cut short wait for somebody's word. */
  readonly asks?: boolean;
}

const WALL = 1_795_216_703;

/** Throws out of whatever is done when two running mirrors use one log. */
export async function simEngine(parts: SimEngineParts): Promise<Engine> {
  const { scheduler, devices, faults, backups, settings, asks = false } = parts;
  const images = devices.map((device, index): EngineDisk => {
    const devno = `8:${index * 16}` as DevNo;
    return { path: `/dev/${device.name}`, devno, device, mode: 'live', image: device.name };
  });
  const keeper = {
    ...fixedDisks(images),
    faults,
    rememberFaults: (path: string, now: readonly DiskFault[]) => {
      faults.set(path, now);
      return Promise.resolve(ok());
    },
  };
  const engine = new Engine({
    env: {
      scheduler,
      random: parts.ids,
      wallClock: () => WALL,
      hostName: 'lvmhost',
      hostDescription: 'Linux lvmhost',
    },
    lab: { name: 'test', directory: '/' },
    keeper: await PartitionedDisks.over(new BreakableDisks(keeper, scheduler)),
    backups,
    sentenceOf: (notice) => noticeLine(notice).text,
    reasonOf: whyFailed,
    settings,
    generator: 'LV Studio',
    watchDevices: (all) => {
      expectOneLogUser(sharedLogs(all), 'at work');
    },
    asks,
  });
  const api = new LocalEngineApi(engine);
  const monitors = (): boolean => settings.settings['activation/monitoring'] !== 0;
  engine.monitor.connect((argv) => api.command(argv), monitors);
  return engine;
}

/** A command line as somebody types it. */
export function runLine(api: Pick<EngineApi, 'command'>, line: string): Promise<CommandResult> {
  const words = splitCommandLine(line);
  if (!words.ok) throw new Error(`${line}: ${words.error.why}`);
  return api.command(words.value);
}

/** Of the group `vg`; undefined where it cannot be opened. */
export async function volumeOf(engine: Engine, lv: string): Promise<OpenDevice | undefined> {
  const opened = await engine.openVolume({ vg: 'vg', lv });
  return opened.ok ? opened.value.device : undefined;
}
