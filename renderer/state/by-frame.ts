/** Passes on what arrives more often than it can be shown. */
import { inNextFrame } from '../viz/frame-loop.ts';

/** A page that is not shown has no frames; in milliseconds. */
const UNSHOWN = 250;

/**
 * The first of a frame is passed on at once, the others together and in their order when the next
 * one begins: each would have the whole page drawn anew.
 */
export class ByFrame<T> {
  private waiting: T[] = [];
  private isFirst = true;

  constructor(private readonly pass: (one: T) => void) {}

  add(one: T): void {
    if (!this.isFirst) {
      this.waiting.push(one);
      return;
    }
    this.isFirst = false;
    const next = (): void => {
      drop();
      clearTimeout(late);
      this.isFirst = true;
      this.catchUp();
    };
    const drop = inNextFrame(next);
    const late = setTimeout(next, UNSHOWN);
    this.pass(one);
  }

  /** Nothing waits any more. */
  catchUp(): void {
    const all = this.waiting;
    this.waiting = [];
    for (const one of all) this.pass(one);
  }
}
