/**
 * An ext4 under fio, and snapshots of it that come, are written, grow, overflow, go and flow back
 * by chance. Each is at once compared with its origin, and remembered byte for byte; its file
 * system, replayed on a copy, is whole. What fio wrote it verifies itself; and where nothing is
 * mounted, the files are looked at past every cache.
 */
import type { Prng } from '../../../core/env/prng.ts';
import { expectExactSpace } from '../../support/exact-space.ts';
import { Crossing } from './crossing.ts';
import { flowBack } from './flowing-back.ts';
import { expectFiles, expectTaken, readVolume, Taken } from './taken.ts';
import { writeByApi, writeFiles, writeWithFio } from './taken-writes.ts';
import { ToldLab } from './told-lab.ts';
import { QUIET, UsedOrigin } from './used-origin.ts';

const DISKS = ['sda', 'sdb', 'sdc', 'sdd', 'sde', 'sdf'];
const ORIGIN = 'vg/o';
const SECTOR = 512;
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

const pause = (millis: number): Promise<void> => new Promise((later) => setTimeout(later, millis));

export class SnapshotLife {
  private readonly origin: UsedOrigin;
  private readonly crossing: Crossing;
  private readonly snapshots = new Map<string, Taken>();
  /** The one that flows back as soon as nobody has the origin open. */
  private merging: Taken | undefined;
  private taken = 0;
  private passes = 0;

  private constructor(
    readonly lab: ToldLab,
    private readonly random: Prng,
  ) {
    this.origin = new UsedOrigin(random, (what, times) => {
      lab.count(what, times);
    });
    this.crossing = new Crossing(lab, random, { name: ORIGIN, size: SIZE }, DISKS);
  }

  static async begin(random: Prng): Promise<SnapshotLife> {
    const pvs = DISKS.map((name) => `/dev/${name}`);
    const kind = ORIGINS[random.seed % ORIGINS.length] ?? '';
    const lines = [
      `vgcreate -s ${EXTENT}b vg ${pvs.join(' ')}`,
      `lvcreate ${kind} -l ${EXTENTS} -n o vg`,
    ];
    const life = new SnapshotLife(await ToldLab.begin(DISKS.length, '28m', lines), random);
    await life.makeFileSystem();
    return life;
  }

  async close(): Promise<void> {
    await this.origin.close();
    await this.lab.close();
  }

  async round(): Promise<void> {
    this.lab.count('rounds');
    await this.atWork();
    await this.atRest();
  }

  private get valid(): readonly Taken[] {
    return [...this.snapshots.values()].filter(({ lost }) => !lost);
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

  private content(): Promise<Buffer> {
    return this.lab.content(ORIGIN, SIZE);
  }

  private async operate(): Promise<void> {
    await pause(this.random.below(40));
    const { valid } = this;
    const kind = this.snapshots.size === 0 ? 'take' : this.random.pick(OPERATIONS);
    if (kind === 'take') return this.take();
    if (kind === 'throttle') return this.lab.throttle(this.random.pick(RATES));
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
        await this.lab.tryTo('lvs -a -o +devices,data_percent');
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
    this.lab.tell(quiet);
    const goOn = await this.origin.calm(quiet);
    let made: Taken | undefined;
    try {
      made = await this.compare(name, line, quiet === 'frozen');
    } finally {
      await goOn();
    }
    if (!made) return;
    this.lab.operated('taken');
    this.lab.count(quiet);
    if (made.lost) return;
    await expectFiles(made.content);
    this.lab.count('replayed and checked');
  }

  private async compare(name: string, line: string, still: boolean): Promise<Taken | undefined> {
    const before = await this.content();
    if (!(await this.lab.tryTo(line))) return undefined;
    const found = await readVolume(this.lab.api, `vg/${name}`, SIZE);
    const after = await this.content();
    const isLost = typeof found === 'string';
    const made = new Taken('vg', name, isLost ? before : found);
    this.snapshots.set(name, made);
    if (isLost) await made.expectLost(this.lab.api, found);
    else this.lab.count('comparedSectors', expectTaken(before, found, after));
    if (still && !before.equals(after)) throw new Error('a frozen file system was written');
    return made;
  }

  private async write(snapshot: Taken, kind: 'write' | 'fio' | 'mount'): Promise<void> {
    const { lab, random } = this;
    await snapshot.check(lab.api);
    if (snapshot.lost || (kind === 'mount' && !snapshot.hasFiles)) return;
    this.lab.tell(`${kind} on ${snapshot.volume}`);
    if (kind === 'write') await writeByApi(lab.now, random, snapshot);
    else if (kind === 'fio') await writeWithFio(lab.now, random, snapshot, ++this.passes);
    else await writeFiles(lab.now, snapshot);
    await snapshot.check(lab.api);
    this.lab.operated(this.valid.includes(snapshot) ? kind : 'write, too much');
  }

  private async remove(snapshot: Taken): Promise<void> {
    if (snapshot === this.merging) return;
    await snapshot.check(this.lab.api);
    await this.lab.run(`lvremove -y ${snapshot.volume}`);
    this.snapshots.delete(snapshot.name);
    this.lab.operated(snapshot.lost ? 'removed, lost' : 'removed');
  }

  private async extend(snapshot: Taken): Promise<void> {
    await snapshot.check(this.lab.api);
    const line = `lvextend -l +${1 + this.random.below(12)} ${snapshot.volume}`;
    if (await this.lab.tryTo(line)) this.lab.operated('extended');
    await snapshot.check(this.lab.api);
  }

  private async pauseDevices({ name }: Taken): Promise<void> {
    const device = this.random.pick(['vg-o', `vg-${name}`]);
    const how = this.random.pick(['', '', '--noflush ']);
    if (!(await this.lab.tryTo(`dmsetup suspend ${how}${device}`))) return;
    await pause(this.random.below(20));
    await this.lab.run(`dmsetup resume ${device}`);
    this.lab.count('paused');
  }

  private async mergeLater(snapshot: Taken): Promise<void> {
    const accepted = await this.lab.tryTo(`lvconvert --merge ${snapshot.volume}`);
    if (!accepted) return;
    if (this.merging) throw new Error('two snapshots flow back into one origin');
    this.merging = snapshot;
    this.lab.count('mergesLater');
  }

  private async atRest(): Promise<void> {
    const { random } = this;
    const content = await this.content();
    await this.origin.expect(content);
    // What was written at last may have been too much for some of them.
    await this.checkAll();
    if (this.valid.length > 0) await this.cross(content);
    const { valid } = this;
    if (this.merging) await this.mergeOnActivation(this.merging, content);
    else if (valid.length > 0 && random.chance(40)) await this.mergeAtOnce(random.pick(valid));
    else if (random.chance(40)) {
      await this.lab.reopen();
      if (!content.equals(await this.content())) throw new Error('the origin has changed');
    }
    await this.checkAll();
    const [vg] = (await this.lab.api.state()).vgs;
    if (!vg) throw new Error('the group is gone');
    expectExactSpace(vg);
    await this.lab.run('vgck vg');
  }

  /** @param content of the origin; it stays so in the end */
  private async cross(content: Buffer): Promise<void> {
    const written = Buffer.from(content);
    await this.crossing.meet(written, this.valid, await this.shared());
    await this.crossing.putBack(written, content);
    await this.checkAll();
  }

  /** Where snapshots have to read in the origin, in bytes. */
  private async shared(): Promise<readonly number[]> {
    const { snapshots } = await this.lab.api.state();
    return snapshots.flatMap(({ condition, cells, perCell, chunkSize }) => {
      if (condition !== 'good') return [];
      const starts = cells.map((_, index) => index * perCell * chunkSize * SECTOR);
      return starts.filter((_, index) => cells[index]?.kept === 0);
    });
  }

  private async mergeAtOnce(snapshot: Taken): Promise<void> {
    const rate = this.random.pick(RATES);
    await this.lab.throttle(rate);
    await this.merged(snapshot, () => this.lab.run(`lvconvert -b --merge ${snapshot.volume}`));
    this.lab.operated('merged at once');
  }

  /** @param content of the origin; it stays where the snapshot is lost */
  private async mergeOnActivation(snapshot: Taken, content: Buffer): Promise<void> {
    this.merging = undefined;
    await this.lab.throttle(this.random.pick(RATES));
    const how = this.random.pick(['activated', 'refreshed', 'reopened'] as const);
    const begin = async (): Promise<void> => {
      if (how === 'reopened') return this.lab.reopen();
      if (how === 'refreshed') {
        await this.lab.run(`lvchange --refresh ${ORIGIN}`);
        return;
      }
      await this.lab.run(`lvchange -an ${ORIGIN}`);
      await this.lab.run(`lvchange -ay ${ORIGIN}`);
    };
    this.lab.tell(`the merge of ${snapshot.volume} begins: ${how}`);
    if (snapshot.lost) return this.afterLost(snapshot, content, begin);
    await this.merged(snapshot, begin);
    this.lab.operated(`merged, ${how}`);
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
    this.lab.operated('removed, lost before its merge');
  }

  private async merged(snapshot: Taken, begin: () => Promise<unknown>): Promise<void> {
    const { lab, random, crossing } = this;
    this.snapshots.delete(snapshot.name);
    const [others, checkOthers] = [() => this.valid, () => this.checkAll()];
    await flowBack(snapshot, begin, { lab, random, crossing, others, checkOthers });
    await this.takeFiles(snapshot);
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
    this.lab.count('checksOfAll');
  }
}
