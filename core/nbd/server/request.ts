/** One request of a client, and what is wrong with it. */
import { SECTOR, sectors, type Sectors } from '../../base/units.ts';
import { COMMAND, COMMAND_FLAG, type NbdErrorName } from '../protocol.ts';
import { isReadOnly, type NbdExport } from './export.ts';
import type { HoleGuess } from './sparse-read.ts';

export interface Request {
  readonly type: number;
  readonly flags: number;
  /** What the client calls it: 64 bits that mean nothing here. */
  readonly cookieHigh: number;
  readonly cookieLow: number;
  /** In bytes, 64 bits. */
  readonly offsetHigh: number;
  readonly offsetLow: number;
  /** In bytes. */
  readonly length: number;
}

/** @param at where the header begins, behind which the magic number has been checked */
export function readRequest(data: DataView, at: number): Request {
  return {
    flags: data.getUint16(at + 4),
    type: data.getUint16(at + 6),
    cookieHigh: data.getUint32(at + 8),
    cookieLow: data.getUint32(at + 12),
    offsetHigh: data.getUint32(at + 16),
    offsetLow: data.getUint32(at + 20),
    length: data.getUint32(at + 24),
  };
}

/** Exact for every request that lies in a device; only for those that were not refused. */
export const startOf = ({ offsetHigh, offsetLow }: Request): Sectors =>
  sectors(offsetHigh * (2 ** 32 / SECTOR) + offsetLow / SECTOR);

export const countOf = ({ length }: Request): Sectors => sectors(length / SECTOR);

/** What the protocol answers, and why in a clause. */
export interface Fault {
  readonly error: NbdErrorName;
  readonly why: string;
}

interface Rule {
  /** Besides FUA, which every command may have. */
  readonly flags: number;
  readonly changes: boolean;
  /** As long as the largest request at most. */
  readonly bounded: boolean;
}

const RULES: ReadonlyMap<number, Rule> = new Map([
  [COMMAND.read, { flags: COMMAND_FLAG.dontFragment, changes: false, bounded: true }],
  [COMMAND.write, { flags: 0, changes: true, bounded: true }],
  [COMMAND.flush, { flags: 0, changes: false, bounded: false }],
  [COMMAND.trim, { flags: 0, changes: true, bounded: false }],
  [COMMAND.writeZeroes, { flags: COMMAND_FLAG.noHole, changes: true, bounded: false }],
  [COMMAND.blockStatus, { flags: COMMAND_FLAG.onlyOneExtent, changes: false, bounded: false }],
]);

export interface Terms {
  readonly export: NbdExport;
  readonly structured: boolean;
  readonly allocation: boolean;
  /** Bytes of the largest request. */
  readonly largest: number;
  readonly holes: HoleGuess;
}

/** Undefined: it can be done. */
export function faultOf(request: Request, terms: Terms): Fault | undefined {
  const { type, flags, length } = request;
  const rule = RULES.get(type);
  if (!rule) return invalid(`there is no command ${type} here`);
  const allowed = COMMAND_FLAG.fua | (type === COMMAND.read && !terms.structured ? 0 : rule.flags);
  if ((flags & ~allowed) !== 0) return invalid(`command ${type} has no flags ${flags}`);
  if (type === COMMAND.flush) return flushFault(request);
  if (type === COMMAND.blockStatus && !terms.allocation) {
    return invalid('no metadata context was chosen');
  }
  if (rule.changes && isReadOnly(terms.export)) {
    return { error: 'EPERM', why: 'the export is read-only' };
  }
  if (rule.bounded && length > terms.largest) {
    return invalid(`${length} bytes are more than ${terms.largest}`);
  }
  return placeFault(request, terms.export, type);
}

const invalid = (why: string): Fault => ({ error: 'EINVAL', why });

const flushFault = ({ length, offsetHigh, offsetLow }: Request): Fault | undefined =>
  length === 0 && offsetHigh === 0 && offsetLow === 0 ? undefined : invalid('a flush has no place');

function placeFault(request: Request, { device }: NbdExport, type: number): Fault | undefined {
  const { offsetHigh, offsetLow, length } = request;
  if (offsetLow % SECTOR !== 0 || length % SECTOR !== 0) {
    return invalid(`offset and length must be multiples of ${SECTOR}`);
  }
  if (length === 0 && type === COMMAND.blockStatus) return invalid('nothing was asked about');
  const end = offsetHigh * (2 ** 32 / SECTOR) + offsetLow / SECTOR + length / SECTOR;
  if (end <= device.size) return undefined;
  const adds = type === COMMAND.write || type === COMMAND.writeZeroes;
  const why = `it ends behind the ${device.size} sectors of the export`;
  return adds ? { error: 'ENOSPC', why } : invalid(why);
}
