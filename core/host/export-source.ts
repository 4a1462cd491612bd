/** A disk behind the address of an export: its server may be away, and come back. */
import { createHash } from 'node:crypto';
import { basename, join } from 'node:path';
import { must } from '../base/assert.ts';
import { err, ok } from '../base/result.ts';
import type { Result } from '../base/result.ts';
import { SECTOR, mib, sectors } from '../base/units.ts';
import { readSectors, whyOf, type BlockDevice } from '../block/device.ts';
import { ImpatientDevice } from '../block/wrap/impatient.ts';
import type { DiskFinding, EngineDisk } from '../engine/disk-keeper.ts';
import { parseAddress, printAddress } from '../nbd/client/address.ts';
import { NbdDisk } from '../nbd/client/nbd-disk.ts';
import { absent, commonOf, type DiskSource, type OpenHow, type OpenedDisk } from './disk-source.ts';
import type { ExportEntry } from './lab-file.ts';
import { nbdDial } from './nbd-dial.ts';
import { NodeScheduler } from './node-scheduler.ts';
import { openSandboxFile, type OpenSandbox } from './sandbox-file.ts';

const SUFFIX = '.nbd.sandbox';

/** A look at a disk is not worth more. */
const PATIENCE_MICROS = 5_000_000;

/** What is looked at to see whether a disk under a sandbox is as it was: labels and metadata. */
const STAMPED = mib(1);

const NO_WRITES = 'can only be read: attach it read-only or in a sandbox';

export function exportSource(directory: string, disk: ExportEntry): DiskSource {
  const sandboxFile = join(directory, `${disk.name}${SUFFIX}`);
  return {
    sandboxFile,
    own: true,
    open: (how = {}) => RemotePlace.open(disk, sandboxFile, how),
    forget: () => Promise.resolve(),
  };
}

/** The disk whose sandbox would lie there, if it is of an export. */
export function exportOfSandbox(path: string): string | undefined {
  const name = basename(path);
  return name.endsWith(SUFFIX) ? name.slice(0, -SUFFIX.length) : undefined;
}

const MISFIT = 'was changed after its sandbox was made, or the sandbox was left by another export';

class RemotePlace implements OpenedDisk {
  disk: EngineDisk;
  apply?: () => Promise<string | undefined>;
  /** The disk without its troubles, once the server was there. */
  private usable: EngineDisk | undefined;
  /** It is there, and is not what the lab wants: nothing would change by itself. */
  private refused = false;
  private sandbox: OpenSandbox | undefined;
  /** Several looks at once are one. */
  private checking: Promise<DiskFinding | undefined> | undefined;
  private readonly scheduler = new NodeScheduler();
  private readonly remote: NbdDisk | undefined;

  private constructor(
    private readonly entry: ExportEntry,
    private readonly sandboxFile: string,
    private readonly how: OpenHow,
  ) {
    this.remote = this.connection(entry.mode !== 'live');
    this.disk = absent(entry, 'is no address of an export');
  }

  /** Takes no longer than one attempt to connect and, for a sandbox, one look. */
  static async open(entry: ExportEntry, sandboxFile: string, how: OpenHow): Promise<RemotePlace> {
    const place = new RemotePlace(entry, sandboxFile, how);
    const { remote } = place;
    const opened = await remote?.open();
    if (remote && opened?.ok) await place.raise(remote);
    else if (opened && !opened.ok) place.disk = absent(entry, opened.error.why);
    return place;
  }

  /** A server that is away is tried again. */
  check(): Promise<DiskFinding | undefined> {
    return (this.checking ??= this.look().finally(() => {
      this.checking = undefined;
    }));
  }

  private async look(): Promise<DiskFinding | undefined> {
    const { remote, refused } = this;
    if (!remote || refused) return undefined;
    const before = this.disk.problem;
    await remote.look();
    if (this.usable) await this.renew(this.usable, remote);
    else if (remote.facts && remote.trouble === undefined) await this.raise(remote);
    else this.complain(remote.trouble);
    const { problem, path: device, image } = this.disk;
    if ((before === undefined) === (problem === undefined)) return undefined;
    return { device, image, why: problem?.slice(image.length + 2) ?? 'can be used again' };
  }

  async close(): Promise<void> {
    // It may be opening the sandbox.
    await this.checking?.catch(() => undefined);
    await this.remote?.close();
    await this.sandbox?.store.close();
    this.scheduler.stop();
  }

  private connection(readOnly: boolean): NbdDisk | undefined {
    const address = parseAddress(this.entry.address);
    if (!address.ok) return undefined;
    const { name, onLoss } = this.entry;
    const { exportName } = address.value;
    const dial = nbdDial(address.value);
    return new NbdDisk({ name, exportName, dial, scheduler: this.scheduler, onLoss, readOnly });
  }

  /** The server is there for the first time. */
  private async raise(remote: NbdDisk): Promise<void> {
    const { entry } = this;
    if (entry.mode === 'live' && remote.readOnly) return this.refuse(remote, NO_WRITES);
    let device: BlockDevice = remote;
    if (entry.mode === 'sandbox') {
      const prompt = new ImpatientDevice(remote, this.scheduler, PATIENCE_MICROS);
      const stamp = await stampOf(prompt, entry.address);
      if (!stamp.ok) return this.complain(stamp.error);
      const { create = false, anyway = false } = this.how;
      const file = this.sandboxFile;
      const how = { file, stamp: stamp.value, create, anyway, misfit: MISFIT };
      const opened = await openSandboxFile(remote, how);
      if (!opened.ok) return this.refuse(remote, opened.error);
      const sandbox = (this.sandbox = opened.value);
      device = sandbox.device;
      this.apply = () => this.applySandbox(sandbox);
    }
    const surplus = remote.facts?.surplus ?? 0;
    const note = `${entry.address}: the last ${surplus} bytes make no sector and stay unused`;
    this.usable = {
      ...commonOf(entry),
      device,
      prompt: new ImpatientDevice(device, this.scheduler, PATIENCE_MICROS),
      ...(this.sandbox && { sandbox: this.sandbox.device }),
      ...(surplus > 0 && { note }),
    };
    this.disk = this.usable;
  }

  private async refuse(remote: NbdDisk, why: string): Promise<void> {
    this.refused = true;
    this.disk = absent(this.entry, why);
    await remote.close();
  }

  /** Why it is not there yet. */
  private complain(why = 'is not connected'): void {
    const problem = `${this.entry.address}: ${why}`;
    if (this.disk.problem !== problem) this.disk = absent(this.entry, why);
  }

  private async renew(usable: EngineDisk, remote: NbdDisk): Promise<void> {
    const store = this.sandbox?.store.watch;
    const changed = await store?.check();
    const lost = changed?.why ?? store?.lost;
    const why = lost === undefined ? remote.trouble : `has a sandbox that ${lost}`;
    const problem = why === undefined ? undefined : `${this.entry.address}: ${why}`;
    if (problem === this.disk.problem) return;
    this.disk = problem === undefined ? usable : { ...usable, problem };
  }

  private async applySandbox({ device }: OpenSandbox): Promise<string | undefined> {
    const target = must(this.remote, 'what the sandbox lies over').writable();
    if (target.readOnly) return 'can only be read';
    const done = await device.apply(target);
    if (done.ok) return undefined;
    return `could not be written: ${whyOf(done.error)}`;
  }
}

/**
 * Size in bytes and a digest of where labels and metadata are: an export has no time of change. And
 * of the address: the sandbox is found by the disk's name, which another export may get, and copies
 * of one disk, or empty ones, begin alike.
 */
async function stampOf(disk: BlockDevice, text: string): Promise<Result<string, string>> {
  const address = parseAddress(text);
  if (!address.ok) return err(address.error);
  const count = sectors(Math.min(STAMPED, disk.size));
  const read = await readSectors(disk, sectors(0), count);
  if (!read.ok) return err('cannot be read');
  const hash = createHash('sha256').update(`${printAddress(address.value)}\n`);
  const digest = hash.update(read.value).digest('hex');
  return ok(`${disk.size * SECTOR} ${digest}`);
}
