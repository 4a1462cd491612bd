/** What happened to the table of a device that user space may be waiting for (reference 4.4). */
export class TableEvents {
  number = 0;
  private readonly watchers: (() => void)[] = [];

  happened(): void {
    this.number++;
    this.wake();
  }

  /** Resolves when the number changes, the device goes away, or `wake` is called. */
  next(): Promise<void> {
    return new Promise((resolve) => {
      this.watchers.push(resolve);
    });
  }

  wake(): void {
    for (const wake of this.watchers.splice(0)) wake();
  }
}
