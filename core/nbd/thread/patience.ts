/**
 * Whether transfers may be waited for. What lies in memory comes at once, and to wait for it costs
 * a tenth of sending another thread for it; what comes from a disk would keep all others waiting.
 */

/** Microseconds of one that is still quick, and what each byte adds. */
const QUICK = 60;
const QUICK_BYTE = 1 / 1000;

/** So many more slow ones than quick ones are enough: a busy processor makes one slow, too. */
const ENOUGH = 8;
/** And so many after a rest. */
const AGAIN = 2;

/** Transfers that are not waited for, before one is again; each time twice as many. */
const LEAST_REST = 32;
const MOST_REST = 1024;

export class Patience {
  private slowness = 0;
  private rest = 0;
  private nextRest = LEAST_REST;

  get isOver(): boolean {
    return this.rest > 0;
  }

  /** One was not waited for. */
  spared(): void {
    this.rest--;
  }

  /** How long one took. */
  waited(micros: number, bytes: number): void {
    if (micros <= QUICK + bytes * QUICK_BYTE) {
      if (this.slowness > 0) this.slowness--;
      else this.nextRest = LEAST_REST;
      return;
    }
    this.slowness++;
    if (this.slowness < ENOUGH) return;
    this.slowness = ENOUGH - AGAIN;
    this.rest = this.nextRest;
    this.nextRest = Math.min(MOST_REST, this.nextRest * 2);
  }
}
