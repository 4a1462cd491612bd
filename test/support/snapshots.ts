/** An origin and stores on disks in memory that fail, or wait, as a test wants it. */
import { expect } from 'vitest';
import { SECTOR, sectors } from '../../core/base/units.ts';
import { RamDisk } from '../../core/block/ram-disk.ts';
import { SectorStore } from '../../core/block/sector-store.ts';
import type { SnapshotState } from '../../core/contract/snapshots.ts';
import { areaChunk, readRecord, recordsPerArea } from '../../core/dm/snapshot/format.ts';
import type { DmOptions } from '../../core/dm/options.ts';
import type { OpenDevice } from '../../core/dm/open-device.ts';
import { sleep } from '../../core/env/scheduler.ts';
import { DmWorld, DRAIN } from './dm.ts';
import { Moody } from './mirrors.ts';
import { must } from './results.ts';
import { write } from './sectors.ts';
import { simulated, type Sim } from './sim.ts';

/** Sectors of the origin. */
export const ORIGIN = 1024;
/** Sectors of each store. */
export const STORE = 4096;
/** The names of disks: the origin, then three for stores. */
export const [BASE, COW, COW2, COW3] = ['8:0', '8:16', '8:32', '8:48'] as const;

export class SnapshotWorld {
  readonly world: DmWorld;
  readonly disks: readonly Moody[];

  constructor(
    readonly sim: Sim,
    sizes: readonly number[] = [ORIGIN, STORE, STORE, STORE],
    options: DmOptions = {},
  ) {
    this.world = new DmWorld({ scheduler: sim.scheduler, ...options });
    this.disks = sizes.map((size, number) => {
      const store = new SectorStore();
      const name = `sd${String.fromCharCode(97 + number)}`;
      const disk = new Moody(new RamDisk(name, sectors(size), store), store, sim.scheduler, number);
      this.world.disk(disk);
      return disk;
    });
  }

  get dm() {
    return this.world.dm;
  }

  disk(index: number): Moody {
    const disk = this.disks[index];
    if (!disk) throw new Error(`no disk ${index}`);
    return disk;
  }

  /** Every sector of the origin holds its own number plus one. */
  async fill(): Promise<void> {
    const { size } = this.disk(0);
    for (let at = 0; at < size; at++) {
      expect(await write(this.disk(0), at, at + 1)).toEqual({ ok: true });
    }
  }

  /** `org` and `snap` of it, the snapshot first. */
  async pair(chunk = 8, kind = 'P'): Promise<{ org: OpenDevice; snap: OpenDevice }> {
    const snap = await this.snapshot('snap', COW, chunk, kind);
    const length = this.disk(0).size;
    return { org: await this.world.device('org', [`0 ${length} snapshot-origin ${BASE}`]), snap };
  }

  snapshot(name: string, store: string, chunk = 8, kind = 'P'): Promise<OpenDevice> {
    return this.world.device(name, [this.table('snapshot', store, chunk, kind)]);
  }

  wait(micros = 1e6): Promise<void> {
    return sleep(this.sim.scheduler, micros, 'a test waits');
  }

  /** What becomes of it in a millisecond. */
  fate<T>(promise: Promise<T>): Promise<T | 'pending'> {
    return Promise.race([promise, this.wait(1000).then(() => 'pending' as const)]);
  }

  remove(device: OpenDevice): void {
    device.close();
    must(this.dm.remove(device.name));
  }

  table(type: 'snapshot' | 'snapshot-merge', store: string, chunk = 8, kind = 'P'): string {
    return `0 ${this.disk(0).size} ${type} ${BASE} ${store} ${kind} ${chunk}`;
  }

  /** As LVM merges: the origin's device takes over the store, the snapshot's fails all. */
  async merge(store: string = COW): Promise<void> {
    const loaded = this.dm.reload('org', [this.table('snapshot-merge', store)]);
    must(loaded instanceof Promise ? await loaded : loaded);
    must(this.dm.load('snap', [`0 ${this.disk(0).size} error`]));
    for (const name of ['org', 'snap']) must(await this.dm.suspend(name, DRAIN));
    for (const name of ['org', 'snap']) must(await this.dm.resume(name));
  }

  status(name = 'snap'): string {
    return this.world.state(name).live?.[0]?.status ?? '';
  }

  events(name = 'snap'): number {
    return this.world.state(name).eventNumber;
  }

  state(name = 'snap'): SnapshotState {
    const [state] = this.dm.snapshots(name);
    if (!state) throw new Error(`${name} is no snapshot`);
    return state;
  }

  /** What stands in an area on disk: `5>2 6>3`, up to the record that ends it. */
  records(disk = 1, area = 0, chunk = 8): string {
    const data = new Uint8Array(chunk * SECTOR);
    this.disk(disk).store.read(sectors(areaChunk(area, chunk) * chunk), data);
    const found: string[] = [];
    for (let index = 0; index < recordsPerArea(chunk); index++) {
      const { oldChunk, newChunk } = readRecord(data, index);
      if (newChunk === 0) break;
      found.push(`${oldChunk}>${newChunk}`);
    }
    return found.join(' ');
  }

  /** The first 16 bytes of a store, in hexadecimal. */
  header(disk = 1): string {
    const data = new Uint8Array(SECTOR);
    this.disk(disk).store.read(sectors(0), data);
    return [...data.subarray(0, 16)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
  }
}

/** In simulated time, with an origin that is filled. @param sizes of the disks, in sectors */
export const inSnapshotLab = (
  body: (lab: SnapshotWorld) => Promise<void>,
  sizes?: readonly number[],
  options?: DmOptions,
): Promise<void> =>
  simulated(1, async (sim) => {
    const lab = new SnapshotWorld(sim, sizes, options);
    await lab.fill();
    await body(lab);
  });
