/** Suspends, repairs and changes a mirror, as LVM and its monitor would. */
import type { MirrorHealth } from '../../../core/contract/mirrors.ts';
import { must } from '../../support/results.ts';
import type { MirrorRun } from './run.ts';
import { tableOf } from './setup.ts';

const LEG_DISKS = [0, 1, 2, 3];
const LOG_DISKS = [4, 5];
const ACTS = ['rest', 'again', 'same', 'add', 'remove', 'log', 'throttle'] as const;

const hasFailed = (health: MirrorHealth): boolean => ['D', 'F', 'S'].includes(health);

export class Operator {
  /** In the middle of a change. */
  busy = false;
  private readonly acts: Record<(typeof ACTS)[number], number>;

  constructor(private readonly run: MirrorRun) {
    this.acts = run.random.weights(ACTS);
  }

  async work(): Promise<void> {
    const { run } = this;
    const calm = run.calm * run.random.pick([1, 3, 8]);
    while (!run.over) {
      await run.pause(calm);
      if (run.isOff) await this.swap('drain');
      else if (run.setup.kind === 'hold' && this.isBroken) await this.repair();
      else await this.act(run.random.weighted(this.acts));
    }
  }

  private get isBroken(): boolean {
    const { state } = this.run;
    if (!state) return false;
    const { log } = state;
    const logFailed = log.kind === 'disk' && hasFailed(log.health);
    return logFailed || state.legs.some(({ health }) => hasFailed(health));
  }

  /** Resolves once what the last fault did is repaired, or it did nothing for a while. */
  async repaired(): Promise<void> {
    const { run } = this;
    for (let turns = 0; turns < 40 && !run.over && !run.isOff; turns++) {
      await run.pause(20_000);
      if (run.setup.kind === 'hold' && turns > 20 && !this.isBroken) return;
    }
    if (run.setup.kind === 'drop') return;
    while (!run.over && !run.isOff && this.isBroken) await run.pause(20_000);
  }

  private async act(kind: (typeof ACTS)[number]): Promise<void> {
    const { run } = this;
    const { setup, state } = run;
    // Two things at a time are one too many: what was out of sync could not be read any more.
    if (run.strict && run.disks.some(({ mood }) => mood !== 'well')) return;
    switch (kind) {
      case 'rest':
        return;
      case 'again':
        return this.swap(this.how);
      case 'same':
        return this.swap(this.how, () => this.load());
      case 'throttle':
        must(run.dm.throttle(run.random.pick([undefined, 3, 50, 1000])));
        return;
      case 'add':
        return this.add();
      case 'remove':
        // Only what all legs have does the log of fewer legs vouch for.
        if (setup.kind === 'hold' && setup.legs.length > 2 && state) return this.reduce([]);
        return;
      case 'log':
        if (setup.kind === 'hold' && state) return this.replaceLog();
    }
  }

  private get how(): 'hold' | 'drain' {
    return this.run.strict || this.run.random.chance(70) ? 'hold' : 'drain';
  }

  /** A leg that holds anything at all joins; everything is copied from the one that is right. */
  private add(): Promise<void> {
    const { run } = this;
    const { setup } = run;
    const spare = LEG_DISKS.filter(
      (index) => !setup.legs.includes(index) && run.disk(index).mood === 'well',
    );
    const first = setup.legs.length === 1 ? setup.legs[0] : undefined;
    if (spare.length === 0 || setup.kind === 'drop') return Promise.resolve();
    return this.swap('hold', () => {
      const primary = first ?? this.primary;
      const others = setup.legs.filter((index) => index !== primary);
      setup.legs = [primary, ...others, run.random.pick(spare)];
      this.load('sync');
      run.tally.legAdded++;
    });
  }

  private get primary(): number {
    const { setup, state } = this.run;
    return setup.legs[state?.primary ?? 0] ?? 0;
  }

  /** The monitor's work: without the legs that failed, with a log that works. */
  private async repair(): Promise<void> {
    const { run } = this;
    const { state, setup } = run;
    if (!state) return;
    const failed = setup.legs.filter((_, at) => hasFailed(state.legs[at]?.health ?? 'A'));
    if (failed.length >= setup.legs.length || failed.includes(this.primary)) {
      // Nothing is left to go on with, or the only leg that is complete has failed.
      await this.swap(run.strict ? 'hold' : 'drain');
    } else if (failed.length > 0) await this.reduce(failed);
    else await this.replaceLog();
  }

  private reduce(failed: readonly number[]): Promise<void> {
    const { run } = this;
    return this.swap('hold', () => {
      const { primary } = this;
      const gone = failed.length > 0 ? failed : run.setup.legs.slice(-1);
      if (gone.includes(primary)) return;
      const left = run.setup.legs.filter((index) => !gone.includes(index) && index !== primary);
      run.setup.legs = [primary, ...left];
      this.load();
      run.tally.legRemoved++;
    });
  }

  private replaceLog(): Promise<void> {
    const { run } = this;
    const { setup } = run;
    const others = LOG_DISKS.filter(
      (index) => index !== setup.log && run.disk(index).mood === 'well',
    );
    return this.swap('hold', () => {
      const { state } = run;
      const { primary } = this;
      const complete =
        state?.inSync === state?.regions && state?.legs.every(({ health }) => health === 'A');
      setup.legs = [primary, ...setup.legs.filter((index) => index !== primary)];
      setup.log = run.random.chance(70) ? others[0] : undefined;
      this.load(complete && run.random.chance(70) ? 'nosync' : 'sync');
      run.tally.logReplaced++;
    });
  }

  private load(word?: 'sync' | 'nosync'): void {
    const { dm, setup } = this.run;
    if (word) setup.isNew = true;
    must(dm.load('vol', [tableOf(setup, word ?? (setup.isNew ? 'sync' : undefined))]));
  }

  private async swap(inFlight: 'hold' | 'drain', act?: () => void): Promise<void> {
    const { run } = this;
    if (this.busy) return;
    this.busy = true;
    this.count();
    must(await run.dm.suspend('vol', { inFlight, freeze: false }));
    const queued = run.dm.state('vol')?.queued ?? 0;
    if (inFlight === 'hold') run.tally.requeued += queued;
    else run.tally.drained++;
    act?.();
    must(await run.dm.resume('vol'));
    run.noteLog();
    this.busy = false;
  }

  /** What the mirror came to between two changes. */
  private count(): void {
    const { state, tally } = this.run;
    if (!state) return;
    tally.held += state.held;
    tally.copied += state.inSync;
    if (state.primary > 0) tally.primaryMoved++;
    if (state.legs.some(({ dropped }) => dropped)) tally.dropped++;
  }

  /** Without power nobody waits for a repair. */
  async letGo(): Promise<void> {
    const { state, tally } = this.run;
    if (state?.legs.some(({ dropped }) => dropped)) tally.cutWhileDropped++;
    while (!this.run.over) {
      await this.run.pause(5000);
      await this.swap('drain');
    }
  }

  /** With disks that all work: everything gets everywhere. */
  async makeWhole(): Promise<void> {
    const { run } = this;
    must(run.dm.throttle(undefined));
    await this.swap('hold');
    for (let turns = 0; turns < 100; turns++) {
      await run.pause(100_000);
      const { state } = run;
      if (!state || (state.inSync === state.regions && state.held === 0)) return;
      if (turns % 10 === 9) await this.swap('hold');
    }
    throw new Error('the mirror does not come to rest');
  }
}
