/**
 * What dmeventd does about the stores of snapshots (reference 7.4): says when they get full, and
 * has them extended, as far as their policy says, by the command line that a person would type. It
 * looks whenever chunks were kept; the daemon looks every ten seconds, and may come too late.
 */
import type { CommandResult } from '../contract/api.ts';
import type { DmDeviceState } from '../contract/state.ts';
import { splitDmName } from '../lvm/activate/names.ts';
import {
  fullPercent,
  snapshotStatusOf,
  type SnapshotStatus,
} from '../lvm/activate/snapshot-status.ts';
import { LEAST_THRESHOLD, NEVER } from '../lvm/ops/snapshot/policy.ts';
import { storeWords } from '../report/monitor-words.ts';

/** From here on somebody is told, in percent. */
const TOLD_FROM = 80;
/** What happens at one figure happens again that much higher. */
const STEP = 5;

export interface StoreHost {
  say(device: string, message: string): void;
  /** Runs a command line, in its turn. */
  run(argv: readonly string[]): Promise<CommandResult>;
  /** `activation/snapshot_autoextend_threshold`; absent: never. */
  readonly threshold: () => number | undefined;
}

interface Known {
  /** Sectors of the store: one of another size begins anew. */
  readonly total: number;
  /** In percent: fuller than this it is news again. */
  readonly next: number;
  /** Nothing can be done for it any more. */
  readonly lost?: true;
}

/** The device is a snapshot, and no part of one. */
export const isSnapshotDevice = ({ live }: DmDeviceState): boolean =>
  live?.some(({ type }) => type === 'snapshot') ?? false;

export class WatchedStores {
  /** By UUID of the snapshot's device. */
  private readonly known = new Map<string, Known>();

  constructor(private readonly host: StoreHost) {}

  get isEmpty(): boolean {
    return this.known.size === 0;
  }

  /** @param there UUIDs of the devices that are left */
  forget(there: ReadonlySet<string>): void {
    for (const uuid of this.known.keys()) if (!there.has(uuid)) this.known.delete(uuid);
  }

  async check(device: DmDeviceState): Promise<void> {
    const { uuid, name } = device;
    const status = snapshotStatusOf(device);
    if (!status) return;
    if (status.is !== 'good') {
      this.lost(uuid, name, status.is);
      return;
    }
    const full = fullPercent(status) ?? 0;
    const before = this.known.get(uuid);
    const next = before?.total === status.total ? before.next : LEAST_THRESHOLD;
    const isNews = full >= next;
    const step = STEP * (Math.floor(full / STEP) + 1);
    this.known.set(uuid, { total: status.total, next: isNews ? step : next });
    if (!isNews) return;
    if (full >= TOLD_FROM) this.host.say(name, storeWords.full(name, full));
    if ((this.host.threshold() ?? NEVER) < NEVER) await this.extend(name);
  }

  /** Said once. */
  private lost(uuid: string, name: string, is: Exclude<SnapshotStatus['is'], 'good'>): void {
    if (this.known.get(uuid)?.lost) return;
    this.known.set(uuid, { total: 0, next: LEAST_THRESHOLD, lost: true });
    const word = LOST[is];
    if (word !== undefined) this.host.say(name, storeWords.lost(name, word));
  }

  private async extend(name: string): Promise<void> {
    const { vg, lv } = splitDmName(name);
    const { status } = await this.host.run(['lvextend', '--use-policies', `${vg}/${lv}`]);
    if (status !== 0) this.host.say(name, storeWords.notExtended(name));
  }
}

const LOST: Partial<Record<SnapshotStatus['is'], string>> = {
  invalid: 'Invalid',
  overflowed: 'Overflow',
};
