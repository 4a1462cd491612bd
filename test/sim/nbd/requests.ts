/** Requests of any kind, and what the protocol answers to each, found out without the server. */
import type { Prng } from '../../../core/env/prng.ts';
import type { RequestAnswer } from '../../support/nbd/client.ts';

interface Bounds {
  readonly random: Prng;
  readonly size: number;
  readonly largest: number;
}

export interface RandomRequest {
  readonly type: number;
  readonly flags: number;
  readonly offset: bigint;
  readonly length: number;
  readonly payload: Uint8Array | undefined;
}

const EINVAL = 22;
const ENOSPC = 28;

export function randomRequest({ random, size, largest }: Bounds): RandomRequest {
  const type = random.pick([0, 0, 0, 1, 1, 1, 3, 4, 5, 6, 7, 7, 8, 77]);
  const flags = random.chance(80) ? 0 : 1 << random.below(7);
  const length = type === 3 && random.chance(90) ? 0 : randomLength(random, largest);
  const offset = type === 3 && random.chance(90) ? 0n : randomOffset(random, size);
  // A client that announces gigabytes to be written would have to send them.
  const written = type === 1 ? Math.min(length, 2 * largest + 512) : length;
  const payload = type === 1 ? new Uint8Array(written) : undefined;
  return { type, flags, offset, length: written, payload };
}

function randomLength(random: Prng, largest: number): number {
  const least = random.pick([512, 512, 512, 4096, largest]);
  switch (random.below(6)) {
    case 0:
      return random.below(1025);
    case 1:
      return random.pick([largest + 512, 2 * largest, 2 ** 32 - 512, 2 ** 32 - 1]);
    default:
      return least * (1 + random.below(4));
  }
}

function randomOffset(random: Prng, size: number): bigint {
  switch (random.below(6)) {
    case 0:
      return BigInt(random.below(size));
    case 1:
      return random.pick([BigInt(size), BigInt(size - 512), 2n ** 63n, 2n ** 64n - 512n]);
    default:
      return BigInt(512 * random.below(size / 512));
  }
}

/** The error that the protocol wants; 0 where the request is to be done. */
function wanted(bounds: Bounds, request: RandomRequest, structured: boolean): number {
  const { type, flags, offset, length } = request;
  const own = new Map([
    [0, structured ? 4 : 0],
    [1, 0],
    [3, 0],
    [4, 0],
    [6, 2],
    [7, 8],
  ]).get(type);
  if (own === undefined || (flags & ~(own | 1)) !== 0) return EINVAL;
  if (type === 3) return length === 0 && offset === 0n ? 0 : EINVAL;
  if (type === 7 && (!structured || length === 0)) return EINVAL;
  if (type <= 1 && length > bounds.largest) return EINVAL;
  if (offset % 512n !== 0n || length % 512 !== 0) return EINVAL;
  if (offset + BigInt(length) <= BigInt(bounds.size)) return 0;
  return type === 1 || type === 6 ? ENOSPC : EINVAL;
}

export function checkAnswer(
  bounds: Bounds,
  request: RandomRequest,
  { error, status, text }: RequestAnswer,
  structured: boolean,
): void {
  const { payload: _payload, ...rest } = request;
  const told = JSON.stringify({ ...rest, offset: String(rest.offset) });
  const what = `${told}: error ${error} ${text}`;
  if (error !== wanted(bounds, request, structured)) throw new Error(what);
  if (request.type !== 7 || error !== 0) return;
  const described = status.reduce((sum, [length]) => sum + length, 0);
  if (status.length === 0 || described > request.length) throw new Error(`${what}: ${described}`);
}
