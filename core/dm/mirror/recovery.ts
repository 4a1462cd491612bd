/** Copies what is not the same on all legs, region by region (reference 7.1). */
import { sectors } from '../../base/units.ts';
import type { CopyOutcome } from '../kcopyd.ts';
import { Pace } from '../kcopyd.ts';
import type { TargetHost } from '../target.ts';
import type { MirrorSet } from './mirror-set.ts';

/** Regions that are copied at a time; the kernel copies one, and waits for the disks in between. */
const AT_ONCE = 4;
/** While somebody else uses the disks, of a mirror that is nobody's protection. */
const AT_ONCE_BESIDE = 1;
/** Then it rests so many times as long as it has copied. */
const REST = 3;

export class Recovery {
  /** Regions that are being copied, or are to be as soon as nothing is written there. */
  private count = 0;
  /** Those of them whose copy is the same by now; the log does not know yet. */
  private copied = 0;
  private stopped = true;
  private going = false;
  private readonly pace: Pace;
  /** Somebody used the mirror while the last region was copied. */
  private beside = false;
  /** Until then nothing is begun, in microseconds of the scheduler. */
  private restsUntil = 0;
  private waking = false;
  private ended: (() => void)[] = [];

  constructor(
    private readonly set: MirrorSet,
    private readonly host: TargetHost,
    /** Whether it leaves the disks to those who use the mirror meanwhile. */
    private readonly givesWay: boolean,
  ) {
    this.pace = new Pace(host.throttle, host.scheduler, () => {
      this.go();
    });
  }

  get isWorking(): boolean {
    return this.count > 0;
  }

  start(): void {
    this.stopped = false;
    this.pace.open();
    this.go();
  }

  /** Begins nothing any more; what has begun is finished. */
  stop(): Promise<void> | undefined {
    this.stopped = true;
    this.pace.close();
    if (this.count === 0) return undefined;
    return new Promise((resolve) => {
      this.ended.push(resolve);
    });
  }

  /** Begins as many as it may. */
  go(): void {
    if (this.going) return;
    this.going = true;
    const most = this.beside ? AT_ONCE_BESIDE : AT_ONCE;
    while (!this.stopped && this.count < most && this.beginNext()) this.count++;
    this.going = false;
  }

  private beginNext(): boolean {
    const { log, regions } = this.set;
    if (log.syncCount === log.count || this.rests() || !this.pace.mayBegin()) return false;
    let region = log.nextToCopy();
    // The search may have begun anew amid those that are being copied.
    while (region !== undefined && regions.stateOf(region) === 'recovering') {
      region = log.nextToCopy();
    }
    if (region === undefined) return false;
    this.pace.began();
    if (regions.recover(region)) this.quiesced(region);
    return true;
  }

  /** Leaves the disks to others for a while; then it goes on by itself. */
  private rests(): boolean {
    const { scheduler } = this.host;
    const left = this.restsUntil - scheduler.now;
    if (left <= 0) return false;
    if (!this.waking) {
      this.waking = true;
      scheduler.after(left, 'a rest between two regions', () => {
        this.waking = false;
        this.go();
      });
    }
    return true;
  }

  /** The mirror itself writes nothing there any more. */
  quiesced(region: number): void {
    const others = this.set.gates.quiet(region, this.host.scheduler);
    if (others) void others.then(() => this.begin(region));
    else this.begin(region);
  }

  private begin(region: number): void {
    const { set, host } = this;
    const { served } = set.met;
    const began = host.scheduler.now;
    void this.copy(region).then((inSync) => {
      // A move is in no hurry; a mirror that is out of sync protects nothing.
      set.gates.look();
      this.beside = this.givesWay && set.met.served > served;
      const { now } = host.scheduler;
      if (this.beside) this.restsUntil = now + REST * (now - began);
      this.end(region, inSync);
    });
  }

  /** A write failed there before the copy began. */
  gaveUp(region: number): void {
    this.end(region, false);
  }

  private end(region: number, inSync: boolean): void {
    this.count--;
    if (inSync) this.copied--;
    const delayed = this.set.regions.recovered(region, inSync);
    this.set.settled();
    this.set.goOn(delayed);
    if (this.count === 0) {
      for (const tell of this.ended.splice(0)) tell();
    }
    this.go();
  }

  /** Whether all legs that the mirror works with are the same there now. */
  private async copy(region: number): Promise<boolean> {
    const { legs, regionSize, length } = this.set;
    const { primary } = legs;
    const at = region * regionSize;
    const place = (index: number) => {
      const { device, start } = legs.at(index).place;
      return { device, start: sectors(start + at) };
    };
    const others = legs.inUse.filter((index) => index !== primary);
    const outcome = await this.host.kcopyd.copy({
      from: place(primary),
      to: others.map(place),
      count: sectors(Math.min(regionSize, length - at)),
    });
    const inSync = this.judge(outcome, primary, others);
    if (!inSync) return false;
    this.copied++;
    if (!this.isLast || (await this.set.flushLegs())) return true;
    this.copied--;
    return false;
  }

  /**
   * After it all is in sync: somebody may take the leg away that had everything before. It alone
   * flushes: that takes long, and holds up what is copied meanwhile.
   */
  private get isLast(): boolean {
    const { log } = this.set;
    return log.syncCount + this.copied >= log.count;
  }

  private judge(
    { readFailed, writesFailed }: CopyOutcome,
    primary: number,
    others: readonly number[],
  ): boolean {
    if (readFailed) this.set.blame(primary, 'sync');
    const bad = others.filter((_, at) => writesFailed.has(at));
    for (const index of bad) this.set.blame(index, 'sync');
    const withoutBad = bad.length > 0 && this.set.drop(bad);
    return !readFailed && (bad.length === 0 || withoutBad);
  }
}
