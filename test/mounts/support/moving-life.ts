/**
 * An ext4, and volumes beside it, under fio while their extents are moved about by chance:
 * throttled, suspended, aborted, resumed. In between nothing is written, and not a byte may change.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LabState, VgState } from '../../../core/contract/state.ts';
import type { Prng } from '../../../core/env/prng.ts';
import { exportingLab, type ExportingLab } from '../../programs/support/exporting-lab.ts';
import { fioVerify } from '../../programs/support/fio.ts';
import { newFolder } from '../../programs/support/folder.ts';
import { ran, run } from '../../programs/support/run.ts';
import { expectExactSpace } from '../../support/exact-space.ts';
import { moveLine } from '../../support/move-lines.ts';
import { fileOf, Undone, type FileOfExport } from './mounted.ts';

const DISKS = ['sda', 'sdb', 'sdc', 'sdd', 'sde'];
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
const RAW = { linear: 8, striped: 32, mirror: 16 } as const;
const EXTENT = 262_144;
const LOOK_MILLIS = 20;
const PATIENCE_MILLIS = 60_000;
/** Lines. */
const TOLD = 40;
/** Of fio in the file system; all of them verify. */
const PATTERNS = [
  { rw: 'randwrite', bsrange: '4k-32k' },
  { rw: 'write', bs: '64k' },
  { rw: 'randrw', bs: '4k', fsync: 8 },
  { rw: 'randwrite', bs: '8k', fdatasync: 3 },
  { rw: 'readwrite', bs: '16k' },
];
const MEDDLING = ['throttle', 'pause', 'pauseLayer', 'abort', 'resume', 'second', 'look'] as const;

const pause = (millis: number): Promise<void> => new Promise((later) => setTimeout(later, millis));

export class MovingLife {
  readonly happened: Record<string, number> = {};
  private readonly lines: string[] = [];
  private readonly undone = new Undone();
  private readonly uris = new Map<string, string>();
  private passes = 0;

  private constructor(
    private readonly lab: ExportingLab,
    private readonly random: Prng,
  ) {}

  static async begin(random: Prng): Promise<MovingLife> {
    const life = new MovingLife(await exportingLab(DISKS.length, '28m', LINES), random);
    await life.makeFiles();
    return life;
  }

  private file!: FileOfExport;

  private async makeFiles(): Promise<void> {
    const { lab, undone } = this;
    undone.add(() => lab.close());
    const files = await lab.uri('vg/files');
    this.file = await fileOf(files, undone);
    await run('mkfs.ext4', ['-q', '-F', this.file.path]);
    this.uris.set('files', files);
    for (const volume of Object.keys(RAW)) this.uris.set(volume, await lab.uri(`vg/${volume}`));
  }

  close(): Promise<void> {
    return this.undone.all();
  }

  /** What was done last, line by line. */
  get story(): string {
    return this.lines.slice(-TOLD).join('\n');
  }

  private count(what: string): void {
    this.happened[what] = (this.happened[what] ?? 0) + 1;
  }

  async round(): Promise<void> {
    this.count('rounds');
    await this.atWork();
    await this.atRest();
  }

  /** Moves while all volumes are written. */
  private async atWork(): Promise<void> {
    const folder = await this.file.mount();
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
        for (let times = this.random.below(5); times > 0 && !over; times--) await this.meddle();
        await going;
      } while (!over);
      await this.settle();
    };
    const ends = await Promise.allSettled([using, moving()]);
    await this.file.unmount();
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
    const { status, stdout, stderr } = await ran('e2fsck', ['-fn', await this.copyOf('files')]);
    if (status !== 0) throw new Error(`e2fsck: ${stdout}${stderr}`);
  }

  private async useFiles(folder: string): Promise<void> {
    const pattern = this.random.pick(PATTERNS);
    const all = {
      ...{ name: 'files', directory: folder, size: '3m', numjobs: 2, ioengine: 'psync', direct: 1 },
      ...{ verify: 'crc32c', verify_fatal: 1, do_verify: 1, verify_state_save: 0 },
      ...{ verify_backlog: 32, end_fsync: 1, randseed: this.random.below(1e6), invalidate: 1 },
      ...pattern,
    };
    const args = Object.entries(all).map(([name, value]) => `--${name}=${value}`);
    const { status, stdout, stderr } = await ran('fio', args, { cwd: await newFolder() });
    if (status !== 0) throw new Error(`fio on files ended with ${status}\n${stdout}${stderr}`);
    this.count('fioOnFiles');
  }

  private async use(volume: string): Promise<void> {
    const size = RAW[volume as keyof typeof RAW] * EXTENT;
    const word = (++this.passes).toString(16).padStart(8, '0');
    const { writes, reads } = await fioVerify(this.uris.get(volume) ?? '', {
      ...{ size, bsrange: '4k-16k', verify_backlog: 64, iodepth: this.random.pick([1, 4, 16]) },
      ...{ verify: 'pattern', verify_pattern: `0x${word}%o`, randseed: this.passes },
      rw: this.random.pick(['randwrite', 'write', 'randrw']),
    });
    this.happened['writes'] = (this.happened['writes'] ?? 0) + writes;
    this.happened['reads'] = (this.happened['reads'] ?? 0) + reads;
  }

  private async move(): Promise<void> {
    const { random } = this;
    const [vg] = (await this.lab.api.state()).vgs;
    if (!vg) throw new Error('the group is gone');
    await this.tryTo(`throttle ${random.pick(['off', '2', '4', '10', '40'])}`);
    const done = await this.tryTo(moveLine(vg, random, ['-b', '-b', '-i0', '-i1']));
    this.count(done ? 'moves' : 'refused');
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
        await this.tryTo(`throttle ${random.pick(['off', '3', '10', '50'])}`);
        return;
      case 'pause':
      case 'pauseLayer': {
        const of = kind === 'pauseLayer' && layers.length > 0 ? layers : devices;
        const { name } = random.pick(of);
        const how = random.chance(30) ? '--noflush ' : '';
        if (!(await this.tryTo(`dmsetup suspend ${how}${name}`))) return;
        await pause(random.below(20));
        await this.tryTo(`dmsetup resume ${name}`);
        return;
      }
      case 'abort':
        await this.tryTo('pvmove --abort');
        return;
      case 'resume':
        await this.tryTo('throttle off');
        await this.tryTo(this.random.pick(['pvmove -i0', 'pvmove -b']));
        return;
      case 'second':
        await this.move();
        return;
      case 'look':
        await this.tryTo(random.pick(['lvs -a -o +devices,copy_percent', 'vgck vg', 'pvs -v']));
    }
  }

  /** What still moves comes to its end, or goes back. */
  private async settle(): Promise<void> {
    await this.tryTo('throttle off');
    if (this.random.chance(40)) await this.tryTo('pvmove --abort');
    else await this.tryTo('pvmove -i0');
    for (let waited = 0; waited < PATIENCE_MILLIS; waited += LOOK_MILLIS) {
      if (isAtRest(await this.lab.api.state())) return;
      await pause(LOOK_MILLIS);
    }
    throw new Error(`no rest: ${await this.lab.run('lvs -a -o +devices,copy_percent')}`);
  }

  /** Moves while nothing is written: not a byte changes, and everything is where it can be. */
  private async atRest(): Promise<void> {
    const before = await this.sums();
    const sizes = extentsOf(await this.group());
    await this.move();
    await this.settle();
    const after = await this.sums();
    if (after.join() !== before.join()) throw new Error(`${before.join()} became ${after.join()}`);
    const vg = await this.group();
    if (JSON.stringify(extentsOf(vg)) !== JSON.stringify(sizes)) throw new Error('extents differ');
    expectExactSpace(vg);
    await this.lab.run('vgck vg');
    const names = vg.lvs.map(({ dmName }) => dmName);
    const { devices } = await this.lab.api.state();
    const left = devices.find(({ name }) => !names.includes(name));
    if (left) throw new Error(`the device ${left.name} is left`);
  }

  private async group(): Promise<VgState> {
    const [vg] = (await this.lab.api.state()).vgs;
    if (!vg) throw new Error('the group is gone');
    return vg;
  }

  private sums(): Promise<readonly string[]> {
    return Promise.all(
      [...this.uris.keys()].map(async (volume) => {
        const content = await readFile(await this.copyOf(volume));
        return createHash('sha256').update(content).digest('hex');
      }),
    );
  }

  /** A file with what the volume holds now, past every cache of this machine. */
  private async copyOf(volume: string): Promise<string> {
    const copy = join(await newFolder(), volume);
    await run('nbdcopy', [this.uris.get(volume) ?? '', copy]);
    return copy;
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
