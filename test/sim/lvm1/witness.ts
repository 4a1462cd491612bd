/** Sees at the disks what becomes of each PE that is moved, whatever the driver believes. */
import type { BlockDevice, Io, IoResult } from '../../../core/block/device.ts';
import { ioSectors } from '../../../core/block/device.ts';
import type { SectorStore } from '../../../core/block/sector-store.ts';
import { Wrapper } from '../../../core/block/wrap/wrapper.ts';
import type { MoveEvent, Pe } from '../../../core/historic/lvm1/types.ts';
import { must } from '../../../core/base/assert.ts';

export type Cause = 'lost write' | 'stale page';

/** A disk that knows which writes are under way, and what is on it at this moment. */
export class SeenDisk extends Wrapper {
  /** By sector, how many writes. */
  readonly writing = new Map<number, number>();

  constructor(
    below: BlockDevice,
    private readonly store: SectorStore,
  ) {
    super(below);
  }

  async submit(io: Io): Promise<IoResult> {
    if (io.op !== 'write') return this.below.submit(io);
    this.count(io, 1);
    const done = await this.below.submit(io);
    this.count(io, -1);
    return done;
  }

  /** @returns the stamps of a run of sectors, without a request */
  stamps(start: number, count: number): readonly number[] {
    const data = new Uint8Array(count * 512);
    this.store.read(start, data);
    const words = new Uint32Array(data.buffer);
    return Array.from({ length: count }, (_, at) => words[at * 128] ?? 0);
  }

  private count(io: Extract<Io, { op: 'write' }>, by: number): void {
    for (let at: number = io.start; at < io.start + ioSectors(io); at++) {
      this.writing.set(at, (this.writing.get(at) ?? 0) + by);
    }
  }
}

export class Witness {
  /** What went wrong last with a sector of a volume, by where it lies now. */
  private readonly causes = new Map<BlockDevice, Map<number, Cause>>();
  /** Of the PE that is locked, as it was then. */
  private before: readonly number[] = [];
  moves = 0;
  seen = 0;

  constructor(private readonly peSize: number) {}

  causeAt(device: BlockDevice, sector: number): Cause | undefined {
    return this.causes.get(device)?.get(sector);
  }

  tell(event: MoveEvent): void {
    if (event.kind === 'locked') this.before = this.stamps(event.pe);
    if (event.kind === 'remapped') this.moved(event.from, event.to);
  }

  private moved(from: Pe, to: Pe): void {
    this.moves++;
    const old = this.stamps(from);
    const fresh = this.stamps(to);
    const source = seen(from.device);
    for (let at = 0; at < this.peSize; at++) {
      const late = (source.writing.get(from.start + at) ?? 0) > 0;
      const copied = fresh[at];
      const stale = copied !== old[at] && copied !== this.before[at];
      const cause = stale ? 'stale page' : late || copied !== old[at] ? 'lost write' : undefined;
      if (cause) this.seen++;
      const known = cause ?? this.causeAt(from.device, from.start + at);
      this.causes.get(from.device)?.delete(from.start + at);
      if (known) this.note(to.device, to.start + at, known);
    }
  }

  private note(device: BlockDevice, sector: number, cause: Cause): void {
    const own = this.causes.get(device) ?? new Map<number, Cause>();
    this.causes.set(device, own.set(sector, cause));
  }

  private stamps({ device, start }: Pe): readonly number[] {
    return seen(device).stamps(start, this.peSize);
  }
}

const seen = (device: BlockDevice): SeenDisk =>
  must(device instanceof SeenDisk ? device : undefined, 'a disk that is watched');
