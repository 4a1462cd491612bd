/**
 * An ext4, and volumes beside it, under fio while their extents are moved about by chance:
 * throttled, suspended, aborted, resumed, cut short. fio verifies what it writes as long as it
 * runs; afterwards, amid moves and after them, every byte has to be what was written last.
 */
import { join } from 'node:path';
import type { LabState, VgState } from '../../../core/contract/state.ts';
import type { Prng } from '../../../core/env/prng.ts';
import { exportingLab, type ExportingLab } from '../../programs/support/exporting-lab.ts';
import { fioVerify } from '../../programs/support/fio.ts';
import { newFolder } from '../../programs/support/folder.ts';
import { run } from '../../programs/support/run.ts';
import { expectExactSpace } from '../../support/exact-space.ts';
import { exportingAgain } from '../../support/exporting-lab.ts';
import { formsOf } from '../../support/move-forms.ts';
import { moveLine, spanningLine } from '../../support/move-lines.ts';
import { fileOf, Undone, type FileOfExport } from './mounted.ts';
import { Contents, inPass } from './contents.ts';
import { fioOnFiles, makeFiles } from './fio-files.ts';

const DISKS = ['sda', 'sdb', 'sdc', 'sdd', 'sde', 'sdf', 'sdg', 'sdh'];
const PVS = DISKS.map((name) => `/dev/${name}`).join(' ');
const LINES = [
  `vgcreate -s 256k vg ${PVS}`,
  'lvcreate -l 32 -n files vg /dev/sda',
  'lvcreate -l 8 -n linear vg /dev/sda',
  'lvextend -l +32 vg/files /dev/sda',
  'lvcreate -i 2 -I 16k -l 32 -n striped vg /dev/sdb /dev/sdc',
  'lvcreate --type mirror -m1 -R 32k -l 16 -n mirror vg /dev/sdb /dev/sdd /dev/sde',
];
/** Exported and written as they are, in bytes. */
const EXTENT = 262_144;
const RAW = { linear: 8 * EXTENT, striped: 32 * EXTENT, mirror: 16 * EXTENT };
/** In the file system, in bytes. */
const FILE_BYTES = 3 * 2 ** 20;
const FILES = { one: FILE_BYTES, two: FILE_BYTES };
const LOOK_MILLIS = 20;
const BEGIN_MILLIS = 500;
const PATIENCE_MILLIS = 60_000;
/** Lines. */
const TOLD = 40;
const MEDDLING = ['throttle', 'pause', 'pauseLayer', 'abort', 'resume', 'second', 'look'] as const;

const WAITS = ['-b', '-b', '-i0', '-i1'];
/** Lines of moves until one is accepted. */
const TRIES = 4;

function count(counts: Record<string, number>, what: string): void {
  counts[what] = (counts[what] ?? 0) + 1;
}

const pause = (millis: number): Promise<void> => new Promise((later) => setTimeout(later, millis));

export class MovingLife {
  readonly happened: Record<string, number> = {};
  /** Of accepted lines. */
  readonly forms: Record<string, number> = {};
  private readonly lines: string[] = [];
  private readonly undone = new Undone();
  private readonly uris = new Map<string, string>();
  private readonly contents = new Contents(RAW, FILES);
  /** Sums of it all, since nothing is written any more. */
  private resting: string | undefined;
  /** The volumes of the group and their extents, as they were first. */
  private sizes: string | undefined;
  private passes = 0;

  private constructor(
    private lab: ExportingLab,
    private readonly random: Prng,
  ) {}

  static async begin(random: Prng): Promise<MovingLife> {
    const life = new MovingLife(await exportingLab(DISKS.length, '28m', LINES), random);
    await life.attach();
    await life.makeFiles();
    return life;
  }

  private file!: FileOfExport;

  private async attach(): Promise<void> {
    const { lab, undone } = this;
    undone.add(() => lab.close());
    for (const volume of ['files', ...Object.keys(RAW)]) {
      this.uris.set(volume, await lab.uri(`vg/${volume}`));
    }
    this.file = await fileOf(this.uris.get('files') ?? '', undone);
  }

  private async makeFiles(): Promise<void> {
    await run('mkfs.ext4', ['-q', '-F', this.file.path]);
    const folder = await this.file.mount();
    await makeFiles(folder, Object.keys(FILES), FILE_BYTES);
    await this.file.unmount();
  }

  close(): Promise<void> {
    return this.undone.all();
  }

  /** What was done last, line by line. */
  get story(): string {
    return this.lines.slice(-TOLD).join('\n');
  }

  private count(what: string, times = 1): void {
    this.happened[what] = (this.happened[what] ?? 0) + times;
  }

  async round(): Promise<void> {
    this.count('rounds');
    await this.atWork();
    await this.atRest();
    if (this.random.chance(30)) await this.cutShort();
  }

  /** Moves while all volumes are written. */
  private async atWork(): Promise<void> {
    this.resting = undefined;
    const folder = await this.file.mount();
    const { random } = this;
    let over = false;
    const used = Promise.all([
      this.useFiles(folder),
      ...Object.keys(RAW).map((one) => this.use(one)),
    ]);
    const using = used.finally(() => {
      over = true;
    });
    const moving = async (): Promise<void> => {
      do {
        const going = this.move();
        if (random.chance(70)) await Promise.race([going, this.begun()]);
        for (let times = random.below(5); times > 0 && !over; times--) await this.meddle();
        await going;
      } while (!over);
    };
    const ends = await Promise.allSettled([using, moving()]);
    await this.file.unmount();
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
    await this.check();
    await this.settle();
    await this.check();
  }

  /** Something moves, or nothing has begun to for a while. */
  private async begun(): Promise<void> {
    for (let waited = 0; waited < BEGIN_MILLIS; waited += LOOK_MILLIS) {
      if ((await this.source()) !== undefined) return;
      await pause(LOOK_MILLIS);
    }
  }

  private async useFiles(folder: string): Promise<void> {
    const jobs = Object.keys(FILES).map((name) => ({ name, pass: ++this.passes }));
    const pick = <T>(ways: readonly T[]): T => this.random.pick(ways);
    const logs = await fioOnFiles(folder, FILE_BYTES, jobs, pick);
    for (const [index, { name, pass }] of jobs.entries())
      this.count('writes', await this.contents.take(name, pass, logs[index] ?? ''));
    this.count('fioOnFiles');
  }

  private async use(volume: string): Promise<void> {
    const size = this.contents.sizeOf(volume);
    const [pass, log] = [++this.passes, join(await newFolder(), 'log')];
    const uri = this.uris.get(volume) ?? '';
    const { writes, reads } = await fioVerify(uri, {
      ...{ size, bsrange: '4k-16k', verify_backlog: 64, iodepth: this.random.pick([1, 4, 16]) },
      ...{ ...inPass(pass, log), rw: this.random.pick(['randwrite', 'write', 'randrw']) },
    });
    const logged = await this.contents.take(volume, pass, log);
    if (logged !== writes) throw new Error(`fio has written ${writes} times, and logged ${logged}`);
    this.count('writes', writes);
    this.count('reads', reads);
    this.count('fioOnVolumes');
    this.count('cleared', await this.contents.clear(volume, uri, this.random));
  }

  /** Lines until one is accepted. @returns whether one was */
  private async move(
    rate = this.random.pick(['off', '2', '4', '10', '40']),
    waits: readonly string[] = WAITS,
  ): Promise<boolean> {
    await this.throttle(rate);
    for (let tries = 0; tries < TRIES; tries++) if (await this.tryMove(waits)) return true;
    return false;
  }

  private async tryMove(waits: readonly string[]): Promise<boolean> {
    const { random } = this;
    const vg = await this.group();
    const spanning = random.chance(30) ? spanningLine(vg, random, waits) : undefined;
    const line = spanning ?? moveLine(vg, random, waits);
    const done = await this.tryTo(line);
    this.count(done ? 'moves' : 'refused');
    if (done) for (const form of formsOf(line, vg)) count(this.forms, form);
    return done;
  }

  private async throttle(rate: string): Promise<void> {
    if (await this.tryTo(`throttle ${rate}`)) this.count('throttleChanges');
  }

  private async meddle(): Promise<void> {
    const { random, lab } = this;
    await pause(random.below(60));
    const kind = random.pick(MEDDLING);
    const { devices } = await lab.api.state();
    const layers = devices.filter(({ name }) => /^vg-pvmove\d+$/.test(name));
    if (layers.length > 0) this.count(`${kind}InMove`);
    switch (kind) {
      case 'throttle':
        await this.throttle(random.pick(['off', '3', '10', '50']));
        return;
      case 'pause':
      case 'pauseLayer': {
        const of = kind === 'pauseLayer' && layers.length > 0 ? layers : devices;
        const { name } = random.pick(of);
        const how = random.chance(30) ? '--noflush ' : '';
        if (!(await this.tryTo(`dmsetup suspend ${how}${name}`))) return;
        this.count('suspends');
        await pause(random.below(20));
        await this.tryTo(`dmsetup resume ${name}`);
        return;
      }
      case 'abort':
        await this.abort();
        return;
      case 'resume':
        await this.throttle('off');
        await this.tell('resumed', random.pick(['pvmove -i0', 'pvmove -b']));
        return;
      case 'second':
        await this.move();
        return;
      case 'look':
        await this.tryTo(random.pick(['lvs -a -o +devices,copy_percent', 'vgck vg', 'pvs -v']));
    }
  }

  private async abort(): Promise<void> {
    const source = await this.source();
    const isNamed = source !== undefined && this.random.chance(50);
    if (isNamed) await this.tell('PV aborted', `pvmove --abort ${source}`);
    else await this.tell('aborted', 'pvmove --abort');
  }

  /** Of a move that goes on or waits. */
  private async source(): Promise<string | undefined> {
    const { jobs } = await this.lab.api.state();
    return jobs.find(({ kind, endedMicros }) => kind === 'move' && endedMicros === undefined)
      ?.takeBack?.[2];
  }

  /** Counts where something moved and it was done. */
  private async tell(what: string, line: string): Promise<void> {
    const moves = (await this.source()) !== undefined;
    if ((await this.tryTo(line)) && moves) count(this.forms, what);
  }

  /** What still moves comes to its end, or goes back. */
  private async settle(): Promise<void> {
    await this.throttle('off');
    if (this.random.chance(40)) await this.abort();
    else await this.tell('resumed', 'pvmove -i0');
    for (let waited = 0; waited < PATIENCE_MILLIS; waited += LOOK_MILLIS) {
      if (isAtRest(await this.lab.api.state())) return this.expectNothingLeft();
      await pause(LOOK_MILLIS);
    }
    throw new Error(`no rest: ${await this.lab.run('lvs -a -o +devices,copy_percent')}`);
  }

  private async expectNothingLeft(): Promise<void> {
    const vg = await this.group();
    expectExactSpace(vg);
    await this.lab.run('vgck vg');
    const names = vg.lvs.map(({ dmName }) => dmName);
    const { devices } = await this.lab.api.state();
    const left = devices.find(({ name }) => !names.includes(name));
    if (left) throw new Error(`the device ${left.name} is left`);
    const all = JSON.stringify(extentsOf(vg));
    this.sizes ??= all;
    if (all !== this.sizes) throw new Error(`the volumes ${this.sizes} became ${all}`);
  }

  /** Moves while nothing is written: not a byte changes, and everything is where it can be. */
  private async atRest(): Promise<void> {
    await this.move();
    await this.check();
    await this.settle();
    await this.check();
  }

  /** The lab is closed amid a move, and opened again: the move goes on, or waits for a word. */
  private async cutShort(): Promise<void> {
    const { random } = this;
    if (!(await this.move('0', ['-b']))) return;
    await this.undone.all();
    const asks = random.chance(50);
    this.lines.push(`the lab is closed, and opened again${asks ? ' by somebody who looks' : ''}`);
    this.lab = await exportingAgain(this.lab.directory, asks ? { asks } : {});
    await this.attach();
    this.count('cutShort');
    if (asks) {
      const source = await this.source();
      if (source === undefined) throw new Error('nobody knows of the move any more');
      await this.check();
      const word = random.pick(['pvmove -b', `pvmove -b ${source}`, `pvmove --abort ${source}`]);
      await this.tell(`${word.replace(source, 'PV')} after it was cut short`, word);
    }
    await this.settle();
    await this.check();
  }

  private async group(): Promise<VgState> {
    const [vg] = (await this.lab.api.state()).vgs;
    if (!vg) throw new Error('the group is gone');
    return vg;
  }

  /** While nothing is written: every byte is what it was, and what was written last. */
  private async check(): Promise<void> {
    const source = await this.source();
    expectExactSpace(await this.group());
    const sums = await this.contents.sums(this.uris);
    this.resting ??= sums;
    if (sums !== this.resting) throw new Error(`${this.resting} became ${sums}`);
    if (source !== undefined && source === (await this.source())) this.count('checksInMove');
  }

  private async tryTo(line: string): Promise<boolean> {
    this.lines.push(line);
    try {
      await this.lab.run(line);
      return true;
    } catch (refused) {
      this.lines.push(`  ${String(refused).slice(0, 200)}`);
      return false;
    }
  }
}

function isAtRest({ jobs, vgs, mirrors, devices }: LabState): boolean {
  const runs = jobs.some(({ phase }) => phase === 'running' || phase === 'cancelling');
  const moves = vgs.some(({ lvs }) => lvs.some(({ name }) => name.startsWith('pvmove')));
  const copies = mirrors.some(({ inSync, regions }) => inSync < regions);
  return !runs && !moves && !copies && !devices.some(({ suspended }) => suspended);
}

const extentsOf = ({ lvs }: VgState): readonly (readonly [string, number])[] =>
  lvs.map(({ name, extentCount }) => [name, extentCount] as const);
