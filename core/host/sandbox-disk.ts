/** An image under a sandbox: the image, only read, and beside it the file of what was written. */
import { must } from '../base/assert.ts';
import { err, ok } from '../base/result.ts';
import type { Result } from '../base/result.ts';
import type { IoResult } from '../block/device.ts';
import type { Overlay } from '../block/overlay/overlay.ts';
import { openFileDisk } from './file-disk.ts';
import type { FileDisk } from './file-disk.ts';
import type { ImageError } from './image-file.ts';
import { byteCount } from './image-watch.ts';
import type { ImageChange } from './image-watch.ts';
import { openSandboxFile } from './sandbox-file.ts';

export const sandboxPath = (image: string): string => `${image}${SUFFIX}`;

/** Undefined where it is not the name of one. */
export const imageOfSandbox = (path: string): string | undefined =>
  path.endsWith(SUFFIX) ? path.slice(0, -SUFFIX.length) : undefined;

const SUFFIX = '.sandbox';

export interface SandboxOptions {
  /** Of the image. */
  readonly path: string;
  readonly name: string;
  /** Makes the file where there is none; without it that is an error. */
  readonly create: boolean;
  /** Takes the image as it is, although it changed since the sandbox was made. */
  readonly anyway: boolean;
}

export class SandboxDisk {
  private constructor(
    readonly device: Overlay,
    readonly base: FileDisk,
    private readonly store: FileDisk,
  ) {}

  static async open(options: SandboxOptions): Promise<Result<SandboxDisk, ImageError>> {
    const { path, name, create, anyway } = options;
    const base = await openFileDisk({ path, name, mode: 'read-only' });
    if (!base.ok) return base;
    const how = { file: sandboxPath(path), stamp: stampOf(base.value), create, anyway };
    const opened = await openSandboxFile(base.value, how);
    if (opened.ok) {
      const { device, store } = opened.value;
      return ok(new SandboxDisk(device, base.value, store));
    }
    await base.value.close();
    return err({ code: 'image', path, why: opened.error });
  }

  /** @returns what became of either file while it was open */
  async check(): Promise<ImageChange | undefined> {
    const below = await this.base.watch?.check();
    // A sandbox over another content makes no sense any more.
    if (below) return { kind: 'lost', why: below.why };
    const own = await this.store.watch?.check();
    return own && { kind: 'lost', why: `has a sandbox that ${own.why}` };
  }

  /** The image is closed here; the caller has it open for writing. */
  apply(image: FileDisk): Promise<IoResult> {
    return this.device.apply(image);
  }

  async close(): Promise<void> {
    await this.base.close();
    await this.store.close();
  }
}

/** Size in bytes and time of the last change: what tells that an image is still the same. */
function stampOf(base: FileDisk): string {
  const { opened } = must(base.watch, 'a disk of a file');
  return `${byteCount(opened)} ${opened.changed}`;
}
