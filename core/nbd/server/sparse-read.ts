/** A read that sends holes as holes. */
import { ok, type Result } from '../../base/result.ts';
import { SECTOR, sectors, type Sectors } from '../../base/units.ts';
import { allocationOf, run } from '../../block/allocation.ts';
import type { Allocation, BlockDevice, IoError } from '../../block/device.ts';
import { CHUNK, CHUNK_LENGTH, COMMAND_FLAG } from '../protocol.ts';
import { putBytes } from './export.ts';
import { chunkHeader } from './replies.ts';
import { countOf, startOf, type Request } from './request.ts';

/** Bytes of a request below which asking costs more than sending zeros. */
const WORTH = 64 * 1024;
/** Chunks of one reply. */
const MOST_CHUNKS = 64;

/** Reads that are not asked about after one without a hole: most devices have few holes. */
const REST = 15;
/** Sectors behind a read that are asked about with it, 32 MiB at most. */
const MOST_AHEAD = 2 ** 16;

/** Of one connection: whether a read is worth the question where its holes are. */
export class HoleGuess {
  /** Sectors that are asked about behind the read: the more, the less often there was a hole. */
  ahead = 0;
  private rest = 0;
  /** A run without a hole; what has become one since may be sent as data all the same. */
  private data = { start: 0, end: 0 };

  isWorthAsking(device: BlockDevice, request: Request): boolean {
    const { flags, length } = request;
    if (!device.allocation || length < WORTH) return false;
    if ((flags & COMMAND_FLAG.dontFragment) !== 0) return false;
    const start = startOf(request);
    if (start >= this.data.start && start + countOf(request) <= this.data.end) return false;
    if (this.rest === 0) return true;
    this.rest--;
    return false;
  }

  /** @param runs from the beginning of the read on */
  learn(runs: readonly Allocation[], count: Sectors): void {
    const [first] = runs;
    if (first?.kind !== 'data' || first.count < count) {
      this.rest = 0;
      this.ahead = 0;
      return;
    }
    this.rest = runs.length > 1 ? 0 : REST;
    this.ahead = Math.min(MOST_AHEAD, this.ahead * 2 + count);
    this.data = { start: first.start, end: first.start + first.count };
  }
}

/** Undefined: all of it was read into `data`. */
export async function sparseRead(
  device: BlockDevice,
  request: Request,
  data: Uint8Array,
  guess: HoleGuess,
): Promise<Result<readonly Uint8Array[] | undefined, IoError>> {
  const start = startOf(request);
  const count = countOf(request);
  const asked = Math.max(count, Math.min(count + guess.ahead, device.size - start));
  const known = await allocationOf(device, start, sectors(asked));
  guess.learn(known, count);
  const runs = known.flatMap((one) => {
    const left = start + count - one.start;
    return left > 0 ? [{ ...one, count: sectors(Math.min(one.count, left)) }] : [];
  });
  const whole = runs.length > MOST_CHUNKS || runs.every(({ kind }) => kind === 'data');
  const parts = whole ? run(start, count, 'data') : runs;
  const chunks = parts.map(({ start: at, count: length, kind }) => {
    const from = (at - start) * SECTOR;
    const part = data.subarray(from, from + length * SECTOR);
    return { at, length, hole: kind === 'hole', part };
  });
  const reads = await Promise.all(
    chunks
      .filter(({ hole }) => !hole)
      .map((chunk) => device.submit({ op: 'read', start: chunk.at, data: chunk.part })),
  );
  const failed = reads.find((read) => !read.ok);
  if (failed) return failed;
  if (whole) return ok(undefined);
  return ok(
    chunks.flatMap(({ at, length, hole, part }, index) => {
      const last = index === chunks.length - 1;
      const type = hole ? CHUNK.offsetHole : CHUNK.offsetData;
      const header = chunkHeader(request, type, hole ? 12 : 8 + part.length, last);
      putBytes(header, CHUNK_LENGTH, at);
      if (hole) header.setUint32(CHUNK_LENGTH + 8, length * SECTOR);
      const bytes = new Uint8Array(header.buffer);
      return hole ? [bytes] : [bytes, part];
    }),
  );
}
