/** One run of a design, by a seed: writes, a leg that fails, a snapshot, a repair, a checker. */
import { must } from '../../base/assert.ts';
import type { Prng } from '../../env/prng.ts';
import type { SimScheduler } from '../../env/sim-scheduler.ts';
import type { Design, Finding } from './design.ts';
import { Content, FileSystem, firstWrong } from './file-system.ts';
import { Abandoned, Ground, SIZE, SNAP, VOLUME } from './ground.ts';
import { monitor, takeSnapshot } from './programs.ts';

export interface Outcome {
  readonly findings: readonly Finding[];
  readonly story: readonly string[];
  /** The mirror lost its leg, and was the better for it, while its volume was stopped. */
  readonly keptGoing: boolean;
}

/** Writes of each of those that use the volume. */
const WRITES = 8;
const LONGEST = 6;
/** In percent: so many runs have nobody past the file system. */
const FILES_ALONE = 40;

/** @returns what was found; throws what nothing explains */
export async function failingMirrorRun(
  design: Design,
  scheduler: SimScheduler,
  random: Prng,
): Promise<Outcome> {
  const ground = new Ground(design, scheduler, random, random.pick([2, 20, 100]));
  const { findings, story } = ground;
  await scheduler.until(ground.build());
  const device = opened(ground, VOLUME);
  const content = new Content(device, (why) => {
    story.push(`a write fails: ${why}`);
    findings.add('-EIO');
  });
  const files = new FileSystem(content);
  const run = new Run(ground, content, files);
  const ended = { all: false };
  const work = run.work().finally(() => {
    ended.all = true;
  });
  // What it throws is heard below.
  work.catch(() => undefined);
  await scheduler.drain();
  if (ended.all) await work;
  else run.stuck();
  if (findings.size === 0) await scheduler.until(run.check());
  return { findings: [...findings], story, keptGoing: ground.keptGoing };
}

class Run {
  private over = false;
  private kept: readonly (number | undefined)[] = [];

  constructor(
    private readonly ground: Ground,
    private readonly content: Content,
    private readonly files: FileSystem,
  ) {}

  async work(): Promise<void> {
    const { ground, files, content } = this;
    const past = ground.random.chance(FILES_ALONE) ? 0 : 2;
    const clients = [
      ...Array.from({ length: 2 }, () => this.client((...run) => files.write(...run))),
      ...Array.from({ length: past }, () => this.client((...run) => content.write(...run))),
    ];
    const watched = this.abandoned(monitor(ground, () => this.over));
    await Promise.all([...clients, this.breakLeg(), this.abandoned(this.snapshot())]);
    this.over = true;
    ground.tell();
    await watched;
  }

  /** Who has lost a race does nothing more. */
  private async abandoned(work: Promise<void>): Promise<void> {
    try {
      await work;
    } catch (failure) {
      if (!(failure instanceof Abandoned)) throw failure;
      this.over = true;
      this.files.thaw();
      await new Promise(() => undefined);
    }
  }

  private async snapshot(): Promise<void> {
    await this.ground.pause(WRITES * 4);
    await takeSnapshot(this.ground, this.files, () => {
      this.kept = [...this.content.now];
    });
  }

  private async breakLeg(): Promise<void> {
    const { ground } = this;
    await ground.pause(WRITES * 8);
    const leg = ground.random.pick(ground.legs);
    ground.story.push(`${leg.name} fails`);
    leg.isGone = true;
  }

  private async client(write: (start: number, count: number) => Promise<void>): Promise<void> {
    const { random } = this.ground;
    for (let left = WRITES; left > 0 && !this.over; left--) {
      await this.ground.pause(8);
      const start = 1 + random.below(SIZE - 1);
      await write(start, 1 + random.below(Math.min(LONGEST, SIZE - start)));
    }
  }

  /** Nothing is due any more, and somebody still waits. */
  stuck(): void {
    const { ground } = this;
    if (ground.findings.has('race')) return;
    const why = ground.lockWaits;
    if (why === undefined) throw new Error('everybody waits, and nobody for a lock');
    ground.story.push(why);
    ground.findings.add('deadlock');
  }

  /** The volume holds what it was told to, the snapshot what was there when it was suspended. */
  async check(): Promise<void> {
    const volume = await firstWrong(opened(this.ground, VOLUME), this.content.now);
    if (volume !== undefined) throw new Error(`the volume is wrong: sector ${volume}`);
    const snap = await firstWrong(opened(this.ground, SNAP), this.kept);
    if (snap !== undefined) throw new Error(`the snapshot is wrong: sector ${snap}`);
  }
}

function opened(ground: Ground, name: string) {
  const device = ground.dm.open(name);
  return must(device.ok ? device.value : undefined, name);
}
