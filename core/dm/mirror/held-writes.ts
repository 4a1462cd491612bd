/** Writes that wait until somebody has repaired the mirror. */
import type { Ending } from '../target.ts';
import type { MirrorWrite } from './write.ts';

export class HeldWrites {
  private readonly writes: MirrorWrite[] = [];
  private yielding = false;

  constructor(private readonly finish: (write: MirrorWrite, ending: Ending) => void) {}

  get count(): number {
    return this.writes.length;
  }

  /** @returns false: it is put back, for what is above waits for the repair itself */
  add(write: MirrorWrite): boolean {
    if (this.yielding) this.finish(write, 'requeue');
    else this.writes.push(write);
    return !this.yielding;
  }

  letGo(endingOf: (write: MirrorWrite) => Ending): void {
    for (const write of this.writes.splice(0)) this.finish(write, endingOf(write));
  }

  yield(on: boolean): void {
    this.yielding = on;
    if (on) this.letGo(() => 'requeue');
  }
}
