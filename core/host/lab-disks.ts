/** The disks of one lab, opened: each with its claim, its sandbox, and what became of its image. */
import { basename, resolve } from 'node:path';
import { ok } from '../base/result.ts';
import type { Result } from '../base/result.ts';
import type { VolumeError } from '../contract/errors.ts';
import type { DiskChange, DiskFinding, DiskKeeper, EngineDisk } from '../engine/disk-keeper.ts';
import { heldWords } from '../report/lab-table.ts';
import { planAttach, storedElsewhere } from './attach.ts';
import { dropClaim } from './image-claim.ts';
import { labError } from './lab-error.ts';
import { readLabFile, writeLabFile } from './lab-file.ts';
import type { LabDisk, LabFile } from './lab-file.ts';
import { imagePath } from './lab-folder.ts';
import { openDisk } from './open-disk.ts';
import type { OpenHow, OpenedDisk } from './open-disk.ts';
import { removeSandbox, sandboxPath, sandboxUse } from './sandbox-disk.ts';

interface Kept {
  readonly disk: LabDisk;
  opened: OpenedDisk;
}

type Done<T = void> = Result<T, VolumeError>;
type Of<K extends DiskChange['kind']> = Extract<DiskChange, { readonly kind: K }>;

export class LabDisks implements DiskKeeper {
  private constructor(
    private readonly directory: string,
    private kept: readonly Kept[],
    /** What else is in the lab's file. */
    private readonly rest: Omit<LabFile, 'disks'>,
  ) {}

  /** @param directory of a lab that nobody else has open: absolute, without symbolic links */
  static async open(directory: string): Promise<Done<LabDisks>> {
    const lab = await readLabFile(directory);
    if (!lab.ok) return lab;
    const kept = lab.value.disks.map(async (disk) => ({
      disk,
      opened: await openDisk(directory, disk),
    }));
    const { disks: _disks, ...rest } = lab.value;
    return ok(new LabDisks(directory, await Promise.all(kept), rest));
  }

  get systemId(): string | undefined {
    return this.rest.systemId;
  }

  get disks(): readonly EngineDisk[] {
    return this.kept.map(({ opened }) => opened.disk);
  }

  async close(): Promise<void> {
    await Promise.all(this.kept.map(({ opened }) => opened.close()));
  }

  async check(): Promise<readonly DiskFinding[]> {
    const found = await Promise.all(this.kept.map(async ({ opened }) => opened.check()));
    return found.flatMap((one) => one ?? []);
  }

  change(change: DiskChange): Promise<Done<readonly EngineDisk[]>> {
    switch (change.kind) {
      case 'attach':
        return this.attach(change);
      case 'detach':
        return this.detach(change);
      case 'mode':
        return this.setMode(change);
      case 'apply':
        return this.apply(change);
      case 'discard':
        return this.discard(change);
    }
  }

  private async attach(wish: Of<'attach'>): Promise<Done<readonly EngineDisk[]>> {
    const present = this.kept.map(({ disk }) => disk);
    const files = wish.files.map((file) => resolve(this.directory, file));
    const planned = await planAttach(this.directory, present, { ...wish, files });
    if (!planned.ok) return planned;
    const fresh: Kept[] = [];
    const undo = async (): Promise<void> => {
      for (const { opened } of fresh) await opened.close(false);
    };
    for (const disk of planned.value) {
      const how = { create: true, takeOver: wish.takeOver ?? false };
      const opened = await openDisk(this.directory, disk, how);
      fresh.push({ disk, opened });
      if (opened.disk.problem === undefined) continue;
      await undo();
      return labError(this.directory, opened.disk.problem);
    }
    const written = await this.write([...this.kept, ...fresh]);
    if (!written.ok) await undo();
    return written.ok ? ok(fresh.map(({ opened }) => opened.disk)) : written;
  }

  private async detach({ device }: Of<'detach'>): Promise<Done<readonly EngineDisk[]>> {
    const found = this.find(device);
    if (!found.ok) return found;
    const written = await this.write(this.kept.filter((one) => one !== found.value));
    if (!written.ok) return written;
    await found.value.opened.close(false);
    await dropClaim(imagePath(this.directory, found.value.disk), this.directory);
    return ok([]);
  }

  private async setMode(wish: Of<'mode'>): Promise<Done<readonly EngineDisk[]>> {
    const found = this.find(wish.device);
    if (!found.ok) return found;
    const { disk } = found.value;
    const leaves = disk.mode === 'sandbox' && wish.mode !== 'sandbox';
    if (leaves) {
      const held = await this.heldBack(found.value);
      if (held !== undefined) return this.refuse(found.value, held);
    }
    const { takeOver = false, force = false } = wish;
    const how = { create: disk.mode !== 'sandbox', takeOver, anyway: force };
    const done = await this.reopen(found.value, { ...disk, mode: wish.mode }, how);
    if (done.ok && leaves) await removeSandbox(imagePath(this.directory, disk));
    return done;
  }

  /** Why a sandbox cannot be left behind; undefined where it is empty. */
  private async heldBack({ disk, opened }: Kept): Promise<string | undefined> {
    const { sandbox, problem } = opened.disk;
    if (sandbox) return heldWords(sandbox.changed);
    const used = await sandboxUse(imagePath(this.directory, disk));
    return used === undefined ? undefined : `has a sandbox that cannot be opened: ${problem}`;
  }

  private async apply({ device }: Of<'apply'>): Promise<Done<readonly EngineDisk[]>> {
    const found = this.find(device);
    if (!found.ok) return found;
    const { opened } = found.value;
    const { problem, image } = opened.disk;
    if (problem !== undefined || !opened.apply) {
      return labError(this.directory, problem ?? `${image}: is in no sandbox`);
    }
    const failed = await opened.apply();
    if (failed !== undefined) return this.refuse(found.value, failed);
    return this.renew(found.value);
  }

  private async discard({ device }: Of<'discard'>): Promise<Done<readonly EngineDisk[]>> {
    const found = this.find(device);
    if (!found.ok) return found;
    const { disk, opened } = found.value;
    if (disk.mode !== 'sandbox') return this.refuse(found.value, 'is in no sandbox');
    if (opened.disk.sandbox?.state === 'applying') {
      return this.refuse(
        found.value,
        'has a part of its sandbox in it already: apply it to the end',
      );
    }
    return this.renew(found.value);
  }

  /** The same disk over an empty sandbox. */
  private async renew(kept: Kept): Promise<Done<readonly EngineDisk[]>> {
    const path = imagePath(this.directory, kept.disk);
    await kept.opened.close();
    const removed = await removeSandbox(path);
    if (removed.ok) return this.reopen(kept, kept.disk, { create: true });
    kept.opened = await openDisk(this.directory, kept.disk);
    const file = basename(sandboxPath(path));
    return labError(this.directory, `${file}: cannot be removed: ${removed.error}`);
  }

  /** In another way, or as it was where that fails. */
  private async reopen(
    kept: Kept,
    disk: LabDisk,
    how: OpenHow,
  ): Promise<Done<readonly EngineDisk[]>> {
    await kept.opened.close(disk.mode !== 'read-only' && storedElsewhere(kept.disk));
    const opened = await openDisk(this.directory, disk, how);
    const { problem } = opened.disk;
    const next = { disk, opened };
    const written =
      problem === undefined
        ? await this.write(this.kept.map((one) => (one === kept ? next : one)))
        : labError(this.directory, problem);
    if (written.ok) return ok([opened.disk]);
    await opened.close();
    kept.opened = await openDisk(this.directory, kept.disk);
    return written;
  }

  private find(device: string): Done<Kept> {
    const name = device.replace(/^\/dev\//, '');
    const found = this.kept.find(({ disk }) => disk.name === name);
    return found ? ok(found) : labError(this.directory, `there is no disk ${name}`);
  }

  private async write(kept: readonly Kept[]): Promise<Done> {
    const written = await writeLabFile(this.directory, {
      ...this.rest,
      disks: kept.map(({ disk }) => disk),
    });
    if (written.ok) this.kept = kept;
    return written;
  }

  private refuse({ opened }: Kept, why: string): Done<never> {
    return labError(this.directory, `${opened.disk.image}: ${why}`);
  }
}
