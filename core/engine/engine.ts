/** An open lab: its disks, device-mapper above them, and the operations on both. */
import type { ByteText } from '../base/byte-text.ts';
import type { LvmId } from '../base/ids.ts';
import { ok, type Result } from '../base/result.ts';
import { Scratch } from '../base/scratch.ts';
import type { Notice, VolumeError } from '../contract/errors.ts';
import type { EngineEvent, EventBody } from '../contract/events.ts';
import type { Plan } from '../contract/plan.ts';
import type { DiskState, LabState } from '../contract/state.ts';
import type { DevNo } from '../contract/units.ts';
import { DeviceMapper } from '../dm/device-mapper.ts';
import { sleep } from '../env/scheduler.ts';
import { allGroups, withAccess } from '../lvm/access.ts';
import { bringUpPlan, comesUp } from '../lvm/activate/auto.ts';
import type { Era } from '../lvm/activate/device-tree.ts';
import { isOfVg } from '../lvm/activate/names.ts';
import type { LogicalVolume } from '../lvm/format/model.ts';
import { planRequest, type Request } from '../lvm/ops/index.ts';
import { surroundings } from '../lvm/ops/find.ts';
import { holderOf } from '../lvm/ops/lv-steps.ts';
import type { OpContext } from '../lvm/ops/context.ts';
import { TextCache, type Trust } from '../lvm/scan-pv.ts';
import { NOTHING_FOUND, scanDisks } from '../lvm/scan.ts';
import type { ScanDisk, ScannedVg } from '../lvm/scan-types.ts';
import type { ReportSource } from '../report/source.ts';
import type { BackupStore } from './backup-store.ts';
import { goOnAll, keepGoing, takeAllDown } from './all-devices.ts';
import { changeDisks } from './change-disks.ts';
import { diskState, isGone, isLookedAt, lookedAt } from './disk-keeper.ts';
import type { DiskChange } from './disk-keeper.ts';
import { AttachedDisks } from './attached-disks.ts';
import { Copies } from './copies.ts';
import { BackupWriter } from './perform-backup.ts';
import { LabelWriter } from './perform-label.ts';
import { MetadataWriter } from './perform-metadata.ts';
import { Projection } from './projection.ts';
import { isDmRequest, type DmRef, type DmRequest } from './dm-request.ts';
import { DmNews } from './dm-news.ts';
import { Exports } from './exports.ts';
import { opContext } from './op-context.ts';
import type { EngineOptions } from './options.ts';
import { openVolume, type OpenedVolume, type VolumeTarget } from './open-volume.ts';
import { NO_FILES, type FileHost } from './extract.ts';
import { Identity } from './identity.ts';
import { Jobs } from './jobs.ts';
import { Monitor } from './monitor.ts';
import { onceForAll } from './once-for-all.ts';
import { runOperation, type RunHow } from './operation.ts';
import { accepted, runChain } from './run-plan.ts';
import { findDevice, planDm } from './plan-dm.ts';
import type { Log } from './log-actions.ts';
import { lookFor, NewestVersions } from './newest-versions.ts';
import { MemorySettings, ToldSettings } from './settings-store.ts';
import { Turns } from './turns.ts';
import { withoutDevices, withSight, type Sight } from './sight.ts';
import { setThrottle } from './throttles.ts';
import type { Accept, CommandEngine, RunOutcome } from './types.ts';

export class Engine implements CommandEngine {
  private readonly dm: DeviceMapper;
  private readonly attached: AttachedDisks;
  private readonly projection: Projection;
  private readonly listeners = new Set<(event: EngineEvent) => void>();
  private operations = 0;
  private readonly texts = new TextCache();
  private readonly newest = new NewestVersions();
  /** For texts on their way to the disks. */
  private readonly scratch = new Scratch();
  /** What was found odd with the images and no command has said yet. */
  private unsaid: Notice[] = [];
  private latest = NOTHING_FOUND;
  private readonly turns = new Turns();
  readonly exports: Exports;
  readonly jobs: Jobs;
  readonly copies: Copies;
  readonly era: Era | undefined;
  readonly cutPower: CommandEngine['cutPower'];
  readonly monitor: Monitor;
  readonly settings: ToldSettings;
  readonly files: FileHost;
  private readonly news: DmNews;
  private readonly identity: Identity;
  private readonly startedMicros: number;
  private endLettingGo = (): void => undefined;

  constructor(private readonly options: EngineOptions) {
    const { scheduler } = options.env;
    [this.era, this.cutPower] = [options.era, options.cutPower];
    this.identity = new Identity(options);
    this.startedMicros = options.env.wallClock() * 1_000_000 - scheduler.now;
    const lookAgain = onceForAll(
      (work) => void this.inTurn(work),
      () => this.look('headers'),
    );
    this.settings = new ToldSettings(options.settings ?? new MemorySettings(), (settings) =>
      this.publish({ kind: 'settings', settings }),
    );
    this.dm = new DeviceMapper(
      (change) => {
        this.news.tell(change);
        this.monitor.changed(change);
        // What is in sync now shows in the attributes of volumes.
        if (change.kind === 'event') lookAgain();
      },
      { scheduler, limitOf: (uuid) => this.settings.limits.own?.[uuid], ...options.deviceMapper },
    );
    this.dm.throttle(this.settings.limits.all);
    const publish = (body: EventBody): void => {
      this.publish(body);
    };
    this.news = new DmNews(this.dm, publish, options.watchDevices);
    this.exports = new Exports({
      host: options.exportHost,
      scheduler,
      open: (target) => this.openVolume(target),
      isDevice: (name) => this.dm.state(name) !== undefined,
      changed: () => this.publish({ kind: 'exports', exports: this.exports.states }),
    });
    this.files = options.files ?? NO_FILES;
    this.jobs = new Jobs(scheduler, (jobs) => this.publish({ kind: 'jobs', jobs }));
    const change = (request: Request, log?: Log) => this.change(request, 'lvpoll', accepted, log);
    const { dm, jobs } = this;
    const changed = (): void => {
      this.news.tellCopies();
    };
    this.copies = new Copies({ scheduler, jobs, dm, change, changed });
    this.monitor = new Monitor({ dm, jobs, publish, inTurn: (work) => this.inTurn(work) });
    this.attached = new AttachedDisks(this.dm, options.keeper);
    this.attached.follow();
    const disks = options.keeper.disks.map(diskState);
    const known = { lab: options.lab, disks, settings: this.settings.state };
    this.projection = new Projection(known, options.sentenceOf, (event) => {
      for (const listener of [...this.listeners]) listener(event);
    });
  }

  /** Looks at the disks and brings up what comes up by itself. */
  async start(): Promise<void> {
    const { asks = false } = this.options;
    const source = await this.source();
    this.dm.holdCopies(asks);
    for (const scanned of source.scan.vgs) {
      const plan = this.activationPlan(scanned, comesUp(scanned.vg));
      if (plan.steps.length > 0) await this.run(plan);
    }
    await this.source();
    this.copies.resume(source.scan, asks);
    this.dm.holdCopies(false);
  }

  /** Takes every device down, those nothing else uses first. */
  async stop(): Promise<void> {
    await this.exports.close();
    await this.monitor.close();
    await this.jobs.close();
    this.endLettingGo();
    await this.inTurn(() => takeAllDown(this.dm));
  }

  /** A look at disks and devices, whatever happened to either. */
  source(sight?: Sight): Promise<ReportSource> {
    return this.look('texts', sight);
  }

  seeing(sight: Sight): CommandEngine {
    return withSight(this, sight);
  }

  private async look(
    trust: Trust,
    { devices: seen, deviceless, access }: Sight = {},
  ): Promise<ReportSource> {
    const changed = await this.attached.check();
    this.unsaid.push(...changed);
    const { disks } = this.options.keeper;
    const usable: readonly ScanDisk[] = disks
      .filter((one) => isLookedAt(one) && (seen?.includes(one.path) ?? true))
      .map(lookedAt);
    const inUse = (path: string): boolean => {
      const devno = this.devNoOf(path);
      return devno !== undefined && holderOf(this.dm.list(), devno) !== undefined;
    };
    const trusted = changed.length > 0 ? 'texts' : trust;
    const scanned = await scanDisks(usable, this.texts, trusted, inUse);
    const noticed = { ...scanned, notices: [...this.unsaid, ...scanned.notices] };
    const running = this.dm.list();
    const isActive = (id: LvmId): boolean => running.some(({ uuid }) => isOfVg(uuid, id));
    const scan = withAccess(noticed, access ?? this.identity.access, isActive);
    const devices = deviceless ? [] : running;
    const now = this.options.env.wallClock();
    const shown = disks.filter(({ path }) => seen?.includes(path) ?? true).map(diskState);
    const around = { now, ...(deviceless && { deviceless }), ...this.monitor.shown };
    const source = { scan, devices, disks: shown, ...around };
    // What one command leaves out is there for everybody else.
    if (seen ?? deviceless ?? access) return source;
    if (this.listeners.size === 0) this.projection.foundUnseen(source);
    else this.projection.found(source, this.options.env.scheduler.now);
    this.latest = scan;
    this.newest.saw(scan);
    return source;
  }

  async state(): Promise<LabState> {
    await this.source();
    this.projection.catchUp(this.dm.list(), this.options.env.scheduler.now);
    return this.projection.state;
  }

  async plan(
    request: Request | DmRequest,
    commandLine: string,
    sight: Sight = {},
  ): Promise<Result<Plan, VolumeError>> {
    if (isDmRequest(request)) return planDm(request, this.dm);
    const source = await lookFor(request, () => this.look('headers', sight));
    const context = this.context(source, commandLine, sight);
    if (!sight.deviceless) return planRequest(request, context);
    const plan = planRequest(request, { ...context, device: () => undefined });
    return plan.ok ? ok(withoutDevices(plan.value)) : plan;
  }

  /** Runs a plan that was made from the disks as they were; waits for the operation before it. */
  run(plan: Plan): Promise<RunOutcome> {
    return this.inTurn(() => this.runNow(plan));
  }

  /** Plans and runs without letting another operation in between. */
  change(
    request: Request | DmRequest,
    commandLine: string,
    accept: Accept,
    log?: Log,
    sight?: Sight,
  ): Promise<{ readonly plan?: Plan } & RunOutcome> {
    return this.turns.take(async (passOn) => {
      const plan = await this.plan(request, commandLine, sight);
      if (!plan.ok) return { said: [], failure: plan.error };
      const accepted = accept(plan.value);
      if (!accepted.ok) return { plan: plan.value, said: [], failure: accepted.error };
      // What it waits for may be for others to do: whoever comes next need not wait.
      const begun = request.verb === 'dm-suspend' ? passOn : undefined;
      return {
        plan: accepted.value,
        ...(await this.runNow(accepted.value, { log, sight, begun })),
      };
    });
  }

  async throttle(limit: number | undefined, device?: string): Promise<Result<void, VolumeError>> {
    const done = await setThrottle(this.dm, this.settings, limit, device);
    this.news.tellCopies();
    return done;
  }

  blockDevices(): Pick<ReportSource, 'devices' | 'disks'> {
    return { devices: this.dm.list(), disks: this.options.keeper.disks.map(diskState) };
  }

  pause(seconds: number): Promise<void> {
    return sleep(this.options.env.scheduler, seconds * 1_000_000, 'a pause between two reports');
  }

  /** Not in turn: what it waits for is another operation's doing. */
  async waitForEvent(device: DmRef, seen: number): Promise<Result<void, VolumeError>> {
    const found = findDevice(this.dm, 'waitevent', device);
    return found.ok ? this.dm.waitForEvent(found.value.name, seen) : found;
  }

  /**
   * Ends what waits for somebody, so that the engine can be closed: nobody waits for events any
   * more, and held I/O goes on or fails (all-devices.ts).
   */
  async letGo(): Promise<void> {
    this.dm.wake();
    await this.jobs.close();
    this.endLettingGo = await keepGoing(this.options.env.scheduler, async () => {
      await this.monitor.idle();
      await this.inTurn(() => goOnAll(this.dm));
    });
  }

  /** For reading and writing. */
  async openVolume(target: VolumeTarget): Promise<Result<OpenedVolume, VolumeError>> {
    const { scan } = await this.source();
    return openVolume(target, scan, this.dm);
  }

  changeDisks(change: DiskChange): Promise<Result<readonly DiskState[], VolumeError>> {
    return changeDisks(change, {
      keeper: this.options.keeper,
      attached: this.attached,
      inTurn: (work) => this.inTurn(work),
      look: () => this.source(),
      publish: (body) => this.publish(body),
      bringUp: async (scanned, wanted) => {
        const plan = this.activationPlan(scanned, wanted);
        if (plan.steps.length > 0) await this.runNow(plan);
      },
    });
  }

  publish(body: EventBody): void {
    this.newest.tell(body);
    // What a command's look at the disks found odd has been said with it.
    if (body.kind === 'command') this.unsaid = [];
    this.projection.publish(body, this.options.env.scheduler.now);
  }

  subscribe(listener: (event: EngineEvent) => void): () => void {
    // What happened before is no news for the first listener.
    this.projection.catchUp(this.dm.list(), this.options.env.scheduler.now);
    this.listeners.add(listener);
    this.dm.ioNews.on = true;
    return () => {
      this.listeners.delete(listener);
      this.dm.ioNews.on = this.listeners.size > 0;
    };
  }

  private runNow(whole: Plan, { log, sight, begun }: RunHow = {}): Promise<RunOutcome> {
    const { texts, scratch } = this;
    const { reasonOf, keeper } = this.options;
    const { disks } = keeper;
    const publish = this.publish.bind(this);
    const look = () => this.look('headers');
    const beside = { begun, look: () => this.inTurn(look) };
    const metadata = new MetadataWriter(disks, texts, scratch, publish, log);
    const tools = { dm: this.dm, labels: new LabelWriter(disks), metadata, log };
    return runChain(whole, async (plan) => {
      const performers = { ...tools, backups: this.backupWriter(sight) };
      const operation = ++this.operations;
      const host = { operation, performers, publish, reasonOf, look, ...(begun && beside) };
      const outcome = await runOperation(plan, host, log);
      if (!outcome.failure) for (const one of plan.begins ?? []) this.copies.follow(one, log);
      return outcome;
    });
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    return this.turns.take(work);
  }

  /** A disk that can be read; undefined where the lab has none of this path. */
  disk(path: string): ScanDisk | undefined {
    const found = this.options.keeper.disks.find((disk) => disk.path === path && !disk.problem);
    return found && !isGone(found) ? lookedAt(found) : undefined;
  }

  nowMicros(): number {
    return this.startedMicros + this.options.env.scheduler.now;
  }

  get processId(): number {
    return this.options.env.processId ?? 1;
  }

  get backups(): BackupStore {
    return this.options.backups;
  }

  backupText(vg: string, description: string, sight?: Sight): Result<ByteText, VolumeError> {
    return this.backupWriter(sight).textOf(vg, description);
  }

  /** What is kept of a group is kept whoever may use it. */
  private backupWriter(sight?: Sight): BackupWriter {
    return new BackupWriter(
      this.options.backups,
      () => ({ ...this.latest, vgs: allGroups(this.latest) }),
      (description) => this.identity.header(description, sight),
    );
  }

  get machine(): CommandEngine['machine'] {
    return this.identity.machine;
  }

  private context(source: ReportSource, commandLine: string, sight: Sight): OpContext {
    const header = this.identity.header(`Write from ${commandLine}.`, sight);
    const access = sight.access ?? this.identity.access;
    const { env, keeper } = this.options;
    const newest = (vg: string) => this.newest.of(vg);
    const told = { header, access, newest };
    const command = { env, commandLine, ...told, ...(this.era && { era: this.era }) };
    return opContext(source, { disks: keeper.disks, dm: this.dm }, command);
  }

  private activationPlan(scanned: ScannedVg, wanted: (lv: LogicalVolume) => boolean): Plan {
    const { dm, options } = this;
    const device = (uuid: string) => dm.byUuid(uuid);
    const { era, keeper } = options;
    const world = { disks: keeper.disks, device, ...(era && { era }) };
    return bringUpPlan(scanned, surroundings(world, scanned), dm.list(), wanted);
  }

  private devNoOf(path: string | undefined): DevNo | undefined {
    return this.options.keeper.disks.find((disk) => disk.path === path)?.devno;
  }
}
