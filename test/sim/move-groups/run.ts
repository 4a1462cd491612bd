/**
 * A group whose extents are moved about by chance while its volumes are written and read, disks
 * break and come back, and power goes. Everything that was acknowledged is there afterwards,
 * nothing is left of a move, and no extent is used twice.
 */
import { must as present } from '../../../core/base/assert.ts';
import type { VgState } from '../../../core/contract/state.ts';
import type { Prng } from '../../../core/env/prng.ts';
import { sleep } from '../../../core/env/scheduler.ts';
import { expectExactSpace } from '../../support/exact-space.ts';
import { moveLine } from '../../support/move-lines.ts';
import { simulated, type Sim } from '../../support/sim.ts';
import { Clients } from '../mirror-groups/clients.ts';
import { Data } from '../mirror-groups/data.ts';
import { GroupLab } from '../mirror-groups/group-lab.ts';
import { breakDisks, strike } from './break-disks.ts';
import { sourcesDown, startWhereItMoves } from './moving.ts';
import { cutPower } from './power.ts';
import { emptyTally, type Kind, type Tally } from './tally.ts';

const REQUESTS = 24;
/** A round that takes longer is ended, in microseconds. */
const LONGEST_ROUND = 15e6;
/** Looks at a group until it has come to rest. */
const TURNS = 60;
const WEIGHTS = {
  ...{ move: 45, abort: 8, resume: 8, throttle: 14, suspend: 12, refresh: 4 },
  ...{ extend: 6, other: 4, reopen: 4, look: 3 },
};
/** Who types it waits, or not; what is held is copied, and its next version does not come. */
const WAITS = ['-b', '-b', '-b -i +600', '-i0', '-i1'];
/** Throws what went wrong, with the seed in front. */
export function moveRun(seed: number): Promise<Tally> {
  return simulated(seed, async (sim) => {
    const run = new MoveRun(sim);
    try {
      await run.all();
    } catch (error) {
      throw new Error(`${String(error)}\n${run.traced.slice(-40).join('\n')}`, { cause: error });
    }
    return run.tally;
  });
}

interface Used {
  readonly name: string;
  readonly data: Data;
  readonly clients: Clients;
}

export class MoveRun {
  readonly tally = emptyTally();
  readonly traced: string[] = [];
  readonly random: Prng;
  readonly lab: GroupLab;
  readonly calm: number;
  /** Nothing breaks. */
  readonly isCalm: boolean;
  readonly used: Used[] = [];
  private over = false;
  /** Nobody else does anything meanwhile. */
  isAlone = false;
  private busy = 0;
  wasBroken = false;
  /** What breaks as a change begins; none where all is to be mended. */
  private strikes: Promise<void>[] | undefined;

  constructor(private readonly sim: Sim) {
    const { random } = sim;
    this.random = random;
    this.isCalm = random.chance(30);
    this.calm = random.pick([20_000, 100_000, 300_000]);
    const said = (): void => undefined;
    const step = (title: string): void => {
      this.strikes?.push(strike(this, title));
    };
    const told = { monitor: said, command: said, step };
    this.lab = new GroupLab(sim, random.pick([3, 4, 5]), random.pick([1, 50, 1000]), told);
  }

  async all(): Promise<void> {
    await this.lab.open();
    await this.create();
    for (const { clients } of this.used) await clients.open();
    const rounds = this.random.pick([1, 2]);
    for (let round = 0; round < rounds; round++) await this.round();
    await this.check();
    for (const { clients } of this.used) await clients.close();
    await this.lab.close();
  }

  private async create(): Promise<void> {
    const { random, lab } = this;
    const pvs = lab.disks.map((_, index) => GroupLab.path(index));
    // A disk without metadata is not flushed by a version.
    const bare = random.chance(40) ? pvs.slice(2) : [];
    if (bare.length > 0) this.count('bare');
    await this.must(`pvcreate ${pvs.slice(0, pvs.length - bare.length).join(' ')}`);
    for (const path of bare) await this.must(`pvcreate --metadatacopies 0 ${path}`);
    await this.must(`vgcreate -s 4k vg ${pvs.join(' ')}`);
    await this.must(`lvcreate -y -l ${3 + random.below(12)} -n a vg ${random.pick(pvs)}`);
    const stripes = random.chance(60) ? '-i 2 -I 4k' : '';
    await this.must(`lvcreate -y ${stripes} -l ${2 * (1 + random.below(6))} -n b vg`);
    // Pieces of several regions, so that a throttle holds them.
    for (let pieces = random.below(4); pieces >= 0; pieces--) {
      await this.must(`lvextend -l +${1 + random.below(8)} vg/a ${random.pick(pvs)}`);
      await this.type(`lvcreate -y -Wn -l 1 -n gap${pieces} vg ${random.pick(pvs)}`);
    }
    // What a mirror does about broken disks is told by runs of its own.
    const names = ['a', 'b'];
    if (this.isCalm && random.chance(50)) {
      const log = random.pick(['core', 'disk']);
      const done = await this.type(
        `lvcreate -y --type mirror -m1 --mirrorlog ${log} -R 8k -l 6 -n m vg`,
      );
      if (done.status === 0) names.push('m');
    }
    for (const name of names) this.use(name);
  }

  private use(name: string): void {
    const { sim, random, lab, tally, calm } = this;
    const data = new Data();
    const mayFail = (): boolean => this.wasBroken;
    const clients = new Clients({
      ...{ sim, random, lab, tally, calm, data, volume: name },
      get mayFail() {
        return mayFail();
      },
      isOver: () => this.isOver(),
      startOf: (limit) => startWhereItMoves(this.group, name, limit, random),
      pause: (maxMicros) => this.pause(maxMicros),
      wait: (micros) => this.wait(micros),
      count: (what) => {
        this.count(what);
      },
    });
    this.used.push({ name, data, clients });
    this.followSize();
    // Disks that nobody has written hold zeros.
    data.loose.clear();
  }

  private followSize(): void {
    for (const { name, data, clients } of this.used) {
      const lv = present(
        this.group.lvs.find((one) => one.name === name),
        name,
      );
      data.resize(lv.size);
      clients.limit = data.length;
    }
  }

  private async round(): Promise<void> {
    this.over = false;
    this.strikes = [];
    const asked = Promise.all(this.used.map(({ clients }) => clients.work(REQUESTS)));
    const done = Promise.race([asked, this.wait(LONGEST_ROUND)]).then(() => {
      this.over = true;
    });
    const second = this.random.chance(30) ? [this.operate()] : [];
    await Promise.all([
      done,
      this.operate(),
      ...second,
      breakDisks(this),
      cutPower(this, REQUESTS),
    ]);
    const struck = this.strikes.splice(0);
    this.strikes = undefined;
    await Promise.all(struck);
    if (this.lab.isOff) await this.reboot(asked);
    await Promise.all([asked, this.heal()]);
    this.wasBroken = false;
    await this.readAll();
  }

  private async reboot(asked: Promise<unknown>): Promise<void> {
    const { lab } = this;
    await asked;
    this.trace('power is gone');
    await lab.stop();
    for (const { clients } of this.used) clients.forget();
    lab.powerOn();
    lab.faults.clear();
    await lab.open();
    this.trace('power is back');
    for (const { data } of this.used) data.restart(false);
    this.followSize();
    this.over = false;
    this.isAlone = false;
  }

  private async operate(): Promise<void> {
    while (!this.isOver()) {
      await this.pause(this.calm);
      if (this.isOver() || this.isAlone) continue;
      const isMoving = this.isMoving;
      if (isMoving) this.count('inMove');
      await this.act(this.random.weighted(WEIGHTS), isMoving);
    }
  }

  private async act(what: keyof typeof WEIGHTS, isMoving: boolean): Promise<void> {
    const { random } = this;
    const lv = random.pick(this.used).name;
    switch (what) {
      case 'move':
        return this.move(isMoving);
      case 'abort':
        await this.type('pvmove --abort');
        if (isMoving && !this.isMoving) this.count('aborted');
        return;
      case 'resume':
        await this.type(random.pick(['pvmove -b', 'pvmove -i0']));
        if (isMoving) this.count('resumed');
        return;
      case 'throttle':
        await this.type(`throttle ${random.pick(['off', '1', '4', '30'])}`);
        this.count('throttled');
        return;
      case 'suspend':
        return this.suspend(isMoving);
      case 'refresh':
        await this.type(`lvchange --refresh vg/${lv}`);
        return;
      case 'extend':
        if ((await this.type(`lvextend -l +${1 + random.below(3)} vg/${lv}`)).status === 0) {
          this.count('extended');
        }
        this.followSize();
        return;
      case 'other': {
        const line = random.pick(['lvcreate -y -Wn -l 2 -n x vg', 'lvremove -y vg/x']);
        if ((await this.type(line)).status === 0) this.count('other');
        return;
      }
      case 'reopen':
        return this.reopen();
      case 'look':
        await this.type(random.pick(['lvs -a -o +devices,copy_percent vg', 'vgck vg', 'pvs']));
    }
  }

  private async move(isMoving: boolean): Promise<void> {
    const line = moveLine(this.group, this.random, WAITS);
    if (this.random.chance(70)) await this.type(`throttle ${this.random.pick(['1', '1', '4'])}`);
    const { status } = await this.type(line);
    if (status !== 0) return;
    this.count('moves');
    if (isMoving) this.count('secondMove');
    if (line.includes('+600')) this.count('held');
    if (line.includes('--atomic')) this.count('atomic');
    if (line.includes('anywhere')) this.count('anywhere');
    if (line.includes(' -n ')) this.count('named');
    if (/sd\w:/.test(line)) this.count('ranges');
  }

  private async suspend(isMoving: boolean): Promise<void> {
    const { random, lab } = this;
    const { devices } = lab.engine.blockDevices();
    const layers = devices.filter(({ name }) => name.startsWith('vg-pvmove'));
    const { name } = random.pick(layers.length > 0 && random.chance(60) ? layers : devices);
    const how = random.chance(30) ? '--noflush ' : '';
    const { status } = await this.type(`dmsetup suspend ${how}${name}`);
    if (status === 0 && isMoving) this.count('suspendedInMove');
    await this.pause(this.calm);
    if (!this.lab.isOff) await this.type(`dmsetup resume ${name}`);
  }

  private async reopen(): Promise<void> {
    const { lab } = this;
    if (this.isAlone || this.busy > 0 || this.wasBroken) return;
    this.isAlone = true;
    const closed = await Promise.all(this.used.map(({ clients }) => clients.close()));
    if (closed.every(Boolean) && !this.isOver()) {
      this.count('reopened');
      if (this.isMoving) this.count('reopenedInMove');
      await lab.close();
      await lab.open();
    }
    if (!lab.isOff) for (const { clients } of this.used) await clients.open();
    this.isAlone = false;
  }

  /** Everything is mended; what still moves comes to its end or goes back. */
  private async heal(): Promise<void> {
    const { lab, random } = this;
    for (const index of lab.broken) await lab.setFaults(index, []);
    await this.type('throttle off');
    for (let turns = 0; turns < TURNS; turns++) {
      await this.restore();
      for (const { name, suspended } of lab.engine.blockDevices().devices) {
        if (suspended) await this.type(`dmsetup resume ${name}`);
      }
      await this.type('vgchange -ay vg');
      for (const path of sourcesDown(this.group)) await this.type(`pvmove -b ${path}`);
      for (const { clients } of this.used) await clients.open();
      if (this.isMoving) await this.type(random.pick(['pvmove --abort', 'pvmove -b', 'pvmove -b']));
      await this.wait(500_000);
      const busy = this.used.some(({ clients }) => !clients.isOpen || clients.isBusy);
      const { states } = lab.engine.jobs;
      const works = states.some(({ phase }) => phase === 'running');
      const copies = lab.mirrors.some(({ inSync, regions }) => inSync < regions);
      if (!this.isMoving && !busy && !works && !copies) return;
      // What failed is not copied again by itself.
      for (const { name } of this.used) await this.type(`lvchange --refresh vg/${name}`);
    }
    const lvs = this.group.lvs.map(({ name, attr }) => `${name} ${attr}`).join(', ');
    throw new Error(`no rest: ${lvs}; ${JSON.stringify(lab.mirrors)}`);
  }

  private async restore(): Promise<void> {
    if (!this.group.pvs.some(({ missing }) => missing)) return;
    for (const [index] of this.lab.disks.entries()) {
      await this.type(`vgextend --restoremissing vg ${GroupLab.path(index)}`);
    }
  }

  private async readAll(): Promise<void> {
    for (const { clients } of this.used) {
      // What is found here is found again, also after a cut.
      await clients.flush();
      await clients.readAll();
    }
  }

  private async check(): Promise<void> {
    const { lab } = this;
    for (const { name } of this.group.lvs.filter((lv) => lv.name.startsWith('pvmove'))) {
      this.count('leftOver');
      await this.must(`lvremove -y vg/${name}`);
    }
    for (const name of lab.engine.blockDevices().devices.map((one) => one.name)) {
      if (name.includes('-missing_')) await this.type(`dmsetup remove ${name}`);
    }
    const vg = this.group;
    expectExactSpace(vg);
    const locked = vg.lvs.find(({ attr }) => attr.charAt(2) >= 'A' && attr.charAt(2) <= 'Z');
    if (locked) throw new Error(`${locked.name} is locked: ${locked.attr}`);
    const names = vg.lvs.map(({ dmName }) => dmName);
    for (const { name, suspended, inactive } of lab.engine.blockDevices().devices) {
      if (suspended || inactive) throw new Error(`${name} is left in a change`);
      if (!names.includes(name)) throw new Error(`the device ${name} is left`);
    }
    await this.must('vgck --updatemetadata vg');
    await this.must('vgck vg');
    await this.readAll();
  }

  get group(): VgState {
    return present(this.lab.group, 'a group');
  }

  get isMoving(): boolean {
    return this.group.lvs.some(({ name, attr }) => name.startsWith('pvmove') && attr[0] === 'p');
  }

  isOver(): boolean {
    return this.over || this.lab.isOff;
  }

  private async must(line: string): Promise<void> {
    const { status, said } = await this.type(line);
    if (status !== 0) throw new Error(`${line}: ${said}`);
  }

  async type(line: string): Promise<{ readonly status: number; readonly said: string }> {
    this.busy++;
    const { status, output } = await this.lab.run(line);
    this.busy--;
    const said = output.map(({ text }) => text.trim()).join(' ');
    this.trace(`${line} -> ${status} ${said.slice(-160)}`);
    if (status !== 0) this.count('refused');
    if (/BugError|assertion|Internal error/.test(said)) throw new Error(`${line}: ${said}`);
    return { status, said };
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
