/** The disks of one lab, opened: each with its claim, its sandbox, and what became of its image. */
import { basename } from 'node:path';
import { ok } from '../base/result.ts';
import type { Result } from '../base/result.ts';
import type { VolumeError } from '../contract/errors.ts';
import type { CopyLimits, LabSettings } from '../contract/settings.ts';
import type { DevNo } from '../contract/units.ts';
import type { DiskFault } from '../contract/faults.ts';
import type { DiskFinding, EngineDisk, ImageChange, ImageKeeper } from '../engine/disk-keeper.ts';
import { withSetting, type SettingsStore } from '../engine/settings-store.ts';
import { heldWords } from '../report/lab-table.ts';
import { planAttach } from './attach.ts';
import type { DiskSource, OpenHow, OpenedDisk } from './disk-source.ts';
import { labError } from './lab-error.ts';
import { readLabFile, writeLabFile } from './lab-file.ts';
import type { LabDisk, LabFile } from './lab-file.ts';
import { removeSandbox, sandboxUse } from './sandbox-file.ts';
import { sourceOf } from './sources.ts';

interface Kept {
  readonly disk: LabDisk;
  opened: OpenedDisk;
}

type Done<T = void> = Result<T, VolumeError>;
type Of<K extends ImageChange['kind']> = Extract<ImageChange, { readonly kind: K }>;

export class LabDisks implements ImageKeeper, SettingsStore {
  /** Changes come one after the other: each writes the whole of the lab's file. */
  private turn: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly directory: string,
    private kept: readonly Kept[],
    /** What else is in the lab's file. */
    private rest: Omit<LabFile, 'disks'>,
  ) {}

  /** @param directory of a lab that nobody else has open: absolute, without symbolic links */
  static async open(directory: string): Promise<Done<LabDisks>> {
    const lab = await readLabFile(directory);
    if (!lab.ok) return lab;
    const kept = lab.value.disks.map(async (disk) => ({
      disk,
      opened: await sourceOf(directory, disk).open(),
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

  get numbers(): ReadonlyMap<string, DevNo> {
    const { partitions = {} } = this.rest;
    return new Map(Object.entries(partitions).map(([name, devno]) => [`/dev/${name}`, devno]));
  }

  /** In a folder that takes no writes they are, next time, those that are free then. */
  async remember(numbers: ReadonlyMap<string, DevNo>): Promise<void> {
    const named = [...numbers].map(([path, devno]) => [path.slice('/dev/'.length), devno] as const);
    const { partitions: _before, ...rest } = this.rest;
    this.rest = named.length > 0 ? { ...rest, partitions: Object.fromEntries(named) } : rest;
    await this.inTurn(() => this.write(this.kept));
  }

  get settings(): LabSettings {
    return this.rest.settings ?? {};
  }

  get limits(): CopyLimits {
    return this.rest.throttle ?? {};
  }

  set(path: string, value: number | string | undefined): Promise<Done> {
    return this.keep(({ settings = {}, ...rest }) => {
      const after = withSetting(settings, path, value);
      return Object.keys(after).length > 0 ? { ...rest, settings: after } : rest;
    });
  }

  keepLimits(throttle: CopyLimits): Promise<Done> {
    return this.keep(({ throttle: _before, ...rest }) =>
      Object.keys(throttle).length > 0 ? { ...rest, throttle } : rest,
    );
  }

  get faults(): ReadonlyMap<string, readonly DiskFault[]> {
    return new Map(
      this.kept.flatMap(({ disk: { name, faults } }) => (faults ? [[`/dev/${name}`, faults]] : [])),
    );
  }

  rememberFaults(path: string, faults: readonly DiskFault[]): Promise<Done> {
    return this.inTurn(() => {
      const kept = this.kept.map((one) => {
        const { faults: _before, ...disk } = one.disk;
        if (`/dev/${disk.name}` !== path) return one;
        return { ...one, disk: faults.length > 0 ? { ...disk, faults } : disk };
      });
      return this.write(kept);
    });
  }

  /** What the lab says beside its disks; as before where it cannot be written. */
  private keep(change: (rest: Omit<LabFile, 'disks'>) => Omit<LabFile, 'disks'>): Promise<Done> {
    return this.inTurn(async () => {
      const before = this.rest;
      this.rest = change(before);
      const written = await this.write(this.kept);
      if (!written.ok) this.rest = before;
      return written;
    });
  }

  async close(): Promise<void> {
    await Promise.all(this.kept.map(({ opened }) => opened.close()));
  }

  async check(): Promise<readonly DiskFinding[]> {
    const found = await Promise.all(this.kept.map(async ({ opened }) => opened.check()));
    return found.flatMap((one) => one ?? []);
  }

  change(change: ImageChange): Promise<Done<readonly EngineDisk[]>> {
    return this.inTurn(() => this.changeNow(change));
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const next = this.turn.then(work, work);
    this.turn = next.catch(() => undefined);
    return next;
  }

  private changeNow(change: ImageChange): Promise<Done<readonly EngineDisk[]>> {
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
    const planned = await planAttach(this.directory, present, wish);
    if (!planned.ok) return planned;
    const fresh: Kept[] = [];
    const undo = async (): Promise<void> => {
      for (const { opened } of fresh) await opened.close(false);
    };
    for (const disk of planned.value) {
      const how = { create: true, takeOver: wish.takeOver ?? false };
      const opened = await this.source(disk).open(how);
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
    await this.source(found.value.disk).forget();
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
    const next = withMode(disk, wish);
    if (!next) return this.refuse(found.value, 'is an image file: --on-loss is for exports');
    const { takeOver = false, force = false } = wish;
    const how = { create: disk.mode !== 'sandbox', takeOver, anyway: force };
    const done = await this.reopen(found.value, next, how);
    if (done.ok && leaves) await removeSandbox(this.source(disk).sandboxFile);
    return done;
  }

  /** Why a sandbox cannot be left behind; undefined where it is empty. */
  private async heldBack({ disk, opened }: Kept): Promise<string | undefined> {
    const { sandbox, problem } = opened.disk;
    if (sandbox) return heldWords(sandbox.changed);
    const used = await sandboxUse(this.source(disk).sandboxFile);
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
    const { sandboxFile } = this.source(kept.disk);
    await kept.opened.close();
    const removed = await removeSandbox(sandboxFile);
    if (removed.ok) return this.reopen(kept, kept.disk, { create: true });
    kept.opened = await this.source(kept.disk).open();
    const file = basename(sandboxFile);
    return labError(this.directory, `${file}: cannot be removed: ${removed.error}`);
  }

  /** In another way, or as it was where that fails. */
  private async reopen(
    kept: Kept,
    disk: LabDisk,
    how: OpenHow,
  ): Promise<Done<readonly EngineDisk[]>> {
    await kept.opened.close(disk.mode !== 'read-only' && !this.source(kept.disk).own);
    const opened = await this.source(disk).open(how);
    const { problem } = opened.disk;
    const next = { disk, opened };
    const written =
      problem === undefined
        ? await this.write(this.kept.map((one) => (one === kept ? next : one)))
        : labError(this.directory, problem);
    if (written.ok) return ok([opened.disk]);
    await opened.close();
    kept.opened = await this.source(kept.disk).open();
    return written;
  }

  private source(disk: LabDisk): DiskSource {
    return sourceOf(this.directory, disk);
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

/** Undefined where the wish does not fit the disk. */
function withMode(disk: LabDisk, { mode, onLoss }: Of<'mode'>): LabDisk | undefined {
  if ('address' in disk) return { ...disk, mode, onLoss: onLoss ?? disk.onLoss };
  return onLoss === undefined ? { ...disk, mode } : undefined;
}
