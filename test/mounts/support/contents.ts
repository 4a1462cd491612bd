/**
 * What volumes and files hold after fio has written them, known from what fio says it wrote, and
 * after parts of them were cleared.
 */
import { createHash } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Prng } from '../../../core/env/prng.ts';
import { newFolder } from '../../programs/support/folder.ts';
import { ran, run } from '../../programs/support/run.ts';

/** Bytes of the pattern: the word of a pass, and where the block begins. */
const PATTERN = 12;

/** Of what is cleared, in bytes; and how many of them at most. */
const BLOCK = 4096;
const BLOCKS = 32;

/** Options of fio: its log of requests goes to `log`, each block says whose it is. */
export const inPass = (pass: number, log: string) =>
  ({
    verify: 'pattern',
    verify_pattern: `0x${pass.toString(16).padStart(8, '0')}%o`,
    randseed: pass,
    write_iolog: log,
  }) as const;

/** Of a volume or a file. */
export class Written {
  /** @param content what it holds at first */
  constructor(readonly content: Buffer) {}

  get size(): number {
    return this.content.length;
  }

  /**
   * All writes of a pass.
   * @param log fio's: lines `TIME FILE write OFFSET LENGTH`, in bytes
   * @returns how many there were
   */
  take(pass: number, log: string): number {
    const writes = log.split('\n').flatMap((line) => {
      const [, , what, offset, length] = line.split(' ');
      return what === 'write' ? [{ offset: Number(offset), length: Number(length) }] : [];
    });
    const pattern = Buffer.alloc(PATTERN);
    pattern.writeUInt32BE(pass);
    for (const { offset, length } of writes) {
      pattern.writeBigUInt64LE(BigInt(offset), 4);
      this.content.fill(pattern, offset, offset + length);
    }
    return writes.length;
  }

  clear(offset: number, length: number): void {
    this.content.fill(0, offset, offset + length);
  }

  /** The first byte that is not what was written last; undefined: none. */
  differenceIn(found: Buffer): number | undefined {
    if (this.content.equals(found)) return undefined;
    const at = this.content.findIndex((byte, index) => byte !== found[index]);
    return at < 0 ? this.size : at;
  }
}

/** Of an ext4 that is not mounted. @throws with what e2fsck has to say of it */
export async function expectSound(image: string): Promise<void> {
  const { status, stdout, stderr } = await ran('e2fsck', ['-fn', image]);
  if (status !== 0) throw new Error(`e2fsck: ${stdout}${stderr}`);
}

/** The kernel replays the journal of an ext4 and does what else it does before it is used. */
export async function replay(image: string): Promise<void> {
  const folder = await newFolder();
  await run('mount', ['-o', 'loop', image, folder]);
  await run('umount', [folder]);
}

/** A file in the root of an ext4 that is not mounted. */
export async function fileIn(image: string, name: string): Promise<Buffer> {
  const file = join(await newFolder(), name);
  await run('debugfs', ['-R', `dump /${name} ${file}`, image]);
  const content = await readFile(file);
  await rm(file);
  return content;
}

type Sizes = Readonly<Record<string, number>>;

/** Volumes that are written as they are, and files of a file system in the volume `files`. */
export class Contents {
  private readonly written: ReadonlyMap<string, Written>;

  /** Sizes in bytes; everything is zero at first. */
  constructor(
    volumes: Sizes,
    private readonly files: Sizes,
  ) {
    const sizes = Object.entries({ ...volumes, ...files });
    this.written = new Map(sizes.map(([name, size]) => [name, new Written(Buffer.alloc(size))]));
  }

  sizeOf(name: string): number {
    return this.known(name).size;
  }

  /**
   * A pass of fio over a volume or a file.
   * @param log file of requests, which goes away
   * @returns how often it has written
   */
  async take(name: string, pass: number, log: string): Promise<number> {
    const text = await readFile(log, 'utf8');
    await rm(log);
    return this.known(name).take(pass, text);
  }

  /**
   * Parts of a volume become zero; of some of them a place is not needed any more, or was given
   * back before.
   * @returns how many
   */
  async clear(volume: string, uri: string, random: Prng): Promise<number> {
    const known = this.known(volume);
    const parts = Array.from({ length: random.below(BLOCKS) }, () => {
      const offset = BLOCK * random.below(known.size / BLOCK);
      const length = Math.min(known.size - offset, BLOCK * (1 + random.below(BLOCKS)));
      return { offset, length };
    });
    const lines = parts.flatMap(({ offset, length }) => {
      const zero = `write -z ${random.pick(['', '-u '])}${offset} ${length}`;
      return random.chance(50) ? [`discard ${offset} ${length}`, zero] : [zero];
    });
    const commands = [...lines, 'flush'].flatMap((line) => ['-c', line]);
    const said = await run('qemu-io', ['-f', 'raw', ...commands, uri]);
    if (said.includes('failed')) throw new Error(`qemu-io: ${said}`);
    for (const { offset, length } of parts) known.clear(offset, length);
    return parts.length;
  }

  /**
   * Reads everything, past every cache of this machine; the file system is not mounted.
   * @param uris of the exports of the volumes
   * @returns sums of the volumes
   * @throws unless all is what was written last, and the file system in order
   */
  async sums(uris: ReadonlyMap<string, string>): Promise<string> {
    const sums = await Promise.all([...uris].map(([volume, uri]) => this.sumOf(volume, uri)));
    return sums.join();
  }

  private async sumOf(volume: string, uri: string): Promise<string> {
    const copy = join(await newFolder(), volume);
    await run('nbdcopy', [uri, copy]);
    const content = await readFile(copy);
    if (volume === 'files') await this.expectFiles(copy);
    else this.expect(volume, content);
    await rm(copy);
    return createHash('sha256').update(content).digest('hex');
  }

  /** Looked into without a mount. */
  private async expectFiles(image: string): Promise<void> {
    await expectSound(image);
    for (const name of Object.keys(this.files)) this.expect(name, await fileIn(image, name));
  }

  private expect(name: string, content: Buffer): void {
    const at = this.known(name).differenceIn(content);
    if (at !== undefined) throw new Error(`${name} is not what was written last at byte ${at}`);
  }

  private known(name: string): Written {
    const found = this.written.get(name);
    if (!found) throw new Error(`nothing is known of ${name}`);
    return found;
  }
}
