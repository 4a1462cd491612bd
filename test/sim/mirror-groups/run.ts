/**
 * A group with a mirror that is written and read while commands change it at random, while disks
 * break and come back, and while power goes. Everything that was acknowledged is there afterwards,
 * unless the last copy of it was lost, which is known at that moment.
 */
import { must as present } from '../../../core/base/assert.ts';
import type { MirrorState } from '../../../core/contract/mirrors.ts';
import type { VgState } from '../../../core/contract/state.ts';
import type { Prng } from '../../../core/env/prng.ts';
import { sleep } from '../../../core/env/scheduler.ts';
import { simulated, type Sim } from '../../support/sim.ts';
import { Clients } from './clients.ts';
import { Data } from './data.ts';
import { Gremlin } from './gremlin.ts';
import { GroupLab } from './group-lab.ts';
import { Healer } from './healer.ts';
import { Operator } from './operator.ts';
import { Members, stampsIn } from './places.ts';
import { emptyTally, type Kind, type Tally } from './tally.ts';
import { tornStampsOf } from './stamps.ts';

/**
 * calm: nothing breaks. strict: one thing at a time, repaired before the next, and nobody may
 * notice. wild: whatever happens.
 */
type Style = 'calm' | 'strict' | 'wild';

const CLIENTS = 3;
const REQUESTS = 14;
/** A round that takes longer is ended, in microseconds. */
const LONGEST_ROUND = 20e6;

/** A leg that could not be read once is not read any more, and nothing is amiss with it. */
const FAILED: readonly string[] = ['D', 'F', 'S', 'U'];

/** Throws what went wrong, with the seed in front. */
export function groupRun(seed: number): Promise<Tally> {
  return simulated(seed, async (sim) => {
    const run = new GroupRun(sim);
    try {
      await run.all();
    } catch (error) {
      throw new Error(`${String(error)}\n${run.traced.slice(-40).join('\n')}`, { cause: error });
    }
    return run.tally;
  });
}

export class GroupRun {
  readonly volume = 'a';
  readonly tally = emptyTally();
  readonly traced: string[] = [];
  readonly random: Prng;
  readonly style: Style;
  readonly lab: GroupLab;
  readonly data = new Data();
  readonly members = new Members((index) => GroupLab.path(index));
  readonly clients: Clients;
  readonly operator: Operator;
  readonly gremlin: Gremlin;
  private readonly healer: Healer;
  /** The longest rest between two requests of one client, in microseconds. */
  readonly calm: number;
  over = false;
  /** Devices that a version which was not the newest has brought up. */
  readonly ofOlder = new Set<string>();
  /** Something was broken since all was well. */
  private wasBroken = false;
  private wasCut = false;

  constructor(readonly sim: Sim) {
    const { random } = sim;
    this.random = random;
    this.style = random.pick(['calm', 'strict', 'strict', 'wild', 'wild', 'wild'] as const);
    this.calm = random.pick([2000, 50_000, 400_000]);
    const told = {
      monitor: (message: string): void => {
        this.trace(`monitor: ${message}`);
        if (message.includes('finished successfully')) this.count('repaired');
        if (message.startsWith('Repair') && message.includes('failed')) this.count('unrepaired');
      },
      command: (said: string): void => {
        if (said.includes('Failed to replace')) this.count('noRoom');
        if (said.includes('Trying to up-convert')) this.count('replaced');
        if (said.includes('Still to be done')) this.count('stuck');
      },
      step: (title: string): void => {
        if (title.startsWith('Remove') && title.includes('a_mimagetmp_')) this.count('layerGone');
      },
    };
    this.lab = new GroupLab(sim, random.pick([4, 5, 6, 6]), random.pick([1, 50, 1000]), told);
    this.clients = new Clients(this);
    this.operator = new Operator(this);
    this.gremlin = new Gremlin(this);
    this.healer = new Healer(this);
  }

  /**
   * A lab in which the disks with the newest version cannot be read comes up as an older one says:
   * volumes of that version stay up, as under Linux, when the newer one has no such volumes.
   */
  async open(): Promise<void> {
    await this.lab.open();
    if (!this.lab.group || this.lab.group.seqno >= this.lab.newest) return;
    this.count('olderVersion');
    for (const { dmName } of this.group.lvs) this.ofOlder.add(dmName);
  }

  async all(): Promise<void> {
    await this.open();
    await this.operator.create();
    this.follow();
    this.followSize();
    await this.clients.open();
    const rounds = this.random.pick([1, 1, 2]);
    for (let round = 0; round < rounds; round++) await this.round();
    await this.healer.heal();
    await this.healer.tidy();
    await this.healer.check();
  }

  private async round(): Promise<void> {
    this.over = false;
    this.operator.turns = 0;
    const clients = Array.from({ length: CLIENTS }, () => this.clients.work(REQUESTS));
    const asked = Promise.all(clients);
    const done = Promise.race([asked, this.wait(LONGEST_ROUND)]).then(() => {
      this.over = true;
    });
    const second = this.random.chance(20) ? [this.operator.work()] : [];
    const others = [this.operator.work(), ...second, this.gremlin.work()];
    await Promise.all([done, this.cutter(), this.inspector(), ...others]);
    if (this.lab.isOff) {
      await asked;
      await this.reboot();
      return;
    }
    await Promise.all([asked, this.healer.heal()]);
    this.wasBroken = false;
    await this.clients.readAll();
  }

  /** In a third of the rounds power goes in the middle. */
  private async cutter(): Promise<void> {
    if (!this.random.chance(35)) return;
    const inConversion = this.random.chance(40);
    await this.pause(this.calm * REQUESTS);
    for (let turns = 0; inConversion && turns < 20 && !this.isConverting && !this.over; turns++) {
      await this.pause(this.calm);
    }
    // Some way into whatever is done just now.
    while (this.operator.isAlone && !this.over) await this.wait(100_000);
    if (this.over) return;
    this.noteCut();
    this.lab.supply.cut();
    await this.lab.engine.letGo();
  }

  private noteCut(): void {
    this.count('cut');
    if (this.isConverting) this.count('cutConverting');
    const { lvs, pvs } = this.group;
    if (lvs.some(({ name, visible }) => visible && name.includes('_m'))) {
      this.count('cutBetweenVersions');
    }
    if (pvs.some(({ missing }) => missing)) this.count('cutDegraded');
    const { jobs } = this.lab.engine;
    if (jobs.states.some(({ kind, phase }) => kind === 'repair' && phase === 'running')) {
      this.count('cutRepairing');
    }
  }

  private async reboot(): Promise<void> {
    const { lab } = this;
    this.trace('power is gone');
    const unsure = this.group.lvs.some(({ name, attr }) => name === 'a' && attr.startsWith('M'));
    await lab.stop();
    this.clients.forget();
    this.wasCut = true;
    lab.powerOn();
    if (this.random.chance(60)) lab.faults.clear();
    await this.open();
    this.trace('power is back');
    this.follow();
    this.data.restart(unsure);
    this.followSize();
    this.checkLegs('after the cut');
    this.over = false;
    this.operator.isAlone = false;
    await this.clients.open();
    await this.healer.heal();
    this.wasBroken = false;
    await this.clients.readAll();
  }

  private async inspector(): Promise<void> {
    while (!this.isOver()) {
      await this.pause(this.calm * 4);
      if (!this.isOver() && !this.operator.isAlone) this.checkLegs('at work');
    }
  }

  /** Where a mirror calls a region clean all of its legs are the same. */
  checkLegs(when: string): void {
    const copies = this.members.copiesOf(this.group, 'a');
    const state = this.lab.mirrors.find(({ device }) => device === 'vg-a');
    if (!state || state.legs.length !== copies.length || state.perCell !== 1) return;
    const stamps = copies.map((copy) => stampsIn(copy, this.lab.disks, this.data.length));
    for (let at = 0; at < this.data.length; at++) {
      if (state.cells[Math.floor(at / state.regionSize)] !== 'c' || !this.data.isKnown(at))
        continue;
      if (when === 'after the cut') this.count('cleanChecked');
      const own = stamps.map((leg) => leg[at]);
      if (own.every((stamp) => stamp === own[0])) continue;
      throw new Error(`${when}, sector ${at}: clean, and legs hold ${own.join(' and ')}`);
    }
  }

  /** What was split off is what the volume was at that moment. */
  async checkSplit(expected: readonly Set<number>[]): Promise<void> {
    const { lab, data } = this;
    const device = await lab.openVolume('s');
    if (!device) return;
    this.count('splitOff');
    const into = new Uint8Array(expected.length * 512);
    const known = expected.map((_, at) => data.isKnown(at));
    const done = await device.submit({ op: 'read', start: 0 as never, data: into });
    device.close();
    if (!done.ok && this.mayFail) return;
    for (const [at, stamp] of tornStampsOf(into).entries()) {
      if (!known[at] || !data.isKnown(at) || expected[at]?.has(stamp)) continue;
      throw new Error(`sector ${at} of what was split off holds ${stamp}`);
    }
  }

  /** The round has ended, or power is gone. */
  isOver(): boolean {
    return this.over || this.lab.isOff;
  }

  get group(): VgState {
    return present(this.lab.group, 'a group');
  }

  follow(): void {
    if (this.lab.group) this.members.learn(this.lab.group, this.lab.disks.length);
  }

  followSize(): void {
    const a = this.group.lvs.find(({ name }) => name === 'a');
    this.data.resize(present(a, 'the volume').size);
    this.clients.limit = this.data.length;
  }

  get isConverting(): boolean {
    const a = this.group.lvs.find(({ name }) => name === 'a');
    const [first] = a?.segments[0]?.areas ?? [];
    return first?.device.includes('_mimagetmp_') ?? false;
  }

  /** Those of the volume and its parts; a log that was left over is seen by itself. */
  private get mirrors(): readonly MirrorState[] {
    const own = this.group.lvs.filter(({ name, visible }) => name === 'a' || !visible);
    return this.lab.mirrors.filter(({ device }) => own.some(({ dmName }) => dmName === device));
  }

  get isInSync(): boolean {
    return this.mirrors.every(({ regions, inSync }) => inSync === regions);
  }

  get hasFailed(): boolean {
    return this.mirrors.some(
      ({ legs, log, held }) =>
        held > 0 ||
        legs.some(({ health }) => FAILED.includes(health)) ||
        (log.kind === 'disk' && log.health !== 'A'),
    );
  }

  /** Nothing is broken, missing, or held. */
  get isWell(): boolean {
    const { pvs } = this.group;
    const complete = pvs.length === this.lab.disks.length && !pvs.some(({ missing }) => missing);
    return this.lab.broken.length === 0 && complete && !this.hasFailed;
  }

  /** Everything is copied, and no conversion goes on. */
  get isWhole(): boolean {
    const { states } = this.lab.engine.jobs;
    const works = states.some(({ phase }) => phase === 'running');
    return this.clients.isOpen && this.isInSync && !this.isConverting && !works;
  }

  /** A request may fail: more is broken than can be hidden. */
  get mayFail(): boolean {
    return this.style === 'wild' && this.wasBroken;
  }

  /** A command may have been cut short. */
  get mayLeave(): boolean {
    return this.wasCut || (this.tally.fault ?? 0) > 0 || (this.tally.lied ?? 0) > 0;
  }

  noteFault(): void {
    this.wasBroken = true;
  }

  count(kind: Kind): void {
    this.tally[kind] = (this.tally[kind] ?? 0) + 1;
  }

  trace(what: string): void {
    this.traced.push(`${(this.sim.scheduler.now / 1e6).toFixed(3)} ${what}`);
  }

  pause(maxMicros: number): Promise<void> {
    return sleep(this.sim.scheduler, this.random.below(maxMicros), 'pause');
  }

  wait(micros: number): Promise<void> {
    return sleep(this.sim.scheduler, micros, 'a wait');
  }
}
