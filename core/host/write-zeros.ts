/** Zeros into a file, in bounded pieces from one buffer. */
import { SECTOR, sectors, type Sectors } from '../base/units.ts';
import type { Done, FileAccess } from './file-access.ts';

/** Sectors of a piece: 1 MiB. */
const PIECE = 2048;

/** Shared by all files: it is only read. */
let zeros: Uint8Array | undefined;

/** @param refused asked before each piece: why it is not gone on with, in a clause */
export function writeZeros(
  access: FileAccess,
  start: Sectors,
  count: Sectors,
  refused: () => string | undefined,
  done: Done,
): void {
  const all = (zeros ??= new Uint8Array(PIECE * SECTOR));
  const next = (at: number): void => {
    const length = Math.min(PIECE, count - at);
    const why = length === 0 ? undefined : refused();
    if (why !== undefined || length === 0) return done(why);
    const data = all.subarray(0, length * SECTOR);
    access.write(data, sectors(start + at), (failed) => {
      if (failed === undefined) next(at + length);
      else done(failed);
    });
  };
  next(0);
}
