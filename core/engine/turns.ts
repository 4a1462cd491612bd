/** Operations of one engine run one after another: no two interleave on one device. */
export class Turns {
  private last: Promise<unknown> = Promise.resolve();

  /**
   * Runs the work once all before it have ended, whatever came of them.
   * @param work may pass its turn on before it ends: when it waits for what another one does
   */
  take<T>(work: (passOn: () => void) => Promise<T>): Promise<T> {
    let passOn: () => void = () => undefined;
    const passedOn = new Promise<void>((resolve) => {
      passOn = resolve;
    });
    const done = this.last.then(() => work(passOn));
    const ended = done.then(
      () => undefined,
      () => undefined,
    );
    this.last = Promise.race([ended, passedOn]);
    return done;
  }
}
