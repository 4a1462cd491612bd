/** LVM1's pvmove over many seeds: without Tweedie's patch something is found, with it nothing. */
import { emptyTally, FAULTS, lvm1Run, type Fault } from './run.ts';

/** Without the patch only the first seeds: after these every fault has been found. */
const UNPATCHED = 1000;

/** In how many runs a fault was found, and in which one first. */
interface Found {
  runs: number;
  readonly first: number;
}

export class Lvm1Campaign {
  readonly tally = emptyTally();
  readonly found = new Map<Fault, Found>();
  private unpatched = 0;

  /** Throws what was found with the patch, and what nothing explains. */
  async run(seed: number): Promise<void> {
    if (seed <= UNPATCHED) await this.runUnpatched(seed);
    const { findings, story } = await lvm1Run(seed, true, this.tally);
    const [first] = findings;
    if (!first) return;
    throw new Error([`LVM1 with the patch, ${first.fault}: ${first.told}`, ...story].join('\n'));
  }

  private async runUnpatched(seed: number): Promise<void> {
    for (const { fault } of (await lvm1Run(seed, false)).findings) {
      const known = this.found.get(fault);
      if (known) known.runs++;
      else this.found.set(fault, { runs: 1, first: seed });
    }
    const missing = FAULTS.filter((fault) => !this.found.has(fault));
    if (++this.unpatched < UNPATCHED || missing.length === 0) return;
    throw new Error(`LVM1 without the patch: no ${missing.join(', no ')} in ${UNPATCHED} seeds`);
  }
}
