/** Breaks disks while their volumes are used and changed, and mends them. */
import { sectors } from '../../../core/base/units.ts';
import type { DiskFault } from '../../../core/contract/faults.ts';
import { GroupLab } from './group-lab.ts';
import { isReadable, placeOf, stampsIn, type Copy } from './places.ts';
import type { GroupRun } from './run.ts';

const KINDS = ['gone', 'errors', 'writes', 'reads', 'place', 'slow', 'lie'] as const;
type FaultKind = (typeof KINDS)[number];

/** Of all disks at a time, where nobody waits for a repair. */
const MOST_BROKEN = 2;
/** Looks at a mirror that lost something until it is mended whatever became of it. */
const REPAIR_TURNS = 20;

export class Gremlin {
  private readonly weights: Record<FaultKind, number>;
  /** Acknowledges what it does not keep; nothing new is put there. */
  private liar: number | undefined;
  /** When it went away the group was so old. */
  private readonly seqnos = new Map<number, { seqno: number; leg: boolean }>();

  constructor(private readonly run: GroupRun) {
    this.weights = run.random.weights(KINDS);
  }

  async work(): Promise<void> {
    const { run } = this;
    if (run.style === 'calm') return;
    const calm = run.calm * run.random.pick([1, 3, 8]);
    while (!run.isOver()) {
      await run.pause(calm);
      if (run.isOver() || run.operator.isAlone) continue;
      if (run.style === 'strict') await this.breakOne();
      else await this.breakAny();
    }
  }

  private async breakAny(): Promise<void> {
    const { random, lab } = this.run;
    const { broken } = lab;
    if (broken.length > 0 && (broken.length >= MOST_BROKEN || random.chance(50))) {
      await this.mend(random.pick(broken));
    } else await this.hurt(random.below(lab.disks.length));
  }

  /** Only where all is well and enough is left, and then nothing until it is so again. */
  private async breakOne(): Promise<void> {
    const { run } = this;
    const { lab, random, operator } = run;
    if (!run.isWell || operator.isTaking) return;
    const disks = lab.disks.map((_, index) => index).filter((index) => this.isSpare(index));
    if (disks.length === 0) return;
    const index = random.pick(disks);
    await this.hurt(index);
    for (let turns = 0; turns < REPAIR_TURNS && !run.isOver(); turns++) {
      await run.wait(250_000);
      if (run.group.pvs.some(({ missing }) => missing) && random.chance(20)) break;
    }
    if (lab.isOff) return;
    await this.mend(index);
    await operator.settle();
  }

  /** Without it there is a copy of everything, and the mirrors know that. */
  private isSpare(index: number): boolean {
    const { run } = this;
    const copies = run.members.copiesOf(run.group, 'a');
    const [first = [], second] = copies;
    const isFirst = first.some(({ disk }) => disk === index);
    if (isFirst && (!run.isInSync || !second)) return false;
    if (isFirst && run.operator.isGrowing) {
      run.count('sparedGrowing');
      return false;
    }
    return this.lostBy(index, [{ kind: 'gone' }]).length === 0;
  }

  private async hurt(index: number): Promise<void> {
    const { run } = this;
    const { lab } = run;
    const kind = run.random.weighted(this.weights);
    if (kind === 'lie') {
      await this.lie(index);
      return;
    }
    const faults = [this.fault(kind, index)];
    if (kind !== 'slow') this.note(index);
    for (const at of this.lostBy(index, faults)) {
      if (run.style === 'strict') throw new Error(`sector ${at} is lost with disk ${index}`);
      run.data.lost.add(at);
      run.count('lastCopyLost');
    }
    run.noteFault();
    run.trace(`disk ${index}: ${JSON.stringify(faults)}`);
    await lab.setFaults(index, faults);
  }

  private async lie(index: number): Promise<void> {
    const { run } = this;
    const { lab, members } = run;
    const path = GroupLab.path(index);
    if (this.liar !== undefined || run.style === 'strict' || lab.broken.includes(index)) return;
    const { status } = await lab.run(`pvchange -x n ${path}`);
    const used = run.group.lvs.some(({ name }) => members.disksUnder(run.group, name).has(index));
    if (status !== 0 || used || lab.isOff || run.operator.isAlone) return;
    this.liar = index;
    run.count('lied');
    run.trace(`disk ${index} drops writes`);
    await lab.setFaults(index, [{ kind: 'drops-writes' }]);
  }

  async mend(index: number): Promise<void> {
    const { run } = this;
    run.count('mended');
    run.trace(`disk ${index} is mended`);
    const away = this.seqnos.get(index);
    if (away && away.seqno < run.group.seqno && away.leg) run.count('staleReturn');
    this.seqnos.delete(index);
    await run.lab.setFaults(index, []);
    if (this.liar !== index) return;
    this.liar = undefined;
    await run.operator.type(`pvchange -x y ${GroupLab.path(index)}`);
  }

  private fault(kind: Exclude<FaultKind, 'lie'>, index: number): DiskFault {
    const { run } = this;
    switch (kind) {
      case 'gone':
        return { kind };
      case 'errors':
        return { kind, on: 'both' };
      case 'writes':
      case 'reads':
        return { kind: 'errors', on: kind };
      case 'slow':
        return { kind, millis: 1 + run.random.below(400) };
      case 'place': {
        run.count('brokenPlace');
        const on = run.random.pick(['reads', 'writes', 'both'] as const);
        return { kind: 'errors', on, range: this.place(index) };
      }
    }
  }

  /** Where the volume lies on the disk, if it does. */
  private place(index: number) {
    const { run } = this;
    const count = sectors(1 + run.random.below(12));
    const at = run.random.below(Math.max(1, run.data.length));
    const own = run.members
      .copiesOf(run.group, 'a')
      .map((copy) => placeOf(copy, at))
      .find((place) => place?.disk === index);
    return { start: sectors(own?.sector ?? 8 + run.random.below(4000)), count };
  }

  /** Sectors of which no good copy can be read any more. */
  private lostBy(index: number, faults: readonly DiskFault[]): readonly number[] {
    const { run } = this;
    const { data, lab } = run;
    const after = lab.disks.map((_, at) => (at === index ? faults : lab.faultsOf(at)));
    const copies = run.members
      .copiesOf(run.group, 'a')
      .map((copy) => ({ copy, stamps: stampsIn(copy, lab.disks, data.length) }));
    const isThere = (copy: Copy, at: number): boolean => {
      const place = placeOf(copy, at);
      return place !== undefined && isReadable(after[place.disk] ?? [], place.sector);
    };
    const isGood = (at: number): boolean => {
      const there = copies.filter(({ copy }) => isThere(copy, at));
      const allowed = data.run(at, 1)[0]?.readable();
      // Where legs may differ the first that is left is taken for right: nobody knows better.
      const believed = run.isInSync && run.clients.isOpen ? there : there.slice(0, 1);
      return believed.some(({ stamps }) => allowed?.has(stamps[at] ?? -1));
    };
    return Array.from({ length: data.length }, (_, at) => at).filter(
      (at) => data.isKnown(at) && !isGood(at),
    );
  }

  /** What it meets. */
  private note(index: number): void {
    const { run } = this;
    const { group, members } = run;
    run.count('fault');
    const copies = members.copiesOf(group, 'a');
    const isOn = (copy: Copy | undefined): boolean =>
      copy?.some(({ disk }) => disk === index) ?? false;
    const leg = copies.some(isOn);
    this.seqnos.set(index, { seqno: group.seqno, leg });
    const log = group.lvs.find(({ name }) => name === 'a_mlog');
    const isLog = log !== undefined && members.disksUnder(group, log.name).has(index);
    if (isLog) run.count('faultOfLog');
    if (isLog && !run.isInSync) run.count('logLostRecovering');
    if (leg && copies.length > 1) run.count('legLost');
    if (isOn(copies[0]) && copies.length > 1) run.count('primaryLost');
    if (leg && run.isConverting) run.count('lostConverting');
    if (leg && !run.isInSync) run.count('lostRecovering');
    if (group.pvs.some(({ missing }) => missing)) run.count('degradedFault');
  }
}
