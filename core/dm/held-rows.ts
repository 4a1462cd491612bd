/** Runs of sectors, found by what they have in common with others. */

interface Run {
  readonly start: number;
  /** The first sector behind it. */
  readonly end: number;
}

/** Sectors of a row of the index: 64 KiB. */
const ROW = 128;

export class HeldRows<Of extends Run> {
  private readonly runs = new Set<Of>();
  private readonly rows = new Map<number, Of[]>();

  get isEmpty(): boolean {
    return this.runs.size === 0;
  }

  get all(): readonly Of[] {
    return [...this.runs];
  }

  add(run: Of): void {
    this.runs.add(run);
    for (const row of rowsOf(run)) {
      const there = this.rows.get(row);
      if (there) there.push(run);
      else this.rows.set(row, [run]);
    }
  }

  remove(run: Of): void {
    this.runs.delete(run);
    for (const row of rowsOf(run)) {
      const left = (this.rows.get(row) ?? []).filter((one) => one !== run);
      if (left.length > 0) this.rows.set(row, left);
      else this.rows.delete(row);
    }
  }

  meeting(start: number, count: number): readonly Of[] {
    if (this.isEmpty) return NONE;
    const end = start + count;
    const isMet = (one: Of): boolean => one.start < end && start < one.end;
    // What covers more rows than there are runs, such as a discard of a whole device.
    if (count / ROW > this.runs.size) return this.all.filter(isMet);
    const met = new Set<Of>();
    for (const row of rowsOf({ start, end })) {
      for (const one of this.rows.get(row) ?? []) if (isMet(one)) met.add(one);
    }
    return met.size === 0 ? NONE : [...met];
  }
}

const NONE: readonly never[] = [];

function* rowsOf({ start, end }: Run): Iterable<number> {
  const last = Math.floor((end - 1) / ROW);
  for (let row = Math.floor(start / ROW); row <= last; row++) yield row;
}
