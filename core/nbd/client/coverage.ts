/** Which bytes of a read have come: every one has to, and none twice. */
export class Coverage {
  /** Apart from each other, ascending: from, to. */
  private readonly runs: { from: number; to: number }[] = [];
  private count = 0;

  constructor(private readonly length: number) {}

  get whole(): boolean {
    return this.count === this.length;
  }

  /** @returns false where the run is empty, lies outside, or was there before */
  add(from: number, to: number): boolean {
    if (!(from >= 0 && from < to && to <= this.length)) return false;
    const { runs } = this;
    let at = runs.length;
    // Servers answer in order, as good as always.
    while (at > 0 && (runs[at - 1]?.from ?? 0) >= to) at--;
    const before = runs[at - 1];
    const after = runs[at];
    if (before && before.to > from) return false;
    this.count += to - from;
    if (before?.to === from) {
      before.to = after?.from === to ? after.to : to;
      if (after?.from === to) runs.splice(at, 1);
    } else if (after?.from === to) after.from = from;
    else runs.splice(at, 0, { from, to });
    return true;
  }
}
