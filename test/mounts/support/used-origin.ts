/** The ext4 of a volume of which snapshots are taken, at work under fio. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Prng } from '../../../core/env/prng.ts';
import { newFolder } from '../../programs/support/folder.ts';
import { run } from '../../programs/support/run.ts';
import { expectSound, fileIn, replay, Written } from './contents.ts';
import { fioOnFiles, makeFiles } from './fio-files.ts';
import { fileOf, Undone, type FileOfExport } from './mounted.ts';

const FILES = ['one', 'two'];
const FILE_BYTES = 2 * 2 ** 20;
/** Small ones that come and go beside them. */
const TREE_FILES = 120;
const TREE = 'test/mounts/support/write-tree.mjs';
/** What was sent before it is cut off arrives meanwhile. */
const QUIET_MILLIS = 20;

/** How quiet it is when a snapshot is taken: frozen, cut off amid its work, not at all. */
export const QUIET = ['frozen', 'held', 'amid'] as const;
export type Quiet = (typeof QUIET)[number];

export class UsedOrigin {
  private readonly attached = new Undone();
  private file!: FileOfExport;
  private folder = '';
  /** What the files hold. */
  private readonly files = new Map<string, Written>();
  private passes = 0;

  constructor(
    private readonly random: Prng,
    private readonly count: (what: string, times?: number) => void,
  ) {}

  /** @param uri of the export of the volume, which is mounted */
  async mount(uri: string): Promise<void> {
    this.file = await fileOf(uri, this.attached);
    this.folder = await this.file.mount();
  }

  async unmount(): Promise<void> {
    await this.file.unmount();
    await this.attached.all();
  }

  /** Whatever became of it. */
  close(): Promise<void> {
    return this.attached.all();
  }

  /** A new file system, with its files; not mounted afterwards. */
  async make(uri: string): Promise<void> {
    this.file = await fileOf(uri, this.attached);
    await run('mkfs.ext4', ['-q', '-F', '-b', '1024', this.file.path]);
    await makeFiles(await this.file.mount(), FILES, FILE_BYTES);
    for (const name of FILES) this.files.set(name, new Written(Buffer.alloc(FILE_BYTES)));
    await this.unmount();
  }

  /** All files are written, and others beside them. */
  async use(): Promise<void> {
    await Promise.all([this.useFiles(), this.useTree()]);
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

  /** @returns what lets it go on */
  async calm(quiet: Quiet): Promise<() => Promise<unknown>> {
    const { folder } = this;
    if (quiet === 'amid') return () => Promise.resolve();
    if (quiet === 'frozen') {
      await run('fsfreeze', ['-f', folder]);
      return () => run('fsfreeze', ['-u', folder]);
    }
    const goOn = this.file.hold();
    await new Promise((later) => setTimeout(later, QUIET_MILLIS));
    return () => {
      goOn();
      return Promise.resolve();
    };
  }

  /**
   * Past every cache.
   * @param content of the volume, which is not mounted
   * @throws unless its files are what was written last
   */
  async expect(content: Buffer): Promise<void> {
    await this.withImage(content, async (image) => {
      await expectSound(image);
      for (const name of FILES) {
        const at = this.files.get(name)?.differenceIn(await fileIn(image, name));
        if (at !== undefined) throw new Error(`${name} is not what was written last at byte ${at}`);
      }
    });
    this.count('originChecks');
  }

  /** It is what it was once, amid its work. */
  async becomes(content: Buffer): Promise<void> {
    await this.withImage(content, async (image) => {
      await replay(image);
      for (const name of FILES) this.files.set(name, new Written(await fileIn(image, name)));
    });
  }

  private async withImage(content: Buffer, work: (image: string) => Promise<void>): Promise<void> {
    const image = join(await newFolder(), 'origin');
    await writeFile(image, content);
    await work(image);
    await rm(image);
  }
}
