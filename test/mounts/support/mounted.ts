/** An export as a file through nbdfuse, and the file system in it, mounted over a loop device. */
import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { newFolder } from '../../programs/support/folder.ts';
import { exited, ran, run, start } from '../../programs/support/run.ts';

/** nbdfuse is there as soon as its file is. */
const LOOKS = 200;
const LOOK_MILLIS = 25;

type Undo = () => Promise<void>;

/** What is mounted, attached and running is undone in the reverse order, whatever fails. */
export class Undone {
  private readonly steps: Undo[] = [];

  add(undo: Undo): void {
    this.steps.push(undo);
  }

  async all(): Promise<void> {
    for (const undo of this.steps.splice(0).reverse()) await undo();
  }
}

export interface FileOfExport {
  /** The device as a file. */
  readonly path: string;
  /** Mounts it; the folder. */
  mount(...options: readonly string[]): Promise<string>;
  unmount(): Promise<void>;
  /** Nothing of it reaches the export any more; returns what lets it go on. */
  hold(): () => void;
}

/** Never looks into what is mounted by itself: the engine that serves it may be this process. */
export async function fileOf(uri: string, undone: Undone): Promise<FileOfExport> {
  const root = await newFolder();
  const [fuse, folder] = [join(root, 'fuse'), join(root, 'mounted')];
  await Promise.all([fuse, folder].map((path) => mkdir(path)));
  const child = start('nbdfuse', [fuse, uri]);
  const goOn = (): void => void child.kill('SIGCONT');
  undone.add(async () => {
    // One that stands still would not even end.
    goOn();
    await ran('fusermount3', ['-u', '-z', fuse]);
    child.kill();
    await exited(child);
  });
  const path = join(fuse, 'nbd');
  for (let look = 0; !(await stat(path).catch(() => undefined)); look++) {
    if (look === LOOKS || child.exitCode !== null) throw new Error(`nbdfuse does not show ${path}`);
    await new Promise((later) => setTimeout(later, LOOK_MILLIS));
  }
  let loop = '';
  const unmount = async (): Promise<void> => {
    if (loop === '') return;
    await run('umount', [folder]);
    await run('losetup', ['-d', loop]);
    loop = '';
  };
  undone.add(async () => {
    if (loop === '') return;
    await ran('umount', ['-l', folder]);
    await ran('losetup', ['-d', loop]);
  });
  const mount = async (...options: readonly string[]): Promise<string> => {
    loop = (await run('losetup', ['-f', '--show', path])).trim();
    await run('mount', [...options, loop, folder]);
    return folder;
  };
  const hold = (): (() => void) => {
    child.kill('SIGSTOP');
    return goOn;
  };
  return { path, mount, unmount, hold };
}
