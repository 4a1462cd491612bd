/**
 * An ext4 under fio, and snapshots of it that come, are written, grow, overflow, go and flow back
 * by chance. Each is at once compared with its origin, and remembered byte for byte; its file
 * system, replayed on a copy, is whole. What fio wrote it verifies itself; and where nothing is
 * mounted, the files are looked at past every cache.
 */
import type { Prng } from '../../../core/env/prng.ts';
import { exportingLab, type ExportingLab } from '../../programs/support/exporting-lab.ts';
import { expectExactSpace } from '../../support/exact-space.ts';
import { exportingAgain } from '../../support/exporting-lab.ts';
import { Written } from './contents.ts';
import { Undone } from './mounted.ts';
import { expectFiles, expectTaken, readVolume, Taken } from './taken.ts';
import { writeByApi, writeFiles, writeWithFio } from './taken-writes.ts';
import { QUIET, UsedOrigin } from './used-origin.ts';

const DISKS = 6;
const ORIGIN = 'vg/o';
const EXTENT = 262_144;
const EXTENTS = 48;
const SIZE = EXTENTS * EXTENT;
/** Kinds of origins, one of which every life has. */
const ORIGINS = ['', '-i 2 -I 16k', '--type mirror -m1 -R 32k'];
const MOST_SNAPSHOTS = 4;
const CHUNKS = ['4k', '4k', '8k', '16k', '32k', '64k', '128k', '256k', '512k'];
const SIZES = ['-l 2', '-l 6', '-l 50%ORIGIN', '-l 100%ORIGIN', '-l 100%ORIGIN'];
const RATES = ['off', 'off', '3', '20', '100'];
const OPERATIONS = [
  ...['take', 'take', 'take', 'write', 'write', 'fio', 'extend', 'extend', 'remove'],
  ...['look', 'pause', 'throttle', 'mount', 'merge'],
] as const;
/** Of a round, at least. */
const PER_ROUND = 14;
const LOOK_MILLIS = 20;
const PATIENCE_MILLIS = 60_000;
/** Lines. */
const TOLD = 40;

const pause = (millis: number): Promise<void> => new Promise((later) => setTimeout(later, millis));

export class SnapshotLife {
  readonly happened: Record<string, number> = {};
  private readonly lines: string[] = [];
  private readonly undone = new Undone();
  private readonly origin: UsedOrigin;
  private readonly snapshots = new Map<string, Taken>();
  /** The one that flows back as soon as nobody has the origin open. */
  private merging: Taken | undefined;
  private taken = 0;
  private passes = 0;

  private constructor(
    private lab: ExportingLab,
    private readonly random: Prng,
  ) {
    this.origin = new UsedOrigin(random, (what, times) => {
      this.count(what, times);
    });
  }

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
    await this.origin.close();
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

  private async makeFileSystem(): Promise<void> {
    await this.origin.make(await this.lab.uri(ORIGIN));
    await this.lab.run(`export ${ORIGIN} --end`);
  }

  private async mount(): Promise<void> {
    await this.origin.mount(await this.lab.uri(ORIGIN));
  }

  private async unmount(): Promise<void> {
    await this.origin.unmount();
    await this.lab.run(`export ${ORIGIN} --end`);
  }

  /** Written as long as snapshots come and go. */
  private async atWork(): Promise<void> {
    await this.mount();
    let over = false;
    const using = async (): Promise<void> => {
      do await this.origin.use();
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
    await this.unmount();
  }

  private async content(): Promise<Buffer> {
    const found = await readVolume(this.lab.api, ORIGIN, SIZE);
    if (typeof found === 'string') throw new Error(`the origin cannot be read: ${found}`);
    return found;
  }

  private async operate(): Promise<void> {
    await pause(this.random.below(40));
    const valid = [...this.snapshots.values()].filter(({ lost }) => !lost);
    const kind = this.snapshots.size === 0 ? 'take' : this.random.pick(OPERATIONS);
    if (kind === 'take') return this.take();
    if (kind === 'throttle') return this.throttle(this.random.pick(RATES));
    const snapshot = this.random.pick(valid.length > 0 ? valid : [...this.snapshots.values()]);
    switch (kind) {
      case 'write':
      case 'fio':
      case 'mount':
        return this.write(snapshot, kind);
      case 'extend':
        return this.extend(snapshot);
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
    const goOn = await this.origin.calm(quiet);
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

  private async compare(name: string, line: string, still: boolean): Promise<Taken | undefined> {
    const before = await this.content();
    if (!(await this.tryTo(line))) return undefined;
    const found = await readVolume(this.lab.api, `vg/${name}`, SIZE);
    const after = await this.content();
    const isLost = typeof found === 'string';
    const made = new Taken('vg', name, isLost ? before : found);
    this.snapshots.set(name, made);
    if (isLost) await made.expectLost(this.lab.api, found);
    else this.count('comparedSectors', expectTaken(before, found, after));
    if (still && !before.equals(after)) throw new Error('a frozen file system was written');
    return made;
  }

  private async write(snapshot: Taken, kind: 'write' | 'fio' | 'mount'): Promise<void> {
    const { lab, random } = this;
    await snapshot.check(lab.api);
    if (snapshot.lost || (kind === 'mount' && !snapshot.hasFiles)) return;
    this.lines.push(`${kind} on ${snapshot.volume}`);
    if (kind === 'write') await writeByApi(lab, random, snapshot);
    else if (kind === 'fio') await writeWithFio(lab, random, snapshot, ++this.passes);
    else await writeFiles(lab, snapshot);
    await snapshot.check(lab.api);
    this.operated(kind);
  }

  private async remove(snapshot: Taken): Promise<void> {
    if (snapshot === this.merging) return;
    await snapshot.check(this.lab.api);
    await this.lab.run(`lvremove -y ${snapshot.volume}`);
    this.lines.push(`lvremove -y ${snapshot.volume}`);
    this.snapshots.delete(snapshot.name);
    this.operated(snapshot.lost ? 'removedLost' : 'removed');
  }

  private async extend(snapshot: Taken): Promise<void> {
    await snapshot.check(this.lab.api);
    const line = `lvextend -l +${1 + this.random.below(12)} ${snapshot.volume}`;
    if (await this.tryTo(line)) this.operated('extended');
    await snapshot.check(this.lab.api);
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

  private async atRest(): Promise<void> {
    const { random } = this;
    const content = await this.content();
    await this.origin.expect(content);
    // What was written at last may have been too much for some of them.
    await this.checkAll();
    const valid = [...this.snapshots.values()].filter(({ lost }) => !lost);
    if (this.merging) await this.mergeOnActivation(this.merging, content);
    else if (valid.length > 0 && random.chance(40)) await this.mergeAtOnce(random.pick(valid));
    else if (random.chance(40)) {
      await this.reopen();
      if (!content.equals(await this.content())) throw new Error('the origin has changed');
    }
    await this.checkAll();
    const [vg] = (await this.lab.api.state()).vgs;
    if (!vg) throw new Error('the group is gone');
    expectExactSpace(vg);
    await this.lab.run('vgck vg');
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
      if (how === 'refreshed') {
        await this.lab.run(`lvchange --refresh ${ORIGIN}`);
        return;
      }
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
    if (!content.equals(await this.content())) throw new Error('the origin has changed');
    await this.lab.run(`lvchange -an ${ORIGIN}`);
    await this.lab.run(`lvremove -y ${snapshot.volume}`);
    await this.lab.run(`lvchange -ay ${ORIGIN}`);
    if (!content.equals(await this.content())) throw new Error('the origin has changed');
    this.snapshots.delete(snapshot.name);
    this.operated('lostBeforeMerge');
  }

  /** From its first moment on the origin is what the snapshot was; the others stay as they are. */
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

  private async expectMerged({ content: wanted, name, volume }: Taken): Promise<void> {
    const content = await this.content();
    if (await this.isThere(name)) this.count('checksInMerge');
    const at = new Written(wanted).differenceIn(content);
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
    await this.origin.becomes(content);
    await this.mount();
    await this.unmount();
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
