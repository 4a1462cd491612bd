/** A disk in an image file: open as the lab says, with a claim, in a sandbox, or only to read. */
import { isAbsolute } from 'node:path';
import { ok } from '../base/result.ts';
import type { Result } from '../base/result.ts';
import { whyOf, type BlockDevice } from '../block/device.ts';
import type { DiskFinding, EngineDisk } from '../engine/disk-keeper.ts';
import { absent, commonOf, type DiskSource, type OpenHow, type OpenedDisk } from './disk-source.ts';
import { openFileDisk } from './file-disk.ts';
import { claimImage, dropClaim, writerOf } from './image-claim.ts';
import type { ImageClaim } from './image-claim.ts';
import { inspectImage } from './image-file.ts';
import type { ImageChange } from './image-watch.ts';
import type { ImageEntry } from './lab-file.ts';
import { imagePath } from './lab-folder.ts';
import { SandboxDisk, sandboxPath } from './sandbox-disk.ts';

/** What is open of a disk, below its place in the lab. */
interface Opened {
  readonly device: BlockDevice;
  readonly sandbox?: SandboxDisk;
  check(): Promise<ImageChange | undefined> | undefined;
  close(): Promise<void>;
}

export function imageSource(directory: string, disk: ImageEntry): DiskSource {
  const path = imagePath(directory, disk);
  return {
    sandboxFile: sandboxPath(path),
    // Others may have what is somewhere else, too.
    own: !isAbsolute(disk.image),
    open: (how) => openImageDisk(directory, disk, path, how),
    forget: () => dropClaim(path, directory),
  };
}

async function openImageDisk(
  directory: string,
  disk: ImageEntry,
  path: string,
  how: OpenHow = {},
): Promise<OpenedDisk> {
  const closed = (why: string): OpenedDisk => ({
    disk: absent(disk, why),
    check: () => Promise.resolve(undefined),
    close: () => Promise.resolve(),
  });
  const claimed = await claim(directory, disk, path, how.takeOver ?? false);
  if (!claimed.ok) return closed(claimed.error);
  const opened = await openAs(disk, path, how);
  if (!opened.ok) {
    await claimed.value.claim?.release(true);
    return closed(opened.error);
  }
  return new Place(disk, path, opened.value, claimed.value);
}

interface Claimed {
  readonly claim?: ImageClaim;
  /** Who else may write to it. */
  readonly note?: string;
}

async function claim(
  lab: string,
  { name, mode }: ImageEntry,
  path: string,
  takeOver: boolean,
): Promise<Result<Claimed, string>> {
  const facts = await inspectImage(path);
  if (!facts.ok) return { ok: false, error: facts.error.why };
  const { identity } = facts.value;
  if (mode === 'read-only') {
    const writer = await writerOf({ path, identity, lab });
    return ok(writer ? { note: writer.why } : {});
  }
  const claimed = await claimImage({ path, identity, lab, disk: name, mode, takeOver });
  if (!claimed.ok) return claimed;
  const { unwritten: note } = claimed.value;
  return ok({ claim: claimed.value, ...(note !== undefined && { note }) });
}

async function openAs(
  { name, mode }: ImageEntry,
  path: string,
  { create = false, anyway = false }: OpenHow,
): Promise<Result<Opened, string>> {
  if (mode === 'sandbox') {
    const opened = await SandboxDisk.open({ path, name, create, anyway });
    if (!opened.ok) return { ok: false, error: opened.error.why };
    const sandbox = opened.value;
    return ok({
      device: sandbox.device,
      sandbox,
      check: () => sandbox.check(),
      close: () => sandbox.close(),
    });
  }
  const opened = await openFileDisk({ path, name, mode });
  if (!opened.ok) return { ok: false, error: opened.error.why };
  const file = opened.value;
  return ok({ device: file, check: () => file.watch?.check(), close: () => file.close() });
}

class Place implements OpenedDisk {
  disk: EngineDisk;
  readonly apply?: () => Promise<string | undefined>;

  constructor(
    private readonly entry: ImageEntry,
    private readonly path: string,
    private readonly opened: Opened,
    private readonly claimed: Claimed,
  ) {
    const { note } = claimed;
    const { device, sandbox } = opened;
    const common = commonOf(entry);
    this.disk = {
      ...common,
      device,
      ...(note !== undefined && { note: `${common.image}: ${note}` }),
      ...(sandbox && { sandbox: sandbox.device }),
    };
    if (sandbox) this.apply = () => this.applySandbox(sandbox);
  }

  async check(): Promise<DiskFinding | undefined> {
    const change = await this.opened.check();
    if (!change) return undefined;
    const { path: device, image } = this.disk;
    const sentence = `${image}: ${change.why}`;
    const { problem: _problem, note: _note, ...rest } = this.disk;
    const gone = change.kind === 'lost';
    this.disk = gone ? { ...rest, problem: sentence } : { ...rest, note: sentence };
    return { device, image, why: change.why };
  }

  async close(keep = isAbsolute(this.entry.image)): Promise<void> {
    await this.opened.close();
    await this.claimed.claim?.release(keep);
  }

  private async applySandbox(sandbox: SandboxDisk): Promise<string | undefined> {
    const { path } = this;
    const image = await openFileDisk({ path, name: this.entry.name, mode: 'live' });
    if (!image.ok) return image.error.why;
    const done = await sandbox.apply(image.value);
    await image.value.close();
    if (done.ok) return undefined;
    return `could not be written: ${whyOf(done.error)}`;
  }
}
