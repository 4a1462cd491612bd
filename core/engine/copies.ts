/**
 * Mirrors whose legs are being made the same: each is a job, and what was begun with a layer is
 * finished when the copy is complete (the part of LVM's polling daemon; reference 10.7).
 */
import { err, ok, type Result } from '../base/result.ts';
import { SECTOR } from '../base/units.ts';
import type { VolumeError } from '../contract/errors.ts';
import type { JobState } from '../contract/jobs.ts';
import type { Copying } from '../contract/plan.ts';
import type { DmDeviceState } from '../contract/state.ts';
import type { DeviceMapper } from '../dm/device-mapper.ts';
import { sleep, type Scheduler } from '../env/scheduler.ts';
import { isInSync, mirrorsOf } from '../lvm/activate/mirror-status.ts';
import { dmName, REAL } from '../lvm/activate/names.ts';
import { isVisible } from '../lvm/format/model.ts';
import type { Request } from '../lvm/ops/index.ts';
import { isConverting } from '../lvm/ops/mirror/parts.ts';
import type { Scan } from '../lvm/scan-types.ts';
import type { Jobs } from './jobs.ts';
import type { Log } from './log-actions.ts';
import type { RunOutcome } from './types.ts';

/** How often a copy is looked at. */
const LOOKED_MICROS = 200_000;
/** Looks at a mirror with a failed part until its copy counts as given up. */
const PATIENCE = 25;

export interface CopyHost {
  readonly scheduler: Scheduler;
  readonly jobs: Jobs;
  readonly dm: Pick<DeviceMapper, 'state' | 'mirrors'>;
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

export class Copies {
  private readonly running = new Map<string, Copy>();

  constructor(private readonly host: CopyHost) {}

  /** What was begun before the lab was closed, or its machine lost, is finished. */
  resume({ vgs }: Pick<Scan, 'vgs'>): void {
    for (const { vg } of vgs) {
      for (const lv of vg.lvs.filter((one) => isVisible(one) && isConverting(one))) {
        if (this.device(vg.name, lv.name)) this.follow({ vg: vg.name, lv: lv.name });
      }
    }
  }

  /**
   * The copy of a volume that goes on, begun now where it did not.
   * @param log of what its end does, while somebody waits for it
   */
  follow({ vg, lv }: Copying, log?: Log): Copy {
    const volume = `${vg}/${lv}`;
    const known = this.running.get(volume);
    if (known) return known;
    const { host } = this;
    let failure: VolumeError | undefined;
    // While the volume is active.
    const look = () => this.device(vg, lv);
    const { ended } = host.jobs.start({
      kind: 'convert',
      title: `Synchronize ${volume}`,
      volume,
      total: bytesOf(look()),
      stays: 'the legs of a mirror have to be the same; lvconvert -m-1 takes a new leg back',
      work: async (control): Promise<Result<void, string>> => {
        let [seen, still] = [-1, 0];
        for (;;) {
          const device = look();
          // A repair may have left no mirror of it.
          if (!device || control.cancelled || mirrorsOf(device).length === 0) return ok();
          const now = percentOf(device) ?? 0;
          still = now === seen && this.hasFailed(dmName(vg, lv)) ? still + 1 : 0;
          seen = now;
          if (still > PATIENCE) return err('a leg or its log fails, and the copy does not go on');
          control.reach(Math.floor((bytesOf(device) * now) / 100));
          if (isInSync(device) && !device.suspended) break;
          await Promise.race([
            sleep(host.scheduler, LOOKED_MICROS, 'a look at a copy'),
            control.stopped,
          ]);
        }
        const finish = { verb: 'lvconvert', vg, lv, to: { kind: 'finish' } } as const;
        const finished = await host.change(finish, log);
        failure = finished.failure;
        return ok();
      },
    });
    const copy: Copy = {
      get percent() {
        return percentOf(look());
      },
      ended: ended.finally(() => this.running.delete(volume)),
      get failure() {
        return failure;
      },
    };
    this.running.set(volume, copy);
    return copy;
  }

  /** The one that runs its segments. */
  private device(vg: string, lv: string): DmDeviceState | undefined {
    const { dm } = this.host;
    return dm.state(dmName(vg, lv, REAL)) ?? dm.state(dmName(vg, lv));
  }

  /** A part of it, or of the layer under it, is not what it should be. */
  private hasFailed(name: string): boolean {
    const own = this.host.dm
      .mirrors()
      .filter(
        ({ device }) =>
          [name, `${name}-${REAL}`].includes(device) || device.startsWith(`${name}_mimagetmp_`),
      );
    return own.some(
      ({ legs, log, held }) =>
        held > 0 ||
        legs.some(({ health }) => health !== 'A') ||
        (log.kind === 'disk' && log.health !== 'A'),
    );
  }
}

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
