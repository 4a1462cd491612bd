/**
 * Writes that share a block are made one after the other, in the order they came. A block that has
 * to be read first must not change meanwhile, and after a broken connection nobody could tell which
 * of two writes to one place was the later one.
 */
interface Turn {
  readonly start: number;
  readonly end: number;
  readonly ended: Promise<void>;
}

export class WriteTurns {
  private readonly turns = new Set<Turn>();

  /** Waits for every write before this one that touches sectors `start` to `end`. */
  async take(start: number, end: number): Promise<() => void> {
    let free = (): void => undefined;
    const ended = new Promise<void>((resolve) => {
      free = resolve;
    });
    const mine = { start, end, ended };
    const before: Promise<void>[] = [];
    for (const turn of this.turns) {
      if (turn.start < end && start < turn.end) before.push(turn.ended);
    }
    this.turns.add(mine);
    if (before.length > 0) await Promise.all(before);
    return () => {
      this.turns.delete(mine);
      free();
    };
  }
}
