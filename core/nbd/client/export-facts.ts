/** What a server says of an export, checked. */
import { err, ok, type Result } from '../../base/result.ts';
import { SECTOR, sectors, type Sectors } from '../../base/units.ts';
import { EXPORT_FLAG } from '../protocol.ts';
import { broke, type NbdFailure } from './failure.ts';

export interface ExportFacts {
  /** Whole sectors, and whole blocks. */
  readonly size: Sectors;
  /** Bytes at the end that make no whole sector or block; they stay unused. */
  readonly surplus: number;
  /** EXPORT_FLAG. */
  readonly flags: number;
  /** In sectors: what a request begins and ends at. A server with smaller blocks has 1. */
  readonly block: Sectors;
  /** Sectors of one request that carries data, at most; whole blocks. */
  readonly most: Sectors;
  /** Whether replies come in chunks. */
  readonly structured: boolean;
  /** Number of `base:allocation`, where the server has it. */
  readonly allocation?: number;
}

/** As the server says them, in bytes. */
export interface BlockSizes {
  readonly minimum: number;
  readonly preferred: number;
  readonly maximum: number;
}

/** What the protocol lets a client assume of a server that says nothing. */
export const SILENT: BlockSizes = { minimum: 1, preferred: 4096, maximum: 2 ** 25 };

/** Bytes of one request, whatever the server would take: others shall have a turn. */
const OUR_MOST = 2 ** 23;
const MOST_MINIMUM = 2 ** 16;
/** Sectors: from there on they cannot be counted exactly (docs/decisions/009). */
const TOO_LARGE = 2n ** 53n;

export function exportFacts(
  said: { readonly size: bigint; readonly flags: number; readonly sizes: BlockSizes },
  rest: Pick<ExportFacts, 'structured' | 'allocation'>,
): Result<ExportFacts, NbdFailure> {
  const { size, flags, sizes } = said;
  if ((flags & EXPORT_FLAG.hasFlags) === 0) return err(broke('an export without flags'));
  const { minimum, preferred, maximum } = sizes;
  const odd =
    !isPowerOfTwo(minimum) ||
    minimum > MOST_MINIMUM ||
    !isPowerOfTwo(preferred) ||
    preferred < minimum ||
    maximum < preferred;
  if (odd) return err(broke(`block sizes ${minimum}, ${preferred} and ${maximum}`));
  const block = Math.max(minimum, SECTOR);
  const blocks = size / BigInt(block);
  const whole = blocks * BigInt(block / SECTOR);
  if (whole >= TOO_LARGE) return err({ kind: 'refused', why: 'is 4 EiB or larger' });
  const most = Math.floor(Math.min(maximum, OUR_MOST) / block) * (block / SECTOR);
  if (most === 0)
    return err({ kind: 'refused', why: `takes no more than ${maximum} bytes at once` });
  return ok({
    size: sectors(Number(whole)),
    surplus: Number(size % BigInt(block)),
    flags,
    block: sectors(block / SECTOR),
    most: sectors(most),
    ...rest,
  });
}

const isPowerOfTwo = (value: number): boolean => value > 0 && (value & (value - 1)) === 0;

/** Flags that decide what may be asked of an export. */
const TELLING =
  EXPORT_FLAG.readOnly |
  EXPORT_FLAG.flush |
  EXPORT_FLAG.fua |
  EXPORT_FLAG.trim |
  EXPORT_FLAG.writeZeroes;

/** What makes it another disk than it was, in a clause; undefined where it is the same. */
export function differs(before: ExportFacts, now: ExportFacts): string | undefined {
  const bytes = ({ size, surplus }: ExportFacts): bigint =>
    BigInt(size) * BigInt(SECTOR) + BigInt(surplus);
  if (bytes(before) !== bytes(now)) {
    return `had ${bytes(before)} bytes and has ${bytes(now)} now`;
  }
  const [was, is] = [before.flags & EXPORT_FLAG.readOnly, now.flags & EXPORT_FLAG.readOnly];
  if (was !== is) return is ? 'can only be read now' : 'could only be read before';
  if ((before.flags & TELLING) !== (now.flags & TELLING)) return 'can do other things than before';
  const same = before.block === now.block && before.most <= now.most;
  return same ? undefined : 'has other block sizes than before';
}
