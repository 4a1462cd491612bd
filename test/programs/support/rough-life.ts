/**
 * A mirror under fio to which things happen by chance, one fault at a time: conversions, disks that
 * break in them or at rest, repairs by policy and by hand, disks that come back and are used again.
 */
import type { Prng } from '../../../core/env/prng.ts';
import { BusyMirror, pause } from './busy-mirror.ts';

const DISKS = ['sda', 'sdb', 'sdc', 'sdd', 'sde'];
const GROUP = `vgcreate -s 1m vg ${DISKS.map((name) => `/dev/${name}`).join(' ')}`;
const MOST_LEGS = 3;
/** Lines. */
const TOLD = 40;
/** What the policy has to hide; the last range is in the extents. */
const FAULTS = ['--gone', '--errors all', '--error-writes all', '--error-writes 0:2048'];
const IN_EXTENTS = ['--errors 4096:2000', '--error-writes 2048:40000'];
/** What nobody does anything about. */
const NUISANCES = ['--slow 20', '--error-reads all', '--error-reads 2048:9000'];
const KINDS = ['convert', 'lose', 'lose-converting', 'by-hand', 'nuisance', 'deaf-log'] as const;

export class RoughLife {
  readonly happened: Record<string, number> = {};
  private readonly lines: string[] = [];

  private constructor(
    readonly busy: BusyMirror,
    private readonly random: Prng,
  ) {}

  static async begin(random: Prng): Promise<RoughLife> {
    const legs = random.pick([
      'lvcreate',
      'lvcreate --type mirror -m1 -R 64k',
      'lvcreate --type mirror -m2 -R 32k',
    ]);
    const busy = await BusyMirror.on(DISKS.length, [GROUP, `${legs} -n busy -L 8m vg`]);
    const life = new RoughLife(busy, random);
    busy.lab.api.subscribe(({ body }) => {
      if (body.kind === 'monitor') life.tell(`  monitor: ${body.message}`);
      if (body.kind === 'step' && body.phase === 'failed') {
        life.tell(`  ${body.title}: ${body.step.what}: ${body.reason ?? ''}`);
      }
    });
    return life;
  }

  /** What was done last, line by line. */
  get story(): string {
    return this.lines.slice(-TOLD).join('\n');
  }

  private tell(line: string): void {
    this.lines.push(line);
  }

  async round(): Promise<void> {
    const { busy, random } = this;
    await this.choosePolicies();
    const places = await busy.places();
    const kinds = KINDS.filter((kind) => kind === 'convert' || places.legs.length > 1);
    const kind = random.pick(kinds);
    this.happened[kind] = (this.happened[kind] ?? 0) + 1;
    this.tell(`${kind}: ${places.legs.join(' ')}, log ${places.log.join(' ')}`);
    await busy.during((stop) => this.happen(kind, stop), random.below(400));
    // The images of disks that are away are read, too.
    await this.mendAll();
    await busy.check();
  }

  private async happen(kind: (typeof KINDS)[number], stop: AbortSignal): Promise<void> {
    const { legs, log } = await this.busy.places();
    switch (kind) {
      case 'convert':
        await this.do(await this.conversion());
        return;
      case 'lose':
        return this.lose(this.random.pick([...legs, ...log]), stop);
      case 'lose-converting':
        return this.loseConverting(stop);
      case 'by-hand':
        return this.byHand(this.random.pick(legs), stop);
      case 'nuisance':
        await this.do(
          `lab break ${this.random.pick([...legs, ...log])} ${this.random.pick(NUISANCES)}`,
        );
        return pause(this.random.below(1000));
      case 'deaf-log':
        // It says that it was written. Nobody reads it as long as the mirror runs.
        if (log.length === 1) await this.do(`lab break ${log[0]} --drop-writes`);
        return pause(this.random.below(1000));
    }
  }

  private async lose(disk: string, stop: AbortSignal): Promise<void> {
    const line = `${disk} ${this.random.pick([...FAULTS.slice(0, 3), ...IN_EXTENTS])}`;
    this.tell(`break ${line}`);
    await this.busy.breaks(line, stop);
  }

  /** What has all of the data alone is left alone. */
  private async loseConverting(stop: AbortSignal): Promise<void> {
    const { busy, random } = this;
    const before = await busy.places();
    if (before.legs.length >= MOST_LEGS) await this.do('lvconvert -m1 vg/busy');
    await busy.run(`throttle ${random.pick([60, 150, 400])} vg/busy`);
    const line = `lvconvert -b -m+1 vg/busy`;
    await this.do(line);
    await pause(random.below(1500));
    const layered = before.log.length > 0;
    const now = (await busy.run('lvs -a --noheadings -o devices vg')).match(/\/dev\/sd\w/g) ?? [];
    const open = [...new Set(now)].filter((one) => layered || one !== before.legs[0]);
    if (open.length > 0) {
      const broken = `${random.pick(open)} ${random.pick(FAULTS.slice(0, 3))}`;
      this.tell(`break ${broken}`);
      await busy.run(`lab break ${broken}`);
      await pause(random.below(1500));
    }
    if (!stop.aborted) await busy.run('throttle off vg/busy');
  }

  /** Nobody watches; somebody mends the disk, or repairs. */
  private async byHand(disk: string, stop: AbortSignal): Promise<void> {
    const { busy, random } = this;
    await this.do('lab set activation/monitoring 0');
    const fault = random.pick([...FAULTS.slice(0, 3), ...IN_EXTENTS]);
    await this.do(`lab break ${disk} ${fault}`);
    await busy.until(
      ({ mirrors }) => mirrors.some(({ held }) => held > 0),
      'a write is held',
      stop,
    );
    if (random.chance(50)) {
      await this.do(`lab mend ${disk}`);
      await this.do('lvchange --refresh vg/busy');
    } else await this.do('lvconvert -y --repair vg/busy');
    await this.do('lab unset activation/monitoring');
  }

  private async conversion(): Promise<string> {
    const { random } = this;
    const { legs, log } = await this.busy.places();
    if (legs.length === 1) {
      const kind = random.pick(['disk', 'core']);
      return `lvconvert --type mirror -m${random.pick([1, 2])} -R 64k --mirrorlog ${kind} vg/busy`;
    }
    const other = log.length > 0 ? 'core' : 'disk';
    const fewer = [
      `-m-1 vg/busy ${random.pick(legs)}`,
      '-m0 vg/busy',
      `--mirrorlog ${other} vg/busy`,
    ];
    const more = legs.length < MOST_LEGS ? ['-m+1 vg/busy'] : [];
    return `lvconvert ${random.pick([...fewer, ...more])}`;
  }

  private async choosePolicies(): Promise<void> {
    for (const what of ['image', 'log']) {
      const policy = this.random.pick(['remove', 'allocate']);
      await this.do(`lab set activation/mirror_${what}_fault_policy ${policy}`);
    }
  }

  /** Disks that come back know less than the others; nothing of theirs is believed. */
  private async mendAll(): Promise<void> {
    const { busy } = this;
    const { disks } = await busy.lab.api.state();
    for (const { path, faults } of disks) {
      if (!faults) continue;
      await this.do(`lab mend ${path}`);
      await this.tryTo(`vgextend --restoremissing vg ${path}`);
    }
    await this.tryTo('vgck --updatemetadata vg');
    // What could not be copied is tried again.
    const { mirrors } = await busy.lab.api.state();
    if (mirrors.some(({ inSync, regions }) => inSync < regions))
      await this.do('lvchange --refresh vg/busy');
    await busy.rest();
  }

  private async do(line: string): Promise<string> {
    this.tell(line);
    return this.busy.run(line);
  }

  private async tryTo(line: string): Promise<void> {
    await this.do(line).catch((refused: unknown) => {
      this.tell(`  ${String(refused)}`);
    });
  }
}
