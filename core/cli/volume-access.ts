/** Reading and writing volumes by bytes, for doors whose callers do not think in sectors. */
import { err, ok, type Result } from '../base/result.ts';
import { SECTOR, sectors } from '../base/units.ts';
import { readSectors, type BlockDevice } from '../block/device.ts';
import type { VolumeError } from '../contract/errors.ts';

interface Volume {
  readonly vg: string;
  readonly lv: string;
}

interface OpenVolume extends BlockDevice {
  close(): void;
}

interface Opened {
  readonly device: OpenVolume;
  /** `vg/home`. */
  readonly volume: string;
}

type Open = (volume: Volume) => Promise<Result<Opened, VolumeError>>;

/** Bytes in one call. */
const MAX_BYTES = 4 * 2 ** 20;

export class VolumeAccess {
  /** Writes run one after another: two that share a sector must not lose one another's half. */
  private turn: Promise<unknown> = Promise.resolve();

  constructor(private readonly open: Open) {}

  async read(
    volume: Volume,
    offset: number,
    length: number,
  ): Promise<Result<Uint8Array, VolumeError>> {
    const refused = refuse(offset, length);
    if (refused) return err(refused);
    return this.withVolume(volume, async (device, name) => {
      const size = device.size * SECTOR;
      if (offset > size) return err({ code: 'beyond-volume', volume: name, size, offset, length });
      const end = Math.min(offset + length, size);
      if (offset === end) return ok(new Uint8Array(0));
      const { first, count } = span(offset, end);
      const data = await readSectors(device, sectors(first), sectors(count));
      if (!data.ok) return data;
      const skip = offset - first * SECTOR;
      return ok(data.value.subarray(skip, skip + end - offset));
    });
  }

  /** Durable when it returns; refuses to write past the volume's end. */
  write(volume: Volume, offset: number, data: Uint8Array): Promise<Result<void, VolumeError>> {
    const next = this.turn.then(() => this.writeNow(volume, offset, data));
    this.turn = next.catch(() => undefined);
    return next;
  }

  private async writeNow(
    volume: Volume,
    offset: number,
    data: Uint8Array,
  ): Promise<Result<void, VolumeError>> {
    const refused = refuse(offset, data.length);
    if (refused) return err(refused);
    if (data.length === 0) return ok();
    return this.withVolume(volume, async (device, name) => {
      const { length } = data;
      const size = device.size * SECTOR;
      if (length > size - offset) {
        return err({ code: 'beyond-volume', volume: name, size, offset, length });
      }
      const { first, count } = span(offset, offset + length);
      const padded = await this.padded(device, first, count, offset, data);
      if (!padded.ok) return padded;
      const io = { op: 'write', start: sectors(first), data: padded.value } as const;
      const written = await device.submit(io);
      return written.ok ? device.submit({ op: 'flush' }) : written;
    });
  }

  /** Whole sectors: what the caller leaves out of the first and last one is read first. */
  private async padded(
    device: BlockDevice,
    first: number,
    count: number,
    offset: number,
    data: Uint8Array,
  ): Promise<Result<Uint8Array, VolumeError>> {
    if (data.length === count * SECTOR) return ok(data);
    const before = await readSectors(device, sectors(first), sectors(count));
    if (before.ok) before.value.set(data, offset - first * SECTOR);
    return before;
  }

  private async withVolume<T>(
    volume: Volume,
    work: (device: BlockDevice, name: string) => Promise<Result<T, VolumeError>>,
  ): Promise<Result<T, VolumeError>> {
    const opened = await this.open(volume);
    if (!opened.ok) return opened;
    const { device, volume: name } = opened.value;
    try {
      return await work(device, name);
    } finally {
      device.close();
    }
  }
}

function span(from: number, to: number): { first: number; count: number } {
  const first = Math.floor(from / SECTOR);
  return { first, count: Math.ceil(to / SECTOR) - first };
}

function refuse(offset: number, length: number): VolumeError | undefined {
  const whole = Number.isSafeInteger(offset) && Number.isSafeInteger(length);
  if (whole && offset >= 0 && length >= 0 && length <= MAX_BYTES) return undefined;
  const why = `offset ${offset} and length ${length} are not within one call's reach`;
  return { code: 'usage', command: '', why };
}
