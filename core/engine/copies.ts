/**
 * Mirrors whose legs are being made the same: each is a job, and what was begun with a layer is
 * finished when the copy is complete (the part of LVM's polling daemon; reference 10.7).
 */
import { must } from '../base/assert.ts';
import { err, ok, type Result } from '../base/result.ts';
import { SECTOR } from '../base/units.ts';
import type { VolumeError } from '../contract/errors.ts';
import type { JobChoices, JobState } from '../contract/jobs.ts';
import type { Copying } from '../contract/plan.ts';
import type { DmDeviceState } from '../contract/state.ts';
import type { DeviceMapper } from '../dm/device-mapper.ts';
import { sleep, type Scheduler } from '../env/scheduler.ts';
import { mirrorsOf } from '../lvm/activate/mirror-status.ts';
import { dmName, REAL } from '../lvm/activate/names.ts';
import { isVisible, type LogicalVolume, type VolumeGroup } from '../lvm/format/model.ts';
import type { Request } from '../lvm/ops/index.ts';
import { allImages, innermost, isConverting, layerOf } from '../lvm/ops/mirror/parts.ts';
import type { Scan } from '../lvm/scan-types.ts';
import type { JobControl, Jobs } from './jobs.ts';
import type { Log } from './log-actions.ts';
import type { RunOutcome } from './types.ts';

/** How often a copy is looked at. */
const LOOKED_MICROS = 200_000;
/** Looks at a mirror with a failed part until its copy counts as given up. */
const PATIENCE = 25;

export interface CopyHost {
  readonly scheduler: Scheduler;
  readonly jobs: Jobs;
  readonly dm: Pick<DeviceMapper, 'state' | 'mirrors' | 'holdCopies'>;
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
  readonly control: JobControl;
  /** @returns whether it could be done, if there was something to do */
  readonly finish: () => Promise<boolean>;
  /** Of one that waits for an answer: the name of its layer's device. */
  readonly layer: string | undefined;
}

export class Copies {
  private readonly running = new Map<string, RunningCopy>();

  constructor(private readonly host: CopyHost) {}

  /**
   * What was begun before the lab was closed, or its machine lost, is finished.
   * @param asks nothing of it is copied until somebody says that it shall go on
   */
  resume({ vgs }: Pick<Scan, 'vgs'>, asks = false): void {
    for (const { vg } of vgs) {
      for (const lv of vg.lvs.filter((one) => isVisible(one) && isConverting(one))) {
        const names = { vg: vg.name, lv: lv.name };
        if (!this.device(names) || this.running.has(volumeName(names))) continue;
        if (asks) this.begin(names, { question: questionOf(vg, lv) });
        else this.begin(names);
      }
    }
    if (asks) this.host.changed();
  }

  /**
   * The copy of a volume that goes on, begun now where it did not.
   * @param log of what its end does, while somebody waits for it
   */
  follow(copying: Copying, log?: Log): Copy {
    const known = this.running.get(volumeName(copying));
    known?.goOn();
    return known ?? this.begin(copying, { log });
  }

  private begin(
    { vg, lv }: Copying,
    { log, question }: { readonly log?: Log | undefined; readonly question?: Question } = {},
  ): RunningCopy {
    const volume = volumeName({ vg, lv });
    const { host } = this;
    const name = this.device({ vg, lv })?.name ?? dmName(vg, lv);
    if (question) host.dm.holdCopies(true, name);
    let failure: VolumeError | undefined;
    // While the volume is active.
    const look = () => this.device({ vg, lv });
    const { ended, goOn } = host.jobs.start({
      kind: 'convert',
      title: `Synchronize ${volume}`,
      volume,
      total: bytesOf(look()),
      stays: 'the legs of a mirror have to be the same; lvconvert -m-1 takes a new leg back',
      ...(question && { choices: question.choices }),
      work: (control) => {
        const finish = async (): Promise<boolean> => {
          const request = { verb: 'lvconvert', vg, lv, to: { kind: 'finish' } } as const;
          ({ failure } = await host.change(request, log));
          return failure === undefined;
        };
        return this.finished({ vg, lv }, { control, finish, layer: question?.layer });
      },
    });
    const release = (): void => {
      host.dm.holdCopies(false, name);
      host.changed();
    };
    const copy: RunningCopy = {
      get percent() {
        return percentOf(look());
      },
      ended: ended.finally(() => {
        this.running.delete(volume);
        release();
      }),
      get failure() {
        return failure;
      },
      goOn: () => {
        release();
        goOn();
      },
    };
    this.running.set(volume, copy);
    return copy;
  }

  /** The one that runs its segments. */
  private device({ vg, lv }: Copying): DmDeviceState | undefined {
    const { dm } = this.host;
    return dm.state(dmName(vg, lv, REAL)) ?? dm.state(dmName(vg, lv));
  }

  /** Resolves when there is nothing left to be copied and finished, or it was left as it is. */
  private async finished(
    copying: Copying,
    { control, finish, layer }: Work,
  ): Promise<Result<void, string>> {
    const { scheduler, dm } = this.host;
    const name = dmName(copying.vg, copying.lv);
    let [seen, still] = [-1, 0];
    for (;;) {
      const device = this.device(copying);
      const isOver = control.waits && layer !== undefined && !dm.state(layer);
      if (isOver) return err(device ? TAKEN_BACK : DOWN);
      // A repair may have left no mirror of it.
      if (!device || control.cancelled || mirrorsOf(device).length === 0) return ok();
      const now = percentOf(device) ?? 0;
      const stands = !control.waits && (now >= 100 || this.hasFailed(name));
      still = stands && now === seen ? still + 1 : 0;
      seen = now;
      if (still > PATIENCE) return err('a leg or its log fails, and the copy does not go on');
      control.reach(Math.floor((bytesOf(device) * now) / 100));
      if (now >= 100 && !device.suspended && !control.waits) {
        // Where something is lost that is for a repair, which may begin another copy.
        if (!(await finish()) || !this.hasLayer(name)) return ok();
      }
      await Promise.race([sleep(scheduler, LOOKED_MICROS, 'a look at a copy'), control.stopped]);
    }
  }

  private hasLayer(name: string): boolean {
    return this.host.dm.mirrors().some(({ device }) => isLayer(device, name));
  }

  /** A part of it, or of the layer under it, is not what it should be. */
  private hasFailed(name: string): boolean {
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

const TAKEN_BACK = 'it was taken back';
const DOWN = 'its volume is not active any more';

const volumeName = ({ vg, lv }: Copying): string => `${vg}/${lv}`;

/** What is asked about a conversion that was cut short. */
interface Question {
  readonly choices: JobChoices;
  /** Name of its layer's device. */
  readonly layer: string;
}

/** LVM's own lines: to watch it until it is done, and down to the images that it had. */
function questionOf(vg: VolumeGroup, lv: LogicalVolume): Question {
  const volume = volumeName({ vg: vg.name, lv: lv.name });
  const images = allImages(vg, innermost(vg, lv)).length;
  const takeBack = ['lvconvert', '-m', String(Math.max(0, images - 1)), volume];
  const layer = must(layerOf(vg, lv), 'the layer of a conversion');
  return {
    choices: { goOn: ['lvchange', '--poll', 'y', volume], takeBack },
    layer: dmName(vg.name, layer.name),
  };
}

const isLayer = (device: string, name: string): boolean => device.startsWith(`${name}_mimagetmp_`);

function percentOf(device: DmDeviceState | undefined): number | undefined {
  const mirrors = mirrorsOf(device);
  if (mirrors.length === 0) return device ? 100 : undefined;
  const inSync = mirrors.reduce((sum, one) => sum + one.inSync, 0);
  const regions = mirrors.reduce((sum, one) => sum + one.regions, 0);
  return (100 * inSync) / regions;
}

function bytesOf(device: DmDeviceState | undefined): number {
  const last = device?.live?.at(-1);
  return last ? (last.start + last.length) * SECTOR : 0;
}
