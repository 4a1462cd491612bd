/** The file of a sandbox: what was written instead of to the disk below it. */
import { stat, unlink } from 'node:fs/promises';
import { basename } from 'node:path';
import { err, ok } from '../base/result.ts';
import type { Result } from '../base/result.ts';
import type { BlockDevice } from '../block/device.ts';
import { overlaySize } from '../block/overlay/format.ts';
import { Journal } from '../block/overlay/journal.ts';
import { Overlay } from '../block/overlay/overlay.ts';
import { openFileDisk } from './file-disk.ts';
import type { FileDisk } from './file-disk.ts';
import { createImage } from './image-file.ts';
import { describeSystemError, systemCode } from './system-error.ts';

export interface SandboxFileOptions {
  readonly file: string;
  /** What tells that the disk below is still as it was when the sandbox was made. */
  readonly stamp: string;
  /** Makes the file where there is none; without it that is an error. */
  readonly create: boolean;
  /** Takes the disk as it is, although it changed since the sandbox was made. */
  readonly anyway: boolean;
  /** What is said of a disk that does not fit, a clause. Default: it changed. */
  readonly misfit?: string;
}

export interface OpenSandbox {
  readonly device: Overlay;
  readonly store: FileDisk;
}

const CHANGED = 'was changed after its sandbox was made';

/** Opens a sandbox over a disk, which stays open if that fails. The error is a clause about it. */
export async function openSandboxFile(
  base: BlockDevice,
  { file, stamp, create, anyway, misfit = CHANGED }: SandboxFileOptions,
): Promise<Result<OpenSandbox, string>> {
  if (create && (await sandboxUse(file)) === undefined) {
    const made = await createSandbox(base, file, stamp);
    if (!made.ok) return err(`no sandbox can be made: ${made.error}`);
  }
  const store = await openFileDisk({ path: file, name: base.name, mode: 'live' });
  if (!store.ok) return err(`its sandbox ${basename(file)}: ${store.error.why}`);
  const opened = await Overlay.open(base, store.value);
  const fits = (overlay: Overlay) => fit(overlay, stamp, { anyway, misfit });
  const why = opened.ok ? await fits(opened.value) : reason(opened.error);
  if (opened.ok && why === undefined) return ok({ device: opened.value, store: store.value });
  await store.value.close();
  return err(why ?? 'its sandbox cannot be opened');
}

/** Bytes of the file, as the file system counts them; undefined without one. */
export async function sandboxUse(file: string): Promise<number | undefined> {
  try {
    return (await stat(file)).blocks * 512;
  } catch {
    return undefined;
  }
}

/** Removes the file, whatever it holds. The error is a clause. */
export async function removeSandbox(file: string): Promise<Result<void, string>> {
  try {
    await unlink(file);
    return ok();
  } catch (error) {
    return systemCode(error) === 'ENOENT' ? ok() : err(describeSystemError(error));
  }
}

const reason = (error: { readonly code: string; readonly why?: string }): string =>
  `its sandbox cannot be used: ${error.why ?? error.code}`;

/** Why the sandbox does not fit the disk; notes what the disk is now where it does. */
async function fit(
  overlay: Overlay,
  now: string,
  { anyway, misfit }: { readonly anyway: boolean; readonly misfit: string },
): Promise<string | undefined> {
  // What is half applied has changed the disk itself.
  if (overlay.stamp === now || overlay.state === 'applying') return undefined;
  const nothing = overlay.changed === 0;
  if (!nothing && !anyway) {
    return `${misfit}: discard the sandbox, or keep it over the changed image with --force`;
  }
  const done = await overlay.restamp(now);
  return done.ok ? undefined : reason(done.error);
}

async function createSandbox(
  base: BlockDevice,
  file: string,
  stamp: string,
): Promise<Result<void, string>> {
  const made = await createImage(file, overlaySize(base.size));
  if (!made.ok) return err(made.error.why);
  const store = await openFileDisk({ path: file, name: base.name, mode: 'live' });
  if (!store.ok) return err(store.error.why);
  const begun = await Journal.create(store.value, base.size, stamp);
  await store.value.close();
  if (begun.ok) return ok();
  await removeSandbox(file);
  return err(reason(begun.error));
}
