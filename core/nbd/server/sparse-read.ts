/** A read that sends holes as holes. */
import { ok, type Result } from '../../base/result.ts';
import { SECTOR } from '../../base/units.ts';
import { allocationOf, run } from '../../block/allocation.ts';
import type { BlockDevice, IoError } from '../../block/device.ts';
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

/** Of one connection: whether a read is worth the question where its holes are. */
export class HoleGuess {
  private rest = 0;

  isWorthAsking(device: BlockDevice, { flags, length }: Request): boolean {
    if (!device.allocation || length < WORTH) return false;
    if ((flags & COMMAND_FLAG.dontFragment) !== 0) return false;
    if (this.rest === 0) return true;
    this.rest--;
    return false;
  }

  learn(found: boolean): void {
    this.rest = found ? 0 : REST;
  }
}

/** Undefined: all of it was read into `data`. */
export async function sparseRead(
  device: BlockDevice,
  request: Request,
  data: Uint8Array,
): Promise<Result<readonly Uint8Array[] | undefined, IoError>> {
  const start = startOf(request);
  const runs = await allocationOf(device, start, countOf(request));
  const whole = runs.length > MOST_CHUNKS || runs.every(({ kind }) => kind === 'data');
  const parts = whole ? run(start, countOf(request), 'data') : runs;
  const chunks = parts.map(({ start: at, count, kind }) => {
    const from = (at - start) * SECTOR;
    return { at, count, hole: kind === 'hole', part: data.subarray(from, from + count * SECTOR) };
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
    chunks.flatMap(({ at, count, hole, part }, index) => {
      const last = index === chunks.length - 1;
      const type = hole ? CHUNK.offsetHole : CHUNK.offsetData;
      const header = chunkHeader(request, type, hole ? 12 : 8 + part.length, last);
      putBytes(header, CHUNK_LENGTH, at);
      if (hole) header.setUint32(CHUNK_LENGTH + 8, count * SECTOR);
      const bytes = new Uint8Array(header.buffer);
      return hole ? [bytes] : [bytes, part];
    }),
  );
}
