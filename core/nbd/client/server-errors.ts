/** Words for the errors of the protocol. */
import { NBD_ERROR } from '../protocol.ts';

const WORDS: ReadonlyMap<number, string> = new Map([
  [NBD_ERROR.EPERM, 'operation not permitted'],
  [NBD_ERROR.EIO, 'input/output error'],
  [NBD_ERROR.ENOMEM, 'cannot allocate memory'],
  [NBD_ERROR.EINVAL, 'invalid argument'],
  [NBD_ERROR.ENOSPC, 'no space left on device'],
  [NBD_ERROR.EOVERFLOW, 'value too large'],
  [NBD_ERROR.ENOTSUP, 'operation not supported'],
]);

/** A clause. */
export const errorWords = (error: number): string =>
  `the server says: ${WORDS.get(error) ?? `error ${error}`}`;
