/**
 * An ext4 under fio, and snapshots of it that come, are written, grow, overflow, go and flow back
 * by chance. Each is at once compared with its origin, and remembered byte for byte; its file
 * system, replayed on a copy, is whole. What fio wrote it verifies itself; and where nothing is
 * mounted, the files are looked at past every cache.
 */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Prng } from '../../../core/env/prng.ts';
import { exportingLab, type ExportingLab } from '../../programs/support/exporting-lab.ts';
import { fioVerify } from '../../programs/support/fio.ts';
import { newFolder } from '../../programs/support/folder.ts';
import { run } from '../../programs/support/run.ts';
import { expectExactSpace } from '../../support/exact-space.ts';
import { exportingAgain } from '../../support/exporting-lab.ts';
import { expectSound, fileIn, inPass, Written } from './contents.ts';
import { fioOnFiles, makeFiles } from './fio-files.ts';
import { fileOf, Undone, type FileOfExport } from './mounted.ts';
import { expectFiles, expectTaken, readVolume, Taken } from './taken.ts';

const DISKS = 6;
const ORIGIN = 'vg/o';
const EXTENT = 262_144;
const EXTENTS = 48;
const SIZE = EXTENTS * EXTENT;
/** Kinds of origins, one of which every life has. */
const ORIGINS = ['', '-i 2 -I 16k', '--type mirror -m1 -R 32k'];
const FILES = ['one', 'two'];
const FILE_BYTES = 2 * 2 ** 20;
/** Small ones that come and go beside them. */
const TREE_FILES = 120;
const TREE = 'test/mounts/support/write-tree.mjs';

const MOST_SNAPSHOTS = 4;
const CHUNKS = ['4k', '4k', '8k', '16k', '32k', '64k', '128k', '256k', '512k'];
const SIZES = ['-l 1', '-l 2', '-l 4', '-l 8', '-l 25%ORIGIN', '-l 50%ORIGIN', '-l 100%ORIGIN'];
/** How quiet it is when a snapshot is taken: frozen, cut off amid a write, not at all. */
const QUIET = ['frozen', 'held', 'amid'] as const;
const QUIET_MILLIS = 20;
const RATES = ['off', 'off', '3', '20', '100'];
const OPERATIONS = [
  ...['take', 'take', 'take', 'write', 'write', 'fio', 'extend', 'extend', 'remove'],
  ...['look', 'pause', 'throttle', 'mount', 'merge'],
] as const;
/** Of a round, at least. */
const PER_ROUND = 8;
const LOOK_MILLIS = 20;
const PATIENCE_MILLIS = 60_000;
/** Lines. */
const TOLD = 40;

const pause = (millis: number): Promise<void> => new Promise((later) => setTimeout(later, millis));

export class SnapshotLife {
  readonly happened: Record<string, number> = {};
  private readonly lines: string[] = [];
  private readonly undone = new Undone();
  /** Of what is mounted. */
  private readonly attached = new Undone();
  private file!: FileOfExport;
  private folder = '';
  private readonly snapshots = new Map<string, Taken>();
  /** What the files of the origin hold; one that is not there is not known. */
  private readonly files = new Map<string, Written>();
  /** The one that flows back as soon as nobody has the origin open. */
  private merging: Taken | undefined;
  private taken = 0;
  private passes = 0;

  private constructor(
    private lab: ExportingLab,
    private readonly random: Prng,
  ) {}

  static async begin(random: Prng): Promise<SnapshotLife> {
    const pvs = Array.from({ length: DISKS }, (_, at) => `/dev/sd${'abcdef'[at] ?? ''}`);
    const kind = ORIGINS[random.seed % ORIGINS.length] ?? '';
    const lines = [
      `vgcreate -s ${EXTENT}b vg ${pvs.join(' ')}`,
      `lvcreate ${kind} -l ${EXTENTS} -n o vg`,
    ];
    const life = new SnapshotLife(await exportingLab(DISKS, '28m', lines), random);
    life.undone.add(() => life.lab.close());
    await life.makeFileSystem();
    return life;
  }

  /** What was done last, line by line. */
  get story(): string {
    return this.lines.slice(-TOLD).join('\n');
  }

  /** What was done to snapshots, and not refused. */
  get operations(): number {
    return this.happened['operations'] ?? 0;
  }

  async close(): Promise<void> {
    await this.attached.all();
    await this.undone.all();
  }

  async round(): Promise<void> {
    this.count('rounds');
    await this.atWork();
    await this.atRest();
  }

  private count(what: string, times = 1): void {
    this.happened[what] = (this.happened[what] ?? 0) + times;
  }

  private operated(what: string): void {
    this.count('operations');
    this.count(what);
  }

  // --- the file system

  private async makeFileSystem(): Promise<void> {
    await this.attach();
    await run('mkfs.ext4', ['-q', '-F', '-b', '1024', this.file.path]);
    const folder = await this.file.mount();
    await makeFiles(folder, FILES, FILE_BYTES);
    for (const name of FILES) this.files.set(name, new Written(Buffer.alloc(FILE_BYTES)));
    await this.file.unmount();
    await this.detach();
  }

  private async attach(): Promise<void> {
    this.file = await fileOf(await this.lab.uri(ORIGIN), this.attached);
  }

  private async detach(): Promise<void> {
    await this.file.unmount();
    await this.attached.all();
    await this.lab.run(`export ${ORIGIN} --end`);
  }

  /** Written as long as snapshots come and go. */
  private async atWork(): Promise<void> {
    await this.attach();
    this.folder = await this.file.mount();
    let over = false;
    const using = async (): Promise<void> => {
      do await Promise.all([this.useFiles(), this.useTree()]);
      while (!over);
    };
    const operating = async (): Promise<void> => {
      for (let done = 0; done < PER_ROUND; done++) await this.operate();
    };
    const ends = await Promise.allSettled([
      using(),
      operating().finally(() => {
        over = true;
      }),
    ]);
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
    await this.checkAll();
    await this.detach();
  }

  private async useFiles(): Promise<void> {
    const jobs = FILES.map((name) => ({ name, pass: ++this.passes }));
    const pick = <T>(ways: readonly T[]): T => this.random.pick(ways);
    const logs = await fioOnFiles(this.folder, FILE_BYTES, jobs, pick);
    for (const [index, { name, pass }] of jobs.entries()) {
      const log = await readFile(logs[index] ?? '', 'utf8');
      this.count('writes', this.files.get(name)?.take(pass, log) ?? 0);
    }
    this.count('fioOnFiles');
  }

  private async useTree(): Promise<void> {
    const tree = join(this.folder, 'tree');
    await run('rm', ['-rf', tree]);
    await run('mkdir', [tree]);
    await run(process.execPath, [TREE, tree, `${++this.passes}`, `${TREE_FILES}`]);
  }

  private async origin(): Promise<Buffer> {
    const found = await readVolume(this.lab.api, ORIGIN, SIZE);
    if (!found) throw new Error('the origin cannot be read');
    return found;
  }

  // --- one operation

  private async operate(): Promise<void> {
    await pause(this.random.below(40));
    const valid = [...this.snapshots.values()].filter(({ lost }) => !lost);
    const kind = this.snapshots.size === 0 ? 'take' : this.random.pick(OPERATIONS);
    if (kind === 'take') return this.take();
    if (kind === 'throttle') return this.throttle(this.random.pick(RATES));
    const snapshot = this.random.pick(valid.length > 0 ? valid : [...this.snapshots.values()]);
    switch (kind) {
      case 'write':
        return this.write(snapshot);
      case 'fio':
        return this.writeWithFio(snapshot);
      case 'mount':
        return this.mountSnapshot(snapshot);
      case 'extend':
        if (await this.tryTo(`lvextend -l +${1 + this.random.below(12)} ${snapshot.volume}`)) {
          this.operated('extended');
        }
        return snapshot.check(this.lab.api);
      case 'remove':
        return this.remove(this.random.pick([...this.snapshots.values()]));
      case 'merge':
        return this.mergeLater(snapshot);
      case 'pause':
        return this.pauseDevices(snapshot);
      case 'look':
        await this.tryTo('lvs -a -o +devices,data_percent');
        return snapshot.check(this.lab.api);
    }
  }

  private async take(): Promise<void> {
    if (this.snapshots.size >= MOST_SNAPSHOTS) {
      return this.remove(this.random.pick([...this.snapshots.values()]));
    }
    const { random } = this;
    const quiet = random.pick(QUIET);
    const name = `s${++this.taken}`;
    const line = `lvcreate -s -c ${random.pick(CHUNKS)} ${random.pick(SIZES)} -n ${name} ${ORIGIN}`;
    this.lines.push(quiet);
    const goOn = await this.calm(quiet);
    let made: Taken | undefined;
    try {
      made = await this.compare(name, line, quiet === 'frozen');
    } finally {
      await goOn();
    }
    if (!made) return;
    this.operated('taken');
    this.count(quiet);
    if (!made.lost) await expectFiles(made.content);
  }

  /** @returns what lets them go on */
  private async calm(quiet: (typeof QUIET)[number]): Promise<() => Promise<unknown> | undefined> {
    if (quiet === 'amid') return () => undefined;
    if (quiet === 'frozen') {
      await run('fsfreeze', ['-f', this.folder]);
      return () => run('fsfreeze', ['-u', this.folder]);
    }
    const goOn = this.file.hold();
    await pause(QUIET_MILLIS);
    return () => {
      goOn();
      return undefined;
    };
  }

  private async compare(name: string, line: string, still: boolean): Promise<Taken | undefined> {
    const before = await this.origin();
    if (!(await this.tryTo(line))) return undefined;
    const found = await readVolume(this.lab.api, `vg/${name}`, SIZE);
    const after = await this.origin();
    const made = new Taken('vg', name, found ?? before);
    this.snapshots.set(name, made);
    if (!found) await made.expectLost(this.lab.api);
    else this.count('comparedSectors', expectTaken(before, found, after));
    if (still && !before.equals(after)) throw new Error('a frozen file system was written');
    return made;
  }

  private async write(snapshot: Taken): Promise<void> {
    const { random, lab } = this;
    const length = random.pick([512, 4096, 5000, 65_536, 300_000]);
    const at = random.below(SIZE - length);
    const data = Buffer.alloc(length, `${snapshot.name} ${at} `);
    this.lines.push(`${length} bytes to ${at} of ${snapshot.volume}`);
    if (snapshot.lost) return snapshot.check(lab.api);
    await snapshot.write(lab.api, at, data);
    this.operated('written');
    await snapshot.check(lab.api);
  }

  private async writeWithFio(snapshot: Taken): Promise<void> {
    const { random, lab } = this;
    const [pass, log] = [++this.passes, join(await newFolder(), 'log')];
    const size = EXTENT * (1 + random.below(4));
    const offset = EXTENT * random.below(EXTENTS - 4);
    this.lines.push(`fio on ${size} bytes at ${offset} of ${snapshot.volume}`);
    const uri = await lab.uri(snapshot.volume);
    const rw = random.pick(['randwrite', 'write', 'randrw']);
    const how = { size, offset, rw, bsrange: '4k-32k', ...inPass(pass, log) };
    const done = await fioVerify(uri, how).catch((cause: unknown) => cause);
    await lab.run(`export ${snapshot.volume} --end`);
    if (done instanceof Error) {
      // It may have had no room for all of that; then it must say so.
      await snapshot.expectLost(lab.api).catch(() => {
        throw done;
      });
      return;
    }
    snapshot.take(pass, await readFile(log, 'utf8'));
    await rm(log);
    this.operated('writtenWithFio');
    await snapshot.check(lab.api);
  }

  /** Its file system is written, and whole afterwards. */
  private async mountSnapshot(snapshot: Taken): Promise<void> {
    await snapshot.check(this.lab.api);
    if (!snapshot.hasFiles || snapshot.lost) return;
    this.lines.push(`${snapshot.volume} is mounted`);
    const undone = new Undone();
    const uri = await this.lab.uri(snapshot.volume);
    const work = async (): Promise<void> => {
      const file = await fileOf(uri, undone);
      const folder = await file.mount();
      await makeFiles(folder, [`of-${snapshot.name}`], 65_536);
      await file.unmount();
    };
    const done = await work().catch((cause: unknown) => cause);
    await undone.all();
    await this.lab.run(`export ${snapshot.volume} --end`);
    const content = await readVolume(this.lab.api, snapshot.volume, SIZE);
    if (!content) return snapshot.expectLost(this.lab.api);
    if (done instanceof Error) throw done;
    await expectFiles(content);
    snapshot.becomes(content);
    this.operated('mounted');
  }

  private async remove(snapshot: Taken): Promise<void> {
    if (snapshot === this.merging) return;
    await snapshot.check(this.lab.api);
    await this.lab.run(`lvremove -y ${snapshot.volume}`);
    this.lines.push(`lvremove -y ${snapshot.volume}`);
    this.snapshots.delete(snapshot.name);
    this.operated(snapshot.lost ? 'removedLost' : 'removed');
  }

  private async pauseDevices({ name }: Taken): Promise<void> {
    const device = this.random.pick(['vg-o', `vg-${name}`]);
    const how = this.random.pick(['', '', '--noflush ']);
    if (!(await this.tryTo(`dmsetup suspend ${how}${device}`))) return;
    await pause(this.random.below(20));
    await this.lab.run(`dmsetup resume ${device}`);
    this.count('paused');
  }

  private async throttle(rate: string): Promise<void> {
    await this.lab.run(`throttle ${rate}`);
    this.lines.push(`throttle ${rate}`);
    this.count('throttled');
  }

  private async mergeLater(snapshot: Taken): Promise<void> {
    const accepted = await this.tryTo(`lvconvert --merge ${snapshot.volume}`);
    if (!accepted) return;
    if (this.merging) throw new Error('two snapshots flow back into one origin');
    this.merging = snapshot;
    this.count('mergesLater');
  }

  // --- while nothing is mounted

  private async atRest(): Promise<void> {
    const { random } = this;
    const content = await this.origin();
    await this.expectOrigin(content);
    const valid = [...this.snapshots.values()].filter(({ lost }) => !lost);
    if (this.merging) await this.mergeOnActivation(this.merging, content);
    else if (valid.length > 0 && random.chance(40)) await this.mergeAtOnce(random.pick(valid));
    else if (random.chance(40)) {
      await this.reopen();
      if (!content.equals(await this.origin())) throw new Error('the origin has changed');
    }
    await this.checkAll();
    const [vg] = (await this.lab.api.state()).vgs;
    if (!vg) throw new Error('the group is gone');
    expectExactSpace(vg);
    await this.lab.run('vgck vg');
  }

  private async expectOrigin(content: Buffer): Promise<void> {
    const image = join(await newFolder(), 'origin');
    await writeFile(image, content);
    await expectSound(image);
    for (const name of FILES) {
      const at = this.files.get(name)?.differenceIn(await fileIn(image, name));
      if (at !== undefined) throw new Error(`${name} is not what was written last at byte ${at}`);
    }
    await rm(image);
    this.count('originChecks');
  }

  private async reopen(): Promise<void> {
    this.lines.push('the lab is closed, and opened again');
    await this.undone.all();
    this.lab = await exportingAgain(this.lab.directory);
    this.undone.add(() => this.lab.close());
    this.count('reopened');
  }

  private async mergeAtOnce(snapshot: Taken): Promise<void> {
    const rate = this.random.pick(RATES);
    await this.throttle(rate);
    await this.merged(snapshot, () => this.lab.run(`lvconvert -b --merge ${snapshot.volume}`));
    this.operated('mergedAtOnce');
  }

  /** @param content of the origin; it stays where the snapshot is lost */
  private async mergeOnActivation(snapshot: Taken, content: Buffer): Promise<void> {
    this.merging = undefined;
    await this.throttle(this.random.pick(RATES));
    const how = this.random.pick(['activated', 'refreshed', 'reopened'] as const);
    const begin = async (): Promise<void> => {
      if (how === 'reopened') return this.reopen();
      if (how === 'refreshed') return void (await this.lab.run(`lvchange --refresh ${ORIGIN}`));
      await this.lab.run(`lvchange -an ${ORIGIN}`);
      await this.lab.run(`lvchange -ay ${ORIGIN}`);
    };
    this.lines.push(`the merge of ${snapshot.volume} begins: ${how}`);
    if (snapshot.lost) return this.afterLost(snapshot, content, begin);
    await this.merged(snapshot, begin);
    this.operated(how);
  }

  /** It cannot be merged any more: it goes, and the origin is what it was. */
  private async afterLost(
    snapshot: Taken,
    content: Buffer,
    begin: () => Promise<void>,
  ): Promise<void> {
    await begin();
    if (!content.equals(await this.origin())) throw new Error('the origin has changed');
    await this.lab.run(`lvchange -an ${ORIGIN}`);
    await this.lab.run(`lvremove -y ${snapshot.volume}`);
    await this.lab.run(`lvchange -ay ${ORIGIN}`);
    if (!content.equals(await this.origin())) throw new Error('the origin has changed');
    this.snapshots.delete(snapshot.name);
    this.operated('lostBeforeMerge');
  }

  /** From its first moment on the origin is what the snapshot was; the others stay what they are. */
  private async merged(snapshot: Taken, begin: () => Promise<unknown>): Promise<void> {
    this.snapshots.delete(snapshot.name);
    this.lines.push(`${snapshot.volume} flows back`);
    await begin();
    for (let times = this.random.below(6); times > 0; times--) {
      await this.expectMerged(snapshot);
      if (this.random.chance(50)) await this.writeSame(snapshot);
      if (this.random.chance(30)) await this.checkAll();
      if (this.random.chance(15)) await this.reopen();
    }
    await this.throttle('off');
    for (let waited = 0; await this.isThere(snapshot.name); waited += LOOK_MILLIS) {
      if (waited > PATIENCE_MILLIS) {
        throw new Error(`no end of it: ${await this.lab.run('lvs -a -o +data_percent')}`);
      }
      await pause(LOOK_MILLIS);
    }
    await this.expectMerged(snapshot);
    await this.checkAll();
    await this.takeFiles(snapshot);
  }

  private async isThere(name: string): Promise<boolean> {
    const { vgs } = await this.lab.api.state();
    return vgs.some(({ lvs }) => lvs.some((lv) => lv.name === name));
  }

  private async expectMerged({ content, volume }: Taken): Promise<void> {
    if ((await this.isThere(volume.replace('vg/', ''))) === true) this.count('checksInMerge');
    const at = new Written(content).differenceIn(await this.origin());
    if (at !== undefined) throw new Error(`the origin is not what ${volume} was at byte ${at}`);
  }

  /** What is merged may be written meanwhile; here with what it holds. */
  private async writeSame({ content }: Taken): Promise<void> {
    const length = this.random.pick([4096, 65_536, 2 ** 20]);
    const at = this.random.below(SIZE - length);
    const done = await this.lab.api.write(ORIGIN, at, content.subarray(at, at + length));
    if (!done.ok) throw new Error(done.error.messages.join('\n'));
    this.count('writesInMerge');
  }

  /** The files are what they were when it was taken; one that was written may have none. */
  private async takeFiles({ content, hasFiles }: Taken): Promise<void> {
    if (!hasFiles) return this.makeFileSystem();
    const image = join(await newFolder(), 'origin');
    await writeFile(image, content);
    await run('e2fsck', ['-fy', '-E', 'journal_only', image]);
    for (const name of FILES) this.files.set(name, new Written(await fileIn(image, name)));
    await rm(image);
    await this.attach();
    await this.file.mount();
    await this.detach();
  }

  private async checkAll(): Promise<void> {
    for (const snapshot of this.snapshots.values()) await snapshot.check(this.lab.api);
    this.count('checksOfAll');
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
