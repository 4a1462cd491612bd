/** Types commands at random, and what has to be typed so that the work can go on. */
import { GroupLab } from './group-lab.ts';
import { act, ACTS, logWords, regionWords, type Act, type Shape } from './acts.ts';
import type { GroupRun } from './run.ts';

const OTHER = ['cycle', 'openRefused', 'throttle', 'settings', 'monitor', 'reopen'] as const;
const ALL = [...ACTS, ...OTHER];

const SETTINGS = ['activation/mirror_image_fault_policy', 'activation/mirror_log_fault_policy'];
/** What meets a conversion that goes on. */
const WHILE_CONVERTING = [
  ...['abandon', 'abandon', 'up', 'down', 'log', 'split', 'repair', 'policies', 'removeMissing'],
  ...['look', 'poll', 'throttle', 'reopen', 'cycle', 'refresh', 'extend'],
] as const;
/** A round in which more is typed is ended: whoever uses the volume may never get it back. */
const MOST_TURNS = 40;
/** Looks until what failed is well again. */
const SETTLING = 60;

export class Operator {
  /** Nobody else does anything meanwhile. */
  isAlone = false;
  /** A command is under way that takes something away. */
  isTaking = false;
  /** Commands under way that add legs. */
  private growing = 0;
  /** Since the round began. */
  turns = 0;
  private busy = 0;
  private readonly weights: Record<string, number>;

  constructor(private readonly run: GroupRun) {
    // Conversions are what all of this is about.
    const weights = run.random.weights(ALL);
    this.weights = { ...weights, up: weights.up + 60 };
  }

  /**
   * A mirror without a log on disk begins anew with legs that are added, as in LVM: legs that were
   * the same a moment ago count no more, and the first one alone takes writes.
   */
  get isGrowing(): boolean {
    return this.growing > 0;
  }

  async create(): Promise<void> {
    const { run } = this;
    const { random, lab } = run;
    const pvs = lab.disks.map((_, index) => GroupLab.path(index)).join(' ');
    await this.must(`pvcreate ${pvs}`);
    await this.must(`vgcreate -s 4k vg ${pvs}`);
    const size = `-l ${6 + random.below(18)} -n a vg`;
    const images = random.pick([1, 1, 1, 2]);
    const nosync = random.chance(15) ? '--nosync' : '';
    const how = `-m${images} ${regionWords(random)} ${logWords(random)} ${nosync}`;
    await this.must(
      random.chance(80) ? `lvcreate -y --type mirror ${how} ${size}` : `lvcreate -y ${size}`,
    );
  }

  private async must(line: string): Promise<void> {
    const { status, output } = await this.run.lab.run(line);
    if (status === 0) return;
    throw new Error(`${line}: ${output.map(({ text }) => text).join(' ')}`);
  }

  async work(): Promise<void> {
    const { run } = this;
    const calm = run.calm * run.random.pick([1, 2, 6]);
    while (!run.isOver()) {
      await run.pause(calm);
      if (run.isOver() || this.isAlone) continue;
      if (++this.turns > MOST_TURNS) run.over = true;
      if (!run.clients.isOpen) await this.bringUp();
      else if (run.style === 'strict' && !run.isWell) await this.nurse();
      else if (run.isConverting && run.random.chance(60)) {
        await this.one(run.random.pick(WHILE_CONVERTING));
      } else await this.one(run.random.weighted(this.weights));
    }
  }

  /** Whoever cannot get at the volume does what helps. */
  private async bringUp(): Promise<void> {
    const { run } = this;
    const { random } = run;
    const mode = random.chance(40) ? '--activationmode partial' : '';
    const { status } = await this.type(`lvchange -ay ${mode} vg/a`);
    if (status === 0 && mode !== '') run.count('partial');
    if (status !== 0 && random.chance(50)) {
      await this.type(random.pick(['lvconvert --repair --use-policies vg/a', 'pvs']));
    }
    await run.clients.open();
  }

  /** While something is broken only what takes nothing away. */
  private async nurse(): Promise<void> {
    const { random } = this.run;
    await this.one(random.pick(['look', 'poll', 'throttle', 'look']));
  }

  /** After a disk was mended: until nothing has failed and nothing is missing. */
  async settle(): Promise<void> {
    const { run } = this;
    for (let turns = 0; turns < SETTLING && !run.isOver(); turns++) {
      if (run.isWell) return;
      await run.wait(250_000);
      if (run.isOver() || this.isAlone) continue;
      await this.restore();
      if (!run.hasFailed || turns % 4 !== 3) continue;
      await this.type(
        run.random.pick(['lvchange --refresh vg/a', 'lvconvert --repair --use-policies vg/a']),
      );
    }
  }

  async restore(): Promise<void> {
    const { run } = this;
    const { group, lab } = run;
    const missing = group.pvs.filter((pv) => pv.missing);
    for (const { id } of missing) {
      const index = run.members.disk(id);
      if (index === undefined || lab.faultsOf(index).length > 0) continue;
      const path = GroupLab.path(index);
      const { status } = await this.type(`vgextend --restoremissing vg ${path}`);
      if (status === 0) run.count('restored');
    }
    if (group.pvs.length === lab.disks.length || lab.broken.length > 0) return;
    await this.type('vgck --updatemetadata vg');
    const known = group.pvs.map(({ device }) => device);
    for (const [index] of lab.disks.entries()) {
      const path = GroupLab.path(index);
      if (!known.includes(path)) await this.type(`vgextend -y vg ${path}`);
    }
  }

  private shape(): Shape {
    const { group, members, isConverting } = this.run;
    const a = group.lvs.find(({ name }) => name === 'a');
    const mirror = a?.segments.find(({ type }) => type === 'mirror');
    const inner = isConverting ? (mirror?.areas[0]?.device ?? '') : '';
    const pvs = group.pvs.flatMap(({ device }) => (device.startsWith('/') ? [device] : []));
    return {
      images: Math.max(1, mirror?.areas.length ?? 1),
      inner: inner === '' ? 0 : members.copiesOf(group, inner).length,
      extents: a?.extentCount ?? 1,
      pvs: pvs.length > 0 ? pvs : ['/dev/sda'],
    };
  }

  private async one(name: string): Promise<void> {
    switch (name) {
      case 'throttle': {
        const { status } = await this.type(
          `throttle ${this.run.random.pick(['off', '2', '15', '200'])}`,
        );
        if (status === 0) this.run.count('throttled');
        return;
      }
      case 'settings': {
        const { random, lab } = this.run;
        await lab.settings.set(random.pick(SETTINGS), random.pick(['remove', 'allocate']));
        return;
      }
      case 'monitor': {
        const off = this.run.random.chance(30);
        if (off && this.run.style === 'strict') return;
        const { status } = await this.type(`lvchange --monitor ${off ? 'n' : 'y'} vg/a`);
        if (status === 0 && off) this.run.count('monitorOff');
        return;
      }
      case 'openRefused':
        return this.refusedWhileOpen();
      case 'cycle':
        return this.alone(() => this.cycle());
      case 'reopen':
        return this.alone(() => this.reopen());
      default:
        return this.convert(act(name, this.shape(), this.run.random));
    }
  }

  private async refusedWhileOpen(): Promise<void> {
    const { run } = this;
    if (!run.clients.isOpen) return;
    const { status } = await this.type('lvchange -an vg/a');
    if (status === 0) throw new Error('a volume in use went down');
    run.count('openRefused');
  }

  private convert(wanted: Act): Promise<void> {
    if (wanted.closed || wanted.counts === 'reduced') {
      return this.alone(() => this.closed(wanted));
    }
    return this.open(wanted);
  }

  private async open(wanted: Act): Promise<void> {
    const { run } = this;
    const { line, counts, takes } = wanted;
    const isSplit = line.includes('--splitmirrors');
    const isConverting: boolean = run.isConverting;
    this.isTaking ||= takes === true;
    // A conversion that is over at once meets nothing.
    if (counts === 'up' && run.random.chance(60)) await this.type('throttle 8');
    const reads = isSplit ? run.data.startReads() : [];
    const grows = counts === 'up' || line.includes('-m+');
    if (grows) this.growing++;
    const { status, said } = await this.type(line);
    if (grows) this.growing--;
    if (isConverting) run.count('whileConverting');
    const endsIt = counts === 'removedMissing' && said.includes('Wrote out');
    if (isConverting && endsIt && !run.isConverting) run.count('removedConverting');
    if (status === 0 && counts) run.count(counts);
    if (isSplit) {
      if (status === 0) await run.checkSplit(reads);
      run.data.endReads(reads);
    }
    this.isTaking = false;
    if (status === 0 && counts === 'extended') run.followSize();
  }

  /** With the volume out of use; one that is cut is cut where nobody uses it. */
  private async closed(wanted: Act): Promise<void> {
    const { run } = this;
    if (wanted.counts === 'reduced') {
      if (!(await run.clients.close())) return;
      const { status } = await this.type(wanted.line);
      if (status === 0) run.count('reduced');
      run.followSize();
    } else {
      if (!(await run.clients.close())) return;
      const { status } = await this.type(wanted.line);
      if (status === 0 && wanted.counts) run.count(wanted.counts);
    }
    await run.clients.open();
  }

  private async cycle(): Promise<void> {
    const { run } = this;
    const { random } = run;
    if (!(await run.clients.close())) return;
    const { status } = await this.type('lvchange -an vg/a');
    if (status === 0 && !run.isOver()) {
      run.count('cycled');
      run.checkLegs('while it is down');
      while (random.chance(50) && !run.isOver()) {
        const name = random.pick([
          'up',
          'down',
          'log',
          'extend',
          'removeMissing',
          'resync',
          'look',
        ]);
        const wanted = act(name, this.shape(), random);
        if (run.style === 'strict' && !run.isWell) break;
        if ((await this.type(wanted.line)).status === 0) run.count('inactive');
        if (wanted.counts === 'extended') run.followSize();
      }
    }
    await this.bringUp();
  }

  private async reopen(): Promise<void> {
    const { run } = this;
    const { lab } = run;
    if (run.style === 'strict' && !run.isWell) return;
    if (!(await run.clients.close()) || run.isOver()) return;
    run.count('reopened');
    if (run.isConverting) run.count('reopenedConverting');
    await lab.close();
    await run.open();
    if (!run.isOver()) await run.clients.open();
  }

  /** Nobody else types anything, and nothing breaks. */
  private async alone(work: () => Promise<void>): Promise<void> {
    const { run } = this;
    if (this.isAlone || this.busy > 0) return;
    if (run.style === 'strict' && !run.isWell) return;
    this.isAlone = true;
    await work();
    this.isAlone = false;
  }

  async type(line: string): Promise<{ status: number; said: string }> {
    const { run } = this;
    this.busy++;
    const { status, output } = await run.lab.run(line);
    this.busy--;
    const said = output.map(({ text }) => text.trim()).join(' ');
    run.trace(`${line} -> ${status} ${said.slice(-160)}`);
    run.count('commands');
    if (status !== 0) run.count('refused');
    if (/BugError|assertion/.test(said)) throw new Error(`${line}: ${said}`);
    run.follow();
    return { status, said };
  }
}
