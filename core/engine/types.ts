/** The engine as the command line sees it; `Engine` (engine.ts) implements it. */
import type { ByteText } from '../base/byte-text.ts';
import type { Result } from '../base/result.ts';
import type { Notice, VolumeError } from '../contract/errors.ts';
import type { EventBody } from '../contract/events.ts';
import type { DiskState } from '../contract/state.ts';
import type { DiskChange } from './disk-keeper.ts';
import type { ExtractWorld } from './extract.ts';
import type { Plan } from '../contract/plan.ts';
import type { Era } from '../lvm/activate/device-tree.ts';
import type { Request } from '../lvm/ops/index.ts';
import type { Copies } from './copies.ts';
import type { Exports } from './exports.ts';
import type { Log } from './log-actions.ts';
import type { Monitor } from './monitor.ts';
import type { SettingsStore } from './settings-store.ts';
import type { Sight } from './sight.ts';
import type { DmRef, DmRequest } from './dm-request.ts';
import type { ScanDisk } from '../lvm/scan-types.ts';
import type { BackupStore } from './backup-store.ts';
import type { ReportSource } from '../report/source.ts';

/** What was said on the way, and why it ended early if it did. */
export interface RunOutcome {
  readonly said: readonly Notice[];
  readonly failure?: VolumeError;
}

/** The plan that is to be run, the one that was made or its alternative; or why none is. */
export type Accept = (plan: Plan) => Result<Plan, VolumeError>;

export interface CommandEngine extends ExtractWorld {
  /** Looks at all disks anew. */
  source(): Promise<ReportSource>;
  /** Plans against the disks as they are now. `commandLine` goes into the metadata. */
  plan(request: Request | DmRequest, commandLine: string): Promise<Result<Plan, VolumeError>>;
  /**
   * Plans again and runs, with no other operation in between; `accept` sees the plan first.
   */
  change(
    request: Request | DmRequest,
    commandLine: string,
    accept: Accept,
    log?: Log,
  ): Promise<{ readonly plan?: Plan } & RunOutcome>;
  /** The same, for a command that looks at a part of the lab. */
  seeing(sight: Sight): CommandEngine;
  /** Disks and mapped devices as they are now, without a look at what is on them. */
  blockDevices(): Pick<ReportSource, 'devices' | 'disks'>;
  /** Resolves once the event number of a device is another one than `seen`. */
  waitForEvent(device: DmRef, seen: number): Promise<Result<void, VolumeError>>;
  /** Resolves after so many seconds. */
  pause(seconds: number): Promise<void>;
  /** To be read as it is; undefined where the lab has no such disk, or it cannot be used. */
  disk(path: string): ScanDisk | undefined;
  readonly backups: BackupStore;
  /** A group as it was last seen, as a file of vgcfgbackup. */
  backupText(vg: string, description: string): Result<ByteText, VolumeError>;
  changeDisks(change: DiskChange): Promise<Result<readonly DiskState[], VolumeError>>;
  readonly exports: Exports;
  readonly copies: Copies;
  readonly monitor: Pick<Monitor, 'byDefault' | 'monitored' | 'watch'>;
  /** What the lab says of LVM's settings. */
  readonly settings: SettingsStore;
  publish(body: EventBody): void;
  /** Microseconds since 1970 (UTC), exact to the second only. */
  nowMicros(): number;
  readonly processId: number;
  /**
   * How many regions of a mirror are copied a second at most; 0: none, undefined: as many as can.
   * @param device default: all that have no limit of their own
   */
  throttle(limit: number | undefined, device?: string): Promise<Result<void, VolumeError>>;
  /**
   * No disk is written any more, and nothing is put in order: the lab is opened anew, as after its
   * machine lost power. Absent: nobody would open it.
   */
  readonly cutPower?: (() => Promise<void>) | undefined;
  /** Absent: the present. */
  readonly era?: Era | undefined;
  /** What the lab stands for; `systemId` where it has one. */
  readonly machine: { readonly hostName: string; readonly systemId?: string };
}
