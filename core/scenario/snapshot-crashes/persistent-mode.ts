/**
 * LVM's persistent snapshots in the power-cut loop: the devices that LVM has for them, with the
 * tables and in the order that it loads, suspends and resumes them. What its metadata would say of
 * the volume stands in the sector behind the store, written when LVM commits it.
 */
import { assert, must } from '../../base/assert.ts';
import { SECTOR, sectors } from '../../base/units.ts';
import { readSectors, type BlockDevice } from '../../block/device.ts';
import type { Latency } from '../../block/latency.ts';
import { DeviceMapper } from '../../dm/device-mapper.ts';
import type { OpenDevice } from '../../dm/open-device.ts';
import type { SuspendHow } from '../../dm/target.ts';
import { sleep } from '../../env/scheduler.ts';
import { isAreaChunk, recordsPerArea } from '../../dm/snapshot/format.ts';
import type { Disks, Found, Machine, Mode, Sizes } from './types.ts';

/** What the metadata says: `merged` is a volume without a snapshot whose last one flowed back. */
const STATES = ['linear', 'snapshot', 'merging', 'merged'] as const;
type State = (typeof STATES)[number];

/** Sectors that lvcreate zeroes at the head of a new store: 4 KiB. */
const WIPED = 8;

export const PERSISTENT: Mode = {
  name: 'LVM, persistent store',
  afterCrash: 'kept',
  merges: true,
  storeSize: (sizes) => cowSize(sizes) + 1,
  async machine(disks, sizes, state, latency) {
    const stack = new Stack(disks, sizes, latency);
    const active = state === 'down' || (await stack.activate('linear'));
    assert(active, 'a linear volume is activated');
    return stack;
  },
  reopen: (disks, sizes) => new Stack(disks, sizes).reopen(),
  pointOf: (io, sizes) => {
    const start = io.op === 'flush' ? 0 : io.start;
    const chunk = Math.floor(start / sizes.chunkSize);
    if (start >= cowSize(sizes)) return 'metadata';
    return chunk === 0 ? 'header' : isAreaChunk(chunk, sizes.chunkSize) ? 'table' : 'copy';
  },
};

/** Header, areas, one of them maybe still empty, and as many chunks as there is to be room for. */
function cowSize({ chunkSize, room }: Sizes): number {
  const areas = Math.floor(room / recordsPerArea(chunkSize)) + 1;
  return Math.max(WIPED, (1 + areas + room) * chunkSize);
}

/** The devices, with their minor numbers. */
const NAMES = ['org', 'org-real', 'snap-cow', 'snap'] as const;
type Name = (typeof NAMES)[number];

/** How often a merge is asked whether it is over, and how long it is left alone in between. */
const MOST_ASKED = 100_000;
const TURNS = 50;

/** As taking a snapshot does it; the file system, which would be frozen, has flushed before. */
const FREEZE: SuspendHow = { inFlight: 'drain', freeze: true };

class Stack implements Machine {
  private readonly dm: DeviceMapper;
  private readonly tables: Readonly<Record<string, string>>;
  private readonly opened = new Map<Name, OpenDevice>();
  private readonly metadata: number;

  constructor(
    private readonly disks: Disks,
    sizes: Sizes,
    private readonly latency?: Latency,
  ) {
    this.dm = new DeviceMapper(() => undefined, latency ? { scheduler: latency.scheduler } : {});
    this.dm.attachDisk('/dev/sda', '8:0', disks.origin);
    this.dm.attachDisk('/dev/sdb', '8:16', disks.store);
    this.metadata = cowSize(sizes);
    const { size } = disks.origin;
    const pair = `253:1 253:2 P ${sizes.chunkSize}`;
    this.tables = {
      linear: `0 ${size} linear 8:0 0`,
      cow: `0 ${cowSize(sizes)} linear 8:16 0`,
      origin: `0 ${size} snapshot-origin 253:1`,
      snapshot: `0 ${size} snapshot ${pair}`,
      merge: `0 ${size} snapshot-merge ${pair}`,
      error: `0 ${size} error`,
    };
  }

  get original(): BlockDevice {
    return must(this.opened.get('org'), 'an active volume');
  }

  get snapshot(): BlockDevice | undefined {
    return this.opened.get('snap');
  }

  act(stage: Parameters<Machine['act']>[0], during?: () => Promise<boolean>): Promise<boolean> {
    switch (stage) {
      case 'creation':
        return this.create();
      case 'shutdown':
        return this.shutDown();
      case 'start':
        return this.activate('snapshot');
      case 'merge':
        return this.merge(during);
      case 'removal':
        return this.remove();
    }
  }

  /** What the metadata says is activated; a merge goes on. */
  async reopen(): Promise<Found> {
    const sector = await readSectors(this.disks.store, sectors(this.metadata), sectors(1));
    const state = (sector.ok && STATES[sector.value[0] ?? 0]) || 'linear';
    // It waits until somebody says that it shall go on.
    this.dm.holdCopies(true);
    await this.activate(state);
    const { original, snapshot } = this;
    const endMerge = (): Promise<boolean> => {
      this.dm.holdCopies(false);
      return this.merged();
    };
    if (state === 'merging') return { original, snapshot: original, endMerge };
    if (state === 'merged') {
      return { original, snapshot: original, endMerge: () => Promise.resolve(true) };
    }
    return { original, snapshot: snapshot ?? (state === 'snapshot' ? 'full' : 'none') };
  }

  async activate(state: State): Promise<boolean> {
    if (state === 'linear' || state === 'merged') return this.make('org', 'linear');
    const below = (await this.make('org-real', 'linear')) && (await this.make('snap-cow', 'cow'));
    if (state === 'merging') return below && this.make('org', 'merge');
    return below && (await this.make('snap', 'snapshot')) && this.make('org', 'origin');
  }

  private async create(): Promise<boolean> {
    const data = new Uint8Array(WIPED * SECTOR);
    const wipe = { op: 'write', start: sectors(0), data, fua: true } as const;
    const { store } = this.disks;
    return (
      (await store.submit(wipe)).ok &&
      (await this.original.submit({ op: 'flush' })).ok &&
      (await this.make('org-real', 'linear')) &&
      (await this.make('snap-cow', 'cow')) &&
      this.dm.create('snap', '', NAMES.indexOf('snap')).ok &&
      (await this.load('snap', 'snapshot')) &&
      (await this.load('org', 'origin')) &&
      (await this.change(['org'], 'snapshot', ['snap', 'org'])) &&
      this.open('snap')
    );
  }

  private async shutDown(): Promise<boolean> {
    const done = await this.original.submit({ op: 'flush' });
    return done.ok && this.takeDown(['snap', 'org', 'snap-cow', 'org-real']);
  }

  private async merge(during?: () => Promise<boolean>): Promise<boolean> {
    const begun =
      (await this.load('org', 'merge')) &&
      (await this.load('snap', 'error')) &&
      (await this.change(['org', 'snap'], 'merging', ['org', 'snap']));
    if (!begun) return false;
    const both = await Promise.all([this.merged(), during?.() ?? true]);
    if (both.includes(false)) return false;
    const done =
      (await this.load('org', 'linear')) && (await this.change(['org'], 'merged', ['org']));
    return done && this.takeDown(['snap', 'snap-cow', 'org-real']);
  }

  /** Once nothing is left to merge: nobody is told, one has to ask. */
  private async merged(): Promise<boolean> {
    for (let asked = 0; asked < MOST_ASKED; asked++) {
      const [state] = this.dm.snapshots('org');
      if (state?.condition !== 'good') return false;
      if (state.exceptions === 0) return true;
      if (this.latency) await sleep(this.latency.scheduler, this.latency.maxMicros, 'merge');
      else for (let turns = 0; turns < TURNS; turns++) await Promise.resolve();
    }
    return false;
  }

  private async remove(): Promise<boolean> {
    const done =
      (await this.load('org', 'linear')) && (await this.change(['org'], 'linear', ['org']));
    return done && this.takeDown(['snap', 'snap-cow', 'org-real']);
  }

  /** Suspends, commits, resumes. */
  private async change(
    suspended: readonly Name[],
    state: State,
    resumed: readonly Name[],
  ): Promise<boolean> {
    for (const name of suspended) if (!(await this.dm.suspend(name, FREEZE)).ok) return false;
    const data = new Uint8Array(SECTOR);
    data[0] = STATES.indexOf(state);
    const { store } = this.disks;
    const start = sectors(this.metadata);
    if (!(await store.submit({ op: 'write', start, data, fua: true })).ok) return false;
    for (const name of resumed) if (!(await this.dm.resume(name)).ok) return false;
    return true;
  }

  private async make(name: Name, table: string): Promise<boolean> {
    return (
      this.dm.create(name, '', NAMES.indexOf(name)).ok &&
      (await this.load(name, table)) &&
      (await this.dm.resume(name)).ok &&
      this.open(name)
    );
  }

  private async load(name: Name, table: string): Promise<boolean> {
    return (await this.dm.reload(name, [must(this.tables[table], table)])).ok;
  }

  /** Those that programs use. */
  private open(name: Name): boolean {
    if (name === 'org-real' || name === 'snap-cow') return true;
    const opened = this.dm.open(name);
    if (opened.ok) this.opened.set(name, opened.value);
    return opened.ok;
  }

  private async takeDown(names: readonly Name[]): Promise<boolean> {
    for (const name of names) {
      this.opened.get(name)?.close();
      this.opened.delete(name);
      if (!(await this.dm.retire(name)).ok) return false;
    }
    return true;
  }
}
