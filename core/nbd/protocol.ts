/**
 * The numbers of the NBD protocol, fixed newstyle (the specification is doc/proto.md of the NBD
 * project). All of them travel in network byte order.
 */

/** First 8 bytes of a server. */
export const NBD_MAGIC = 0x4e42444d41474943n;
/** Second 8 bytes of a server that speaks newstyle, and the first of every option. */
export const OPTION_MAGIC = 0x49484156454f5054n;
export const OPTION_REPLY_MAGIC = 0x3e889045565a9n;
export const REQUEST_MAGIC = 0x25609513;
export const SIMPLE_REPLY_MAGIC = 0x67446698;
export const CHUNK_MAGIC = 0x668e33ef;

/** Of the handshake: what server and client are capable of. */
export const HANDSHAKE = { fixedNewstyle: 1 << 0, noZeroes: 1 << 1 } as const;

export const OPTION = {
  exportName: 1,
  abort: 2,
  list: 3,
  startTls: 5,
  info: 6,
  go: 7,
  structuredReply: 8,
  listMetaContext: 9,
  setMetaContext: 10,
  extendedHeaders: 11,
} as const;

const ERROR_BIT = 2 ** 31;

export const OPTION_REPLY = {
  ack: 1,
  server: 2,
  info: 3,
  metaContext: 4,
  unsupported: ERROR_BIT + 1,
  policy: ERROR_BIT + 2,
  invalid: ERROR_BIT + 3,
  platform: ERROR_BIT + 4,
  tlsRequired: ERROR_BIT + 5,
  unknown: ERROR_BIT + 6,
  shutdown: ERROR_BIT + 7,
  blockSizeRequired: ERROR_BIT + 8,
  tooBig: ERROR_BIT + 9,
} as const;

/** Whether a reply to an option says no. */
export const isOptionError = (reply: number): boolean => reply >= ERROR_BIT;

export const INFO = { export: 0, name: 1, description: 2, blockSize: 3 } as const;

/** What an export can do. */
export const EXPORT_FLAG = {
  hasFlags: 1 << 0,
  readOnly: 1 << 1,
  flush: 1 << 2,
  fua: 1 << 3,
  rotational: 1 << 4,
  trim: 1 << 5,
  writeZeroes: 1 << 6,
  dontFragment: 1 << 7,
  canMultiConnect: 1 << 8,
  cache: 1 << 10,
  fastZero: 1 << 11,
} as const;

export const COMMAND = {
  read: 0,
  write: 1,
  disconnect: 2,
  flush: 3,
  trim: 4,
  cache: 5,
  writeZeroes: 6,
  blockStatus: 7,
  resize: 8,
} as const;

export const COMMAND_FLAG = {
  fua: 1 << 0,
  noHole: 1 << 1,
  dontFragment: 1 << 2,
  onlyOneExtent: 1 << 3,
  fastZero: 1 << 4,
} as const;

export const CHUNK = {
  none: 0,
  offsetData: 1,
  offsetHole: 2,
  blockStatus: 5,
  error: 2 ** 15 + 1,
  errorOffset: 2 ** 15 + 2,
} as const;

export const CHUNK_FLAG = { done: 1 << 0 } as const;

/** Of the metadata context `base:allocation`. */
export const BASE_ALLOCATION = 'base:allocation';
export const ALLOCATION = { hole: 1 << 0, zero: 1 << 1 } as const;

/** Errors of the protocol; the numbers are those of Linux. */
export const NBD_ERROR = {
  EPERM: 1,
  EIO: 5,
  ENOMEM: 12,
  EINVAL: 22,
  ENOSPC: 28,
  EOVERFLOW: 75,
  ENOTSUP: 95,
  ESHUTDOWN: 108,
} as const;

export type NbdErrorName = keyof typeof NBD_ERROR;

/** Bytes of the headers. */
export const REQUEST_LENGTH = 28;
export const SIMPLE_REPLY_LENGTH = 16;
export const CHUNK_LENGTH = 20;
export const OPTION_LENGTH = 16;
export const OPTION_REPLY_LENGTH = 20;

/** Bytes of a name or other text, at most: the protocol's own limit. */
export const TEXT_LIMIT = 4096;
