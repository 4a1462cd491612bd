/** Breaks disks and lets them come back. */
import type { Mood } from './disks.ts';
import type { MirrorRun } from './run.ts';

const MOODS: readonly Mood[] = ['gone', 'gone', 'writes', 'reads', 'flushes', 'place'];

export class Gremlin {
  constructor(private readonly run: MirrorRun) {}

  async work(): Promise<void> {
    const { run } = this;
    const calm = run.calm * run.random.pick([1, 4, 15]);
    while (!run.over && !run.isOff) {
      await run.pause(calm);
      if (run.strict) await this.breakOne(calm);
      else this.breakAny();
    }
  }

  private breakAny(): void {
    const { run } = this;
    const disk = run.random.pick(run.disks);
    if (disk.mood !== 'well' && run.random.chance(70)) {
      disk.mood = 'well';
      run.tally.returned++;
    } else this.hurt(disk.index);
  }

  /** Only where all is well, and then nothing until it is so again. */
  private async breakOne(calm: number): Promise<void> {
    const { run } = this;
    const { state, setup } = run;
    if (!state || run.operator.busy) return;
    const well =
      state.inSync === state.regions &&
      state.held === 0 &&
      state.legs.every(({ health, dropped }) => health === 'A' && !dropped) &&
      (state.log.kind === 'core' || state.log.health === 'A');
    if (!well || run.disks.some(({ mood }) => mood !== 'well')) {
      await run.pause(calm);
      return;
    }
    // Nobody but an operator helps where the log fails and no write can be held.
    const parts = setup.kind === 'drop' ? setup.legs : [...setup.legs, setup.log ?? setup.legs[0]];
    const part = run.random.pick(parts);
    if (part === undefined) return;
    this.hurt(part);
    await run.operator.repaired();
    run.disk(part).mood = 'well';
    run.tally.returned++;
  }

  private hurt(index: number): void {
    const { run } = this;
    const disk = run.disk(index);
    disk.mood = run.random.pick(MOODS);
    disk.bad = { start: run.random.below(200), count: 1 + run.random.below(10) };
    run.tally.fault++;
    if (index === run.setup.log) run.tally.faultOfLog++;
    if (run.state && run.state.inSync < run.state.regions) run.tally.recovering++;
  }
}
