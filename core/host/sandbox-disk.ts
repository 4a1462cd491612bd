/** A disk under a sandbox: the image, only read, and beside it the file of what was written. */
import { stat, unlink } from 'node:fs/promises';
import { basename } from 'node:path';
import { must } from '../base/assert.ts';
import { err, ok } from '../base/result.ts';
import type { Result } from '../base/result.ts';
import type { IoResult } from '../block/device.ts';
import { overlaySize } from '../block/overlay/format.ts';
import { Journal } from '../block/overlay/journal.ts';
import { Overlay } from '../block/overlay/overlay.ts';
import { openFileDisk } from './file-disk.ts';
import type { FileDisk } from './file-disk.ts';
import { createImage } from './image-file.ts';
import type { ImageError, ImageFacts } from './image-file.ts';
import { byteCount } from './image-watch.ts';
import type { ImageChange } from './image-watch.ts';
import { describeSystemError, systemCode } from './system-error.ts';

export const sandboxPath = (image: string): string => `${image}${SUFFIX}`;

/** Undefined where it is not the name of one. */
export const imageOfSandbox = (path: string): string | undefined =>
  path.endsWith(SUFFIX) ? path.slice(0, -SUFFIX.length) : undefined;

const SUFFIX = '.sandbox';

/** Bytes of the file of a sandbox, as the file system counts them; undefined without one. */
export async function sandboxUse(image: string): Promise<number | undefined> {
  try {
    return (await stat(sandboxPath(image))).blocks * 512;
  } catch {
    return undefined;
  }
}

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
    const { path, name } = options;
    const base = await openFileDisk({ path, name, mode: 'read-only' });
    if (!base.ok) return base;
    const opened = await openOver(base.value, options);
    if (!opened.ok) await base.value.close();
    return opened;
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

  static over(base: FileDisk, store: FileDisk, device: Overlay): SandboxDisk {
    return new SandboxDisk(device, base, store);
  }
}

async function openOver(
  base: FileDisk,
  { path, name, create, anyway }: SandboxOptions,
): Promise<Result<SandboxDisk, ImageError>> {
  const refuse = (why: string): Result<never, ImageError> => err({ code: 'image', path, why });
  const file = sandboxPath(path);
  if (create && (await sandboxUse(path)) === undefined) {
    const made = await createSandbox(base, path);
    if (!made.ok) return refuse(`no sandbox can be made: ${made.error}`);
  }
  const store = await openFileDisk({ path: file, name, mode: 'live' });
  if (!store.ok) return refuse(`its sandbox ${basename(file)}: ${store.error.why}`);
  const opened = await Overlay.open(base, store.value);
  const why = opened.ok ? await fit(opened.value, openedAs(base), anyway) : reason(opened.error);
  if (opened.ok && why === undefined) {
    return ok(SandboxDisk.over(base, store.value, opened.value));
  }
  await store.value.close();
  return refuse(why ?? 'its sandbox cannot be opened');
}

const reason = (error: { readonly code: string; readonly why?: string }): string =>
  `its sandbox cannot be used: ${error.why ?? error.code}`;

/** Why the sandbox does not fit the image; notes what the image is now where it does. */
async function fit(
  overlay: Overlay,
  facts: ImageFacts,
  anyway: boolean,
): Promise<string | undefined> {
  const now = stampOf(facts);
  // What is half applied has changed the image itself.
  if (overlay.stamp === now || overlay.state === 'applying') return undefined;
  const nothing = overlay.changed === 0;
  if (!nothing && !anyway) {
    return (
      'was changed after its sandbox was made: discard the sandbox, ' +
      'or keep it over the changed image with --force'
    );
  }
  const done = await overlay.restamp(now);
  return done.ok ? undefined : reason(done.error);
}

const openedAs = (base: FileDisk): ImageFacts => must(base.watch, 'a disk of a file').opened;

/** Size in bytes and time of the last change: what tells that an image is still the same. */
const stampOf = (facts: ImageFacts): string => `${byteCount(facts)} ${facts.changed}`;

async function createSandbox(base: FileDisk, path: string): Promise<Result<void, string>> {
  const file = sandboxPath(path);
  const made = await createImage(file, overlaySize(base.size));
  if (!made.ok) return err(made.error.why);
  const store = await openFileDisk({ path: file, name: base.name, mode: 'live' });
  if (!store.ok) return err(store.error.why);
  const begun = await Journal.create(store.value, base.size, stampOf(openedAs(base)));
  await store.value.close();
  if (begun.ok) return ok();
  await removeSandbox(path);
  return err(reason(begun.error));
}

/** Removes the file, whatever it holds. The error is a clause. */
export async function removeSandbox(image: string): Promise<Result<void, string>> {
  try {
    await unlink(sandboxPath(image));
    return ok();
  } catch (error) {
    return systemCode(error) === 'ENOENT' ? ok() : err(describeSystemError(error));
  }
}
