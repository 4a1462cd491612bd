/** Requests under way to runs of chunks, for those who have to wait until none is left. */

interface Run {
  readonly first: number;
  readonly last: number;
}

export class TrackedRequests {
  private readonly runs = new Set<Run>();
  private readonly waiting: { readonly run: Run; readonly go: () => void }[] = [];

  /** @returns what has to be called once it has ended */
  begin(first: number, last: number): () => void {
    const run: Run = { first, last };
    this.runs.add(run);
    return () => {
      this.runs.delete(run);
      if (this.waiting.length > 0) this.letGo();
    };
  }

  /** Resolves once none of now is under way in these chunks; undefined: there is none. */
  clear(first: number, last: number): Promise<void> | undefined {
    const run = { first, last };
    if (!this.meets(run)) return undefined;
    return new Promise((go) => {
      this.waiting.push({ run, go });
    });
  }

  private meets({ first, last }: Run): boolean {
    for (const one of this.runs) if (one.first <= last && first <= one.last) return true;
    return false;
  }

  private letGo(): void {
    for (const one of this.waiting.splice(0)) {
      if (this.meets(one.run)) this.waiting.push(one);
      else one.go();
    }
  }
}
