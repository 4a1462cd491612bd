/**
 * Mirrors whose legs are being made the same, moves of extents, snapshots that flow back into their
 * origins: each is a job. What was begun
 * with a layer is finished when the copy is complete, and the next piece of a move begins when one
 * is done (the part of LVM's polling daemon; reference 10.7, 10.9).
 */
import { err, ok, type Result } from '../base/result.ts';
import type { VolumeError } from '../contract/errors.ts';
import type { JobState } from '../contract/jobs.ts';
import type { Copying } from '../contract/plan.ts';
import type { DmDeviceState } from '../contract/state.ts';
import type { DeviceMapper } from '../dm/device-mapper.ts';
import { sleep, type Scheduler } from '../env/scheduler.ts';
import { dmName, REAL } from '../lvm/activate/names.ts';
import { runsMerge } from '../lvm/activate/merge-status.ts';
import type { Request } from '../lvm/ops/index.ts';
import type { Scan } from '../lvm/scan-types.ts';
import { cutShortIn, kindOf, type CopyKind, type Question } from './copy-kinds.ts';
import type { JobControl, Jobs } from './jobs.ts';
import type { Log } from './log-actions.ts';
import type { RunOutcome } from './types.ts';

/** Looks at a copy come ever less often, up to this. */
const LOOKED_MICROS = 200_000;
const MICROS = 1_000_000;
/** A piece of a move may be a few extents, and there may be thousands of pieces. */
const FIRST_LOOK_MICROS = 1_000;
/** Looks at a mirror with a failed part until its copy counts as given up. */
const PATIENCE = 25;

export interface CopyHost {
  readonly scheduler: Scheduler;
  readonly jobs: Jobs;
  readonly dm: Pick<DeviceMapper, 'state' | 'byUuid' | 'mirrors' | 'holdCopies' | 'stuckOn'>;
  /** The mirrors are held, or held no more. */
  changed(): void;
  /** Runs a request as an operation of its own. */
  change(request: Request, log?: Log): Promise<RunOutcome>;
}

/** One of them, as whoever waits for it sees it. */
export interface Copy {
  /** 0 to 100; undefined while the volume is not active. */
  readonly percent: number | undefined;
  readonly ended: Promise<JobState>;
  /** Once it has ended: why it could not be finished. */
  readonly failure: VolumeError | undefined;
}

interface RunningCopy extends Copy {
  /** Of one that was held until somebody says so: it goes on. */
  readonly goOn: () => void;
}

interface Work {
  readonly kind: CopyKind;
  /** It may be finished. */
  readonly isDue: () => boolean;
  readonly control: JobControl;
  /** @returns whether it could be done, if there was something to do */
  readonly finish: (device: DmDeviceState) => Promise<boolean>;
  /** Says why it could not be finished, where words for that are known. */
  readonly fail: (error: VolumeError | undefined) => void;
  /** Of one that waits for an answer: the name of its layer's device. */
  readonly layer: string | undefined;
  /** The device of the volume, while it runs what copies. */
  readonly look: () => DmDeviceState | undefined;
}

export class Copies {
  private readonly running = new Map<string, RunningCopy>();

  constructor(private readonly host: CopyHost) {}

  /**
   * What was begun before the lab was closed, or its machine lost, is finished.
   * @param asks nothing of it is copied until somebody says that it shall go on
   */
  resume({ vgs }: Pick<Scan, 'vgs'>, asks = false): void {
    for (const { copying, question } of vgs.flatMap(cutShortIn)) {
      if (!this.device(copying) || this.running.has(this.keyOf(copying))) continue;
      this.begin(copying, asks ? { question } : {});
    }
    if (asks) this.host.changed();
  }

  /**
   * The copy of a volume that goes on, begun now where it did not.
   * @param log of what its end does, while somebody waits for it
   */
  follow(copying: Copying, log?: Log): Copy {
    const known = this.running.get(this.keyOf(copying));
    known?.goOn();
    return known ?? this.begin(copying, { log });
  }

  private begin(
    copying: Copying,
    { log, question }: { readonly log?: Log | undefined; readonly question?: Question } = {},
  ): RunningCopy {
    const volume = volumeName(copying);
    const { host } = this;
    const kind = kindOf(copying);
    const key = this.keyOf(copying);
    const { name = dmName(copying.vg, copying.lv), uuid } = this.device(copying) ?? {};
    const hold = (on: boolean): void => {
      // It may have got another name meanwhile.
      const now = uuid === undefined ? undefined : host.dm.byUuid(uuid);
      host.dm.holdCopies(on, now?.name ?? name);
    };
    if (question) hold(true);
    let failure: VolumeError | undefined;
    let isDone = false;
    let due = host.scheduler.now + (copying.rests ?? 0) * MICROS;
    const isDue = () => host.scheduler.now >= due;
    // While the volume is active.
    const look = () => this.device(copying, uuid);
    const { ended, goOn } = host.jobs.start({
      ...kind.job,
      volume,
      total: kind.extent(look()).total,
      ...(question && { choices: question.choices }),
      hold: (on) => {
        hold(on);
        host.changed();
      },
      work: async (control) => {
        const finish = async (device: DmDeviceState): Promise<boolean> => {
          ({ failure } = await host.change(kind.finish(device), log));
          return failure === undefined;
        };
        const layer = question?.layer;
        const fail = (error: VolumeError | undefined): void => {
          failure = error;
        };
        const work = { kind, isDue, control, finish, fail, layer, look };
        const done = await this.finished(copying, work);
        isDone = done.ok && !control.cancelled;
        return done;
      },
    });
    const release = (): void => {
      hold(false);
      host.changed();
    };
    const copy: RunningCopy = {
      get percent() {
        return (kind.ends || copying.merges !== undefined) && isDone ? 100 : kind.percent(look());
      },
      ended: ended.finally(() => {
        this.running.delete(key);
        release();
      }),
      get failure() {
        return failure;
      },
      goOn: () => {
        due = host.scheduler.now;
        release();
        goOn();
      },
    };
    this.running.set(key, copy);
    return copy;
  }

  /**
   * The one that runs its segments; of a merge the origin's own, as long as it merges.
   * @param uuid of what it was before, by whatever name it goes now
   */
  private device({ vg, lv, merges }: Copying, uuid?: string): DmDeviceState | undefined {
    const { dm } = this.host;
    if (merges === undefined) return dm.state(dmName(vg, lv, REAL)) ?? dm.state(dmName(vg, lv));
    const origin = uuid === undefined ? dm.state(dmName(vg, lv)) : dm.byUuid(uuid);
    return runsMerge(origin) ? origin : undefined;
  }

  /** A mirror may be copied while a snapshot of it merges. */
  private keyOf(copying: Copying): string {
    if (copying.merges === undefined) return volumeName(copying);
    return `merge ${this.device(copying)?.uuid ?? volumeName(copying)}`;
  }

  /** Resolves when there is nothing left to be copied and finished, or it was left as it is. */
  private async finished(
    copying: Copying,
    { kind, isDue, control, finish, fail, layer, look }: Work,
  ): Promise<Result<void, string>> {
    const { scheduler, dm } = this.host;
    const name = dmName(copying.vg, copying.lv);
    let [seen, still, pause] = [-1, 0, kind.ends ? FIRST_LOOK_MICROS : LOOKED_MICROS];
    for (;;) {
      const device = look();
      const isOver = control.waits && layer !== undefined && !dm.state(layer);
      if (isOver) return err(device ? TAKEN_BACK : DOWN);
      if (kind.ends && !device && !control.cancelled) {
        control.takenBack();
        return err(GONE);
      }
      if (!device && this.isDown(copying) && !control.cancelled) {
        control.takenBack();
        return err(DOWN);
      }
      if (!device || control.cancelled || kind.isOver(device)) return ok();
      const failure = control.waits ? undefined : kind.failure?.(device);
      if (failure) {
        fail(failure.error);
        return err(failure.why);
      }
      const { done } = kind.extent(device);
      const isReady = isDue() && kind.isReady(device);
      const stands = !control.waits && (isReady || this.hasFailed(copying));
      still = stands && done === seen ? still + 1 : 0;
      if (done !== seen && kind.ends) pause = FIRST_LOOK_MICROS;
      seen = done;
      // By hand: its tables can be changed once somebody lets it go on.
      const stuck = device.suspended ? device.name : dm.stuckOn(device.name);
      if (still > PATIENCE) return err(stuck === undefined ? FAILS : `${stuck} is suspended`);
      control.reach(done);
      if (isReady && stuck === undefined && !control.waits) {
        // Where something is lost that is for a repair, which may begin another copy.
        const isFinished = await finish(device);
        const isLeft =
          kind.ends || copying.merges !== undefined ? look() !== undefined : this.hasLayer(name);
        if (!isFinished) return err(REFUSED);
        if (!isLeft) return ok();
      }
      await Promise.race([sleep(scheduler, pause, 'a look at a copy'), control.stopped]);
      pause = Math.min(LOOKED_MICROS, pause * 2);
    }
  }

  /** Of a merge: nobody merges any more, for the origin is not active. */
  private isDown({ vg, lv, merges }: Copying): boolean {
    return merges !== undefined && !this.host.dm.state(dmName(vg, lv));
  }

  private hasLayer(name: string): boolean {
    return this.host.dm.mirrors().some(({ device }) => isLayer(device, name));
  }

  /** A part of it, or of the layer under it, is not what it should be. */
  private hasFailed(copying: Copying): boolean {
    // A merge goes on, or says by itself that it does not.
    if (copying.merges !== undefined) return false;
    const name = dmName(copying.vg, copying.lv);
    const own = this.host.dm
      .mirrors()
      .filter(({ device }) => [name, `${name}-${REAL}`].includes(device) || isLayer(device, name));
    return own.some(
      ({ legs, log, held }) =>
        held > 0 ||
        legs.some(({ health }) => health !== 'A') ||
        (log.kind === 'disk' && log.health !== 'A'),
    );
  }
}

const FAILS = 'a leg or its log fails, and the copy does not go on';
const REFUSED = 'all is copied, but the change that should end it was refused';
const TAKEN_BACK = 'it was taken back';
const GONE = 'it was aborted, or its volume is not active any more';
const DOWN = 'its volume is not active any more';

const volumeName = ({ vg, lv }: Copying): string => `${vg}/${lv}`;

const isLayer = (device: string, name: string): boolean => device.startsWith(`${name}_mimagetmp_`);
