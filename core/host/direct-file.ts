/// <reference lib="es2024.arraybuffer" />
/**
 * Large files that nobody reads soon, written past the system's cache (O_DIRECT, Linux): there they
 * would take memory that is new every time, which costs more than the disk does. Where it cannot be
 * done it is not done, and the caller writes the usual way.
 */
import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { systemCode } from './system-error.ts';

/** Bytes; smaller files are as fast the usual way. */
const WORTH_IT = 2 ** 20;
/** A multiple of what any disk asks of places and lengths. */
const BLOCK = 4096;
/** No file of this kind is larger; until it is used it is room in the address space alone. */
const MAX_BYTES = 64 * 2 ** 20;
/** Files that are written at once. */
const MAX_SPARE = 2;

/** False from the first refusal on: it comes from the file system, or from an older kernel. */
let mayWork = process.platform === 'linux';
const spare: ArrayBuffer[] = [];

export class DirectFile {
  private constructor(
    private readonly handle: FileHandle,
    private readonly buffer: ArrayBuffer,
    /** Bytes of the file. */
    private readonly length: number,
  ) {}

  /**
   * Makes a file, or empties it. @returns undefined where it is to be written the usual way
   * Throws what the system says of anything else.
   */
  static async open(
    place: string,
    data: readonly Uint8Array[],
    mode: number,
  ): Promise<DirectFile | undefined> {
    const length = data.reduce((sum, part) => sum + part.length, 0);
    if (!mayWork || length < WORTH_IT || length > MAX_BYTES) return undefined;
    const { O_CREAT, O_DIRECT, O_TRUNC, O_WRONLY } = constants;
    const buffer = spare.pop() ?? onPage();
    if (!buffer) return undefined;
    const opening = open(place, O_WRONLY | O_CREAT | O_TRUNC | O_DIRECT, mode);
    try {
      // Copying takes as long as opening does.
      fillUp(buffer, data, Math.ceil(length / BLOCK) * BLOCK);
      return new DirectFile(await opening, buffer, length);
    } catch (error) {
      takeBack(buffer);
      return refused(error);
    }
  }

  /** Nothing was written, and nothing will be. */
  async close(): Promise<void> {
    takeBack(this.buffer);
    await this.handle.close();
  }

  /** Not yet durable. @returns undefined: closed; the file is to be written the usual way */
  async fill(): Promise<FileHandle | undefined> {
    const { handle, length } = this;
    const whole = new Uint8Array(this.buffer);
    try {
      const { bytesWritten } = await handle.write(whole, 0, whole.length, 0);
      if (bytesWritten === whole.length) {
        await handle.truncate(length);
        return handle;
      }
      await handle.close();
      return undefined;
    } catch (error) {
      await handle.close();
      return refused(error);
    } finally {
      takeBack(this.buffer);
    }
  }
}

function refused(error: unknown): undefined {
  if (systemCode(error) !== 'EINVAL') throw error;
  mayWork = false;
}

function takeBack(buffer: ArrayBuffer): void {
  if (spare.length < MAX_SPARE) spare.push(buffer);
}

/** The parts one behind the other, then zeros up to this length. */
function fillUp(buffer: ArrayBuffer, data: readonly Uint8Array[], length: number): void {
  buffer.resize(length);
  const whole = new Uint8Array(buffer);
  let at = 0;
  for (const part of data) {
    whole.set(part, at);
    at += part.length;
  }
  whole.fill(0, at);
}

/** A buffer that can grow begins on a page; its room is refused where address space is short. */
function onPage(): ArrayBuffer | undefined {
  try {
    return new ArrayBuffer(0, { maxByteLength: MAX_BYTES });
  } catch {
    mayWork = false;
    return undefined;
  }
}
