/**
 * The role of dmeventd (reference 7.3, 7.4): watches the mirrors of volumes and has those repaired
 * that lost a leg or their log, by the command line that a person would type, and the stores of
 * snapshots (watched-stores.ts). Who runs it decides what is done: the policies of the lab.
 */
import { must } from '../base/assert.ts';
import { err, ok } from '../base/result.ts';
import type { CommandResult } from '../contract/api.ts';
import type { EventBody } from '../contract/events.ts';
import type { DmDeviceState } from '../contract/state.ts';
import type { DmChange } from '../dm/change.ts';
import type { DeviceMapper } from '../dm/device-mapper.ts';
import { mirrorsOf, type MirrorStatus } from '../lvm/activate/mirror-status.ts';
import { splitDmName } from '../lvm/activate/names.ts';
import { failureWords, monitorWords } from '../report/monitor-words.ts';
import type { ReportSource } from '../report/source.ts';
import type { Jobs } from './jobs.ts';
import { isSnapshotDevice, WatchedStores } from './watched-stores.ts';

export interface MonitorHost {
  readonly dm: Pick<DeviceMapper, 'state' | 'list'>;
  /** Runs between two operations. */
  inTurn<T>(work: () => Promise<T>): Promise<T>;
  readonly jobs: Pick<Jobs, 'start'>;
  publish(body: EventBody): void;
}

/** Runs a command line, in its turn. */
type Runner = (argv: readonly string[]) => Promise<CommandResult>;

const STAYS = 'the monitor does it by itself, and half a repair helps nobody';

export class Monitor {
  private run: Runner | undefined;
  private usual: () => boolean = () => true;
  private threshold: () => number | undefined = () => undefined;
  /** By UUID, of which something was said. */
  private readonly told = new Map<string, boolean>();
  /** By UUID: the failure that something was done about. */
  private readonly handled = new Map<string, string>();
  private readonly due = new Set<string>();
  private readonly suspended = new Set<string>();
  private repairing: string | undefined;
  private working: Promise<void> | undefined;
  private closed = false;
  private readonly stores: WatchedStores;

  constructor(private readonly host: MonitorHost) {
    this.stores = new WatchedStores({
      say: (device, message) => {
        this.say(device, message);
      },
      run: (argv) => must(this.run, 'who runs lines for the monitor')(argv),
      threshold: () => this.threshold(),
    });
  }

  /**
   * From now on it watches.
   * @param usual whether it watches volumes of which nothing was said
   * @param threshold how full a store may be before it is extended, in percent; undefined: it is
   *   not, however full
   */
  connect(run: Runner, usual: () => boolean, threshold?: () => number | undefined): void {
    this.run = run;
    this.usual = usual;
    if (threshold) this.threshold = threshold;
  }

  get byDefault(): boolean {
    return this.usual();
  }

  /** As reports have it: where nothing is to be watched LVM does not ask. */
  get shown(): Pick<ReportSource, 'monitored'> {
    const { monitored } = this;
    return monitored && (this.byDefault || monitored.size > 0) ? { monitored } : {};
  }

  /** UUIDs of the devices that it watches; undefined: it watches nothing at all. */
  get monitored(): ReadonlySet<string> | undefined {
    if (!this.run) return undefined;
    const watched = this.host.dm.list().filter((one) => this.isWatched(one));
    return new Set(watched.map(({ uuid }) => uuid));
  }

  /** @param uuids of devices, until they go away */
  watch(uuids: Iterable<string>, watched: boolean): void {
    for (const uuid of uuids) this.told.set(uuid, watched);
  }

  changed(change: DmChange): void {
    if (change.kind === 'removed') this.forgetRemoved();
    const touched = change.kind === 'device' ? change.name : undefined;
    if (touched !== undefined && touched !== this.repairing) this.forget(touched);
    if (change.kind === 'event' || change.kind === 'chunks') this.look(change.name);
    if (touched !== undefined && this.suspended.has(touched)) this.look(touched);
  }

  /** Resolves once nothing is to be done any more. */
  async idle(): Promise<void> {
    while (this.working) await this.working;
  }

  /** What it knows of is repaired to the end; then it watches no more. */
  async close(): Promise<void> {
    await this.idle();
    this.closed = true;
  }

  private look(name: string): void {
    if (!this.run || this.closed) return;
    this.due.add(name);
    this.working ??= this.work().finally(() => {
      this.working = undefined;
    });
  }

  private async work(): Promise<void> {
    for (let [name] = this.due; name !== undefined; [name] = this.due) {
      this.due.delete(name);
      await this.check(name);
    }
  }

  private async check(name: string): Promise<void> {
    const device = await this.host.inTurn(() => Promise.resolve(this.host.dm.state(name)));
    this.suspended.delete(name);
    if (!device || !this.isWatched(device)) return;
    if (device.suspended) {
      this.suspended.add(name);
      return;
    }
    if (isSnapshotDevice(device)) {
      await this.stores.check(device);
      return;
    }
    const mirrors = mirrorsOf(device);
    const failures = mirrors.flatMap(failureWords);
    if (failures.length === 0) {
      this.handled.delete(device.uuid);
      const inSync = mirrors.every(({ inSync: done, regions }) => done === regions);
      if (inSync) this.say(name, monitorWords.inSync(name));
      return;
    }
    const failure = JSON.stringify([device.live?.map(({ params }) => params), failures]);
    if (this.handled.get(device.uuid) === failure) return;
    this.handled.set(device.uuid, failure);
    for (const message of failures) this.say(name, message);
    if (!mirrors.some(isBroken)) return;
    this.repairing = name;
    await this.repair(name);
    this.repairing = undefined;
    const after = mirrorsOf(this.host.dm.state(name));
    if (after.flatMap(failureWords).length === 0) this.handled.delete(device.uuid);
  }

  private async repair(name: string): Promise<void> {
    const { run } = this;
    if (!run) return;
    this.say(name, monitorWords.failure(name));
    const volume = volumeOf(name);
    const { ended } = this.host.jobs.start({
      kind: 'repair',
      title: `Repair ${volume}`,
      volume,
      total: 0,
      stays: STAYS,
      work: async () => {
        const { status, output } = await run(['lvconvert', '--repair', '--use-policies', volume]);
        if (status === 0) return ok();
        const last = output.findLast(({ stream }) => stream === 'stderr')?.text.trim();
        return err((last ?? `status ${status}`).replace(/\.$/, ''));
      },
    });
    const { phase } = await ended;
    if (phase === 'done') this.say(name, monitorWords.repaired(name));
    else for (const message of monitorWords.unrepaired(name)) this.say(name, message);
  }

  private say(device: string, message: string): void {
    this.host.publish({ kind: 'monitor', device, message });
  }

  private isWatched({ uuid, name, live }: DmDeviceState): boolean {
    if (!this.run || !uuid.startsWith('LVM-') || PVMOVE.test(name)) return false;
    const isWorth = live?.some(({ type }) => WATCHED.includes(type)) ?? false;
    return isWorth && (this.told.get(uuid) ?? this.byDefault);
  }

  /** Somebody did something about it: the same failure is another one then. */
  private forget(name: string): void {
    const uuid = this.handled.size > 0 ? this.host.dm.state(name)?.uuid : undefined;
    if (uuid !== undefined) this.handled.delete(uuid);
  }

  /** One that was renamed is still there. */
  private forgetRemoved(): void {
    if (this.told.size === 0 && this.handled.size === 0 && this.stores.isEmpty) return;
    const there = new Set(this.host.dm.list().map(({ uuid }) => uuid));
    this.stores.forget(there);
    for (const uuid of this.told.keys()) if (!there.has(uuid)) this.told.delete(uuid);
    for (const uuid of this.handled.keys()) if (!there.has(uuid)) this.handled.delete(uuid);
  }
}

/** Types of targets. */
const WATCHED: readonly string[] = ['mirror', 'snapshot'];

/** A move of extents is a mirror for a while, of which nobody keeps a copy. */
const PVMOVE = /-pvmove\d+$/;

/** Failures that are repaired; others are only told. */
const BROKEN: readonly string[] = ['D', 'F', 'U'];

const isBroken = ({ legs, log }: MirrorStatus): boolean =>
  [...legs, ...(log ? [log] : [])].some(({ health }) => BROKEN.includes(health));

/** `vg/home`: a part that is a mirror by itself is repaired with the volume that it belongs to. */
function volumeOf(name: string): string {
  const { vg, lv } = splitDmName(name);
  return `${vg}/${lv.replace(/_(mimagetmp_\d+|mlog)$/, '')}`;
}
