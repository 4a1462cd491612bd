/** Chunks that are being copied into a store, in the order in which they count. */
import type { ExceptionRun } from './store.ts';

export class Pending implements ExceptionRun {
  stage: 'copying' | 'recording' = 'copying';
  /** Undefined: it is still being copied. */
  copied: boolean | undefined;
  /** Resolves once it is recorded and nobody reads the origin in its place, or it failed. */
  readonly ended: Promise<void>;
  private tell: () => void = () => undefined;

  constructor(
    readonly oldChunk: number,
    readonly newChunk: number,
    readonly count: number,
  ) {
    this.ended = new Promise((resolve) => {
      this.tell = resolve;
    });
  }

  end(): void {
    this.tell();
  }
}

/** Those of one snapshot. */
export class PendingRuns {
  private readonly byChunk = new Map<number, Pending>();
  private readonly order: Pending[] = [];

  constructor(
    /** Called for each run once it and all that began before it are copied, or could not be. */
    private readonly commit: (run: Pending, copied: boolean) => void,
  ) {}

  get isEmpty(): boolean {
    return this.byChunk.size === 0;
  }

  find(oldChunk: number): Pending | undefined {
    return this.byChunk.get(oldChunk);
  }

  /** In the order in which they are recorded. */
  list(most: number): readonly Pending[] {
    const found = new Set<Pending>();
    for (const run of this.byChunk.values()) {
      found.add(run);
      if (found.size === most) break;
    }
    return [...found];
  }

  begin(oldChunk: number, newChunk: number, count: number): Pending {
    const run = new Pending(oldChunk, newChunk, count);
    for (let at = 0; at < count; at++) this.byChunk.set(oldChunk + at, run);
    this.order.push(run);
    return run;
  }

  copied(run: Pending, done: boolean): void {
    run.copied = done;
    for (;;) {
      const [next] = this.order;
      if (next?.copied === undefined) return;
      this.order.shift();
      next.stage = 'recording';
      this.commit(next, next.copied);
    }
  }

  end(run: Pending): void {
    for (let at = 0; at < run.count; at++) this.byChunk.delete(run.oldChunk + at);
    run.end();
  }
}
