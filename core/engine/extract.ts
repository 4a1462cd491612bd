/** Copies a volume into a file that has holes where the volume has nothing. */
import { must } from '../base/assert.ts';
import { sameBytes } from '../base/bytes.ts';
import { err, ok, type Result } from '../base/result.ts';
import { SECTOR, sectors, type Sectors } from '../base/units.ts';
import { allocationOf } from '../block/allocation.ts';
import {
  readSectors,
  whyOf,
  type BlockDevice,
  type IoError,
  type IoResult,
} from '../block/device.ts';
import type { VolumeError } from '../contract/errors.ts';
import type { JobState } from '../contract/jobs.ts';
import type { JobControl, Jobs } from './jobs.ts';
import type { OpenedVolume, VolumeTarget } from './open-volume.ts';

/** A file under way. Nobody sees it under its own name before it is kept. */
export interface NewFile {
  /** Reads as zeros where nothing was written. */
  readonly device: BlockDevice;
  /** Durable, and in its place. @returns why not, in a clause; then it is gone */
  keep(): Promise<string | undefined>;
  /** Nothing of it is left. */
  drop(): Promise<void>;
}

/** What the engine needs of the world to write files. */
export interface FileHost {
  /**
   * @param file as somebody typed it
   * @param replace whether a file of this name may be there, to be replaced in the end
   * @returns why not, in a clause
   */
  create(file: string, size: Sectors, replace: boolean): Promise<Result<NewFile, string>>;
}

export const NO_FILES: FileHost = {
  create: () => Promise.resolve(err('nothing can be written outside of this engine')),
};

export interface ExtractWish {
  readonly target: VolumeTarget;
  /** An absolute path. */
  readonly file: string;
  readonly force: boolean;
}

export interface ExtractWorld {
  readonly jobs: Jobs;
  readonly files: FileHost;
  openVolume(target: VolumeTarget): Promise<Result<OpenedVolume, VolumeError>>;
}

/** A piece that is read and written at once, 1 MiB, and how many are under way. */
const PIECE = 2048;
const AT_ONCE = 4;
/** What is looked for holes: the smallest, 64 KiB, and what is asked for at a time, 256 MiB. */
const BLOCK = 128;
const WINDOW = 256 * 2048;

/** The volume counts as in use until the job has ended. */
export async function startExtract(
  { target, file, force }: ExtractWish,
  world: ExtractWorld,
): Promise<Result<ReturnType<Jobs['start']>, VolumeError>> {
  const opened = await world.openVolume(target);
  if (!opened.ok) return opened;
  const { device, volume } = opened.value;
  const made = await world.files.create(file, device.size, force);
  if (!made.ok) {
    device.close();
    return err({ code: 'extract-refused', volume, file, why: made.error });
  }
  const into = made.value;
  const total = device.size * SECTOR;
  const title = `Extract ${volume} to ${file}`;
  const work = async (control: JobControl): Promise<Result<void, string>> => {
    const copied = await copy(device, into.device, control);
    device.close();
    // From here on it is whole; to cancel it now would be to throw it away for nothing.
    const why = copied.ok ? await into.keep() : copied.error;
    if (!copied.ok) await into.drop();
    return why === undefined ? ok() : err(why);
  };
  return ok(world.jobs.start({ kind: 'extract', title, volume, file, total, work }));
}

/** As a command says it that waited for the job. */
export function jobFailure({ phase, title, why }: JobState): VolumeError | undefined {
  if (phase === 'failed') return { code: 'job-failed', title, why: why ?? '' };
  return phase === 'cancelled' ? { code: 'job-cancelled', title } : undefined;
}

interface Piece {
  readonly start: Sectors;
  readonly count: Sectors;
}

async function copy(
  from: BlockDevice,
  to: BlockDevice,
  control: JobControl,
): Promise<Result<void, string>> {
  const { size } = from;
  let window = WINDOW;
  for (let at = 0; at < size;) {
    const count = Math.min(window, size - at);
    const runs = await allocationOf(from, sectors(at), sectors(count));
    const data = runs.filter(({ kind }) => kind === 'data');
    const stored = data.reduce((sum, run) => sum + run.count, 0);
    control.advance((count - stored) * SECTOR);
    const copied = await copyPieces(data.flatMap(piecesOf), from, to, control);
    if (!copied.ok) return copied;
    // A blank volume may be far larger than anybody could ask for in small steps.
    window = stored === 0 ? window * 2 : WINDOW;
    at += count;
  }
  return control.cancelled ? err(CANCELLED) : ok();
}

const CANCELLED = 'it was cancelled';

function piecesOf({ start, count }: Piece): Piece[] {
  return Array.from({ length: Math.ceil(count / PIECE) }, (_, index) => ({
    start: sectors(start + index * PIECE),
    count: sectors(Math.min(PIECE, count - index * PIECE)),
  }));
}

async function copyPieces(
  pieces: readonly Piece[],
  from: BlockDevice,
  to: BlockDevice,
  control: JobControl,
): Promise<Result<void, string>> {
  let next = 0;
  let failed: string | undefined;
  const unread: Unread[] = [];
  const worker = async (): Promise<void> => {
    const buffer = new Uint8Array(PIECE * SECTOR);
    while (failed === undefined && unread.length === 0 && next < pieces.length) {
      const piece = must(pieces[next++], 'a piece');
      const data = buffer.subarray(0, piece.count * SECTOR);
      const read = await from.submit({ op: 'read', start: piece.start, data });
      if (control.cancelled) return;
      if (!read.ok) {
        unread.push({ ...piece, error: read.error });
        return;
      }
      const written = await writeStored(to, piece.start, data);
      if (!written.ok) failed ??= `the file: ${whyOf(written.error)}`;
      control.advance(data.length);
    }
  };
  const work = async (): Promise<void> => {
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, pieces.length) }, worker));
    // Of those that were under way together the first counts, whichever failed first.
    const [first] = unread.sort((a, b) => a.start - b.start);
    if (first) failed ??= await whereItEnds(first, from, control);
  };
  // What reads from a suspended volume waits, for as long as it is suspended.
  await Promise.race([work(), control.stopped]);
  if (control.cancelled) return err(CANCELLED);
  return failed === undefined ? ok() : err(failed);
}

interface Unread extends Piece {
  readonly error: IoError;
}

/** To the sector, however large the pieces. @returns a clause */
async function whereItEnds(
  unread: Unread,
  from: BlockDevice,
  control: JobControl,
): Promise<string> {
  let { error } = unread;
  let first: number = unread.start;
  let end = first + unread.count;
  while (end - first > 1 && !control.cancelled) {
    const half = Math.floor((end - first) / 2);
    const read = await readSectors(from, sectors(first), sectors(half));
    if (read.ok) first += half;
    else {
      end = first + half;
      error = read.error;
    }
  }
  const where = `the volume cannot be read at byte ${first * SECTOR} (${whyOf(error)})`;
  return `${where}; ${control.done} of its ${from.size * SECTOR} bytes were copied before`;
}

const ZEROS = new Uint8Array(BLOCK * SECTOR);

/** All but blocks of zeros, neighbours in one. */
async function writeStored(to: BlockDevice, start: Sectors, data: Uint8Array): Promise<IoResult> {
  const block = BLOCK * SECTOR;
  let from: number | undefined;
  for (let at = 0; at < data.length + block; at += block) {
    const stored = at < data.length && !isZero(data.subarray(at, at + block));
    if (stored) from ??= at;
    else if (from !== undefined) {
      const place = sectors(start + from / SECTOR);
      const part = data.subarray(from, Math.min(at, data.length));
      const done = await to.submit({ op: 'write', start: place, data: part });
      if (!done.ok) return done;
      from = undefined;
    }
  }
  return ok();
}

const isZero = (data: Uint8Array): boolean => sameBytes(data, ZEROS.subarray(0, data.length));
