/**
 * A look at the disks finds a version of a group on all of them or on none, as in LVM, where who
 * reads a group waits for the lock of who writes it. Operations come one after another; looks come
 * at any time.
 */
import type { Action } from '../contract/plan.ts';

/** Actions that go from disk to disk, each of which is valid at once. */
const SPREADS: readonly Action['kind'][] = ['commit-metadata', 'erase-metadata'];
/** A look that was overtaken is made anew, so often: later looks may be overtaken as well. */
const AGAIN = 8;

export class WholeVersions {
  private begun = 0;
  private underWay: Promise<unknown> | undefined;

  /** @param perform does the action */
  perform<T>({ kind }: Action, perform: () => Promise<T>): Promise<T> {
    if (!SPREADS.includes(kind)) return perform();
    this.begun++;
    const done = perform().finally(() => {
      this.underWay = undefined;
    });
    this.underWay = done.catch(() => undefined);
    return done;
  }

  /** @param look reads the disks, once or more often */
  async seen<T>(look: () => Promise<T>): Promise<T> {
    for (let again = 0; ; again++) {
      if (this.underWay) await this.underWay;
      const { begun } = this;
      const found = await look();
      if (this.begun === begun || again === AGAIN) return found;
    }
  }
}
