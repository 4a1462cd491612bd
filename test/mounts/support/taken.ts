/** A snapshot and what it has to hold, byte for byte, for as long as its store had room. */
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EngineApi } from '../../../core/contract/api.ts';
import type { SnapshotState } from '../../../core/contract/snapshots.ts';
import { newFolder } from '../../programs/support/folder.ts';
import { expectSound, replay, Written } from './contents.ts';

/** Bytes that the engine reads or writes at once. */
const MOST_AT_ONCE = 4 * 2 ** 20;
const SECTOR = 512;
/** Places where one that is lost is read. */
const PLACES = 5;
/** One that fails, and is not known to be lost: how often it is looked at again. */
const LOOKS = 200;
const LOOK_MILLIS = 25;

/** @returns what was said where some of it cannot be read */
export async function readVolume(
  api: EngineApi,
  volume: string,
  size: number,
): Promise<Buffer | string> {
  const parts: Uint8Array[] = [];
  for (let at = 0; at < size; at += MOST_AT_ONCE) {
    const read = await api.read(volume, at, Math.min(MOST_AT_ONCE, size - at));
    if (!read.ok) return read.error.messages.join(' ');
    parts.push(read.value);
  }
  return Buffer.concat(parts);
}

/**
 * What was in the origin when a snapshot was taken.
 * @returns sectors that were the same before and after it: in these it has to be the same, too
 * @throws with the first byte that is not
 */
export function expectTaken(before: Buffer, snapshot: Buffer, after: Buffer): number {
  let still = 0;
  for (let at = 0; at < before.length; at += SECTOR) {
    const [was, is] = [before.subarray(at, at + SECTOR), after.subarray(at, at + SECTOR)];
    if (!was.equals(is)) continue;
    still++;
    if (is.equals(snapshot.subarray(at, at + SECTOR))) continue;
    throw new Error(`the snapshot is not what its origin was in the sector at byte ${at}`);
  }
  return still;
}

/** Works on a copy: its journal is replayed by the kernel, then e2fsck has nothing to say. */
export async function expectFiles(content: Buffer): Promise<void> {
  const copy = join(await newFolder(), 'copy');
  await writeFile(copy, content);
  await replay(copy);
  await expectSound(copy);
  await rm(copy);
}

export class Taken {
  /** What it holds is an ext4. */
  hasFiles = true;
  /** Its store was too small for what it had to keep. */
  lost = false;
  private written: Written;
  /** Sectors of its store since it was seen to be valid the last time. */
  private leastRoom = Number.MAX_SAFE_INTEGER;
  /** Its store was opened anew, and it has not been seen since. */
  private isUnseen = false;

  constructor(
    private readonly vg: string,
    readonly name: string,
    content: Buffer,
  ) {
    this.written = new Written(content);
  }

  get volume(): string {
    return `${this.vg}/${this.name}`;
  }

  get content(): Buffer {
    return this.written.content;
  }

  /** What is there now is what has to be there from now on. */
  becomes(content: Buffer): void {
    this.written = new Written(content);
  }

  /** @param log of fio, which has written there @returns how often */
  take(pass: number, log: string): number {
    this.hasFiles = false;
    return this.written.take(pass, log);
  }

  /** @param offset in bytes */
  wrote(offset: number, data: Uint8Array): void {
    this.hasFiles = false;
    this.content.set(data, offset);
  }

  /** Of one that was lost before nobody knows any more how full its store was. */
  openedAnew(): void {
    this.isUnseen = true;
  }

  /** @throws unless it holds what it has to, or had no room for it and can be read nowhere */
  async check(api: EngineApi): Promise<void> {
    const sight = await this.sight(api);
    const found = await readVolume(api, this.volume, this.content.length);
    if (typeof found === 'string') return this.expectLost(api, found);
    if (this.lost) throw new Error(`${this.volume} was lost and can be read again`);
    const at = this.written.differenceIn(found);
    if (at !== undefined) {
      const { length } = this.content;
      const wrong = differing(this.content, found);
      throw new Error(`${this.volume} has changed at byte ${at}: ${wrong} of ${length} bytes`);
    }
    if (sight.condition !== 'good') return;
    this.leastRoom = sight.total;
    this.isUnseen = false;
  }

  /**
   * Nothing of one that is lost can be read; and none is lost that had room.
   * @param why it seems so
   */
  async expectLost(api: EngineApi, why: string): Promise<void> {
    const { condition, allocated, chunkSize, total } = await this.lastSight(api);
    if (condition !== 'invalid')
      throw new Error(`${this.volume} is ${condition}, and fails: ${why}`);
    const room = Math.min(this.leastRoom, total);
    if (!this.lost && !this.isUnseen && allocated + chunkSize <= room) {
      throw new Error(`${this.volume} is lost with ${allocated} of ${room} sectors in use`);
    }
    this.lost = true;
    for (let place = 0; place < PLACES; place++) {
      const at = Math.floor((this.content.length * place) / PLACES);
      const read = await api.read(this.volume, at, SECTOR);
      if (read.ok) throw new Error(`${this.volume} is lost, and byte ${at} of it can be read`);
    }
  }

  /** It fails at once, and that it is lost is told once this is recorded in its store. */
  private async lastSight(api: EngineApi): Promise<SnapshotState> {
    for (let look = 0; ; look++) {
      const sight = await this.sight(api);
      if (sight.condition !== 'good' || look === LOOKS) return sight;
      await new Promise((later) => setTimeout(later, LOOK_MILLIS));
    }
  }

  private async sight(api: EngineApi): Promise<SnapshotState> {
    const { snapshots } = await api.state();
    const found = snapshots.find(({ device }) => device === `${this.vg}-${this.name}`);
    if (!found) throw new Error(`${this.volume} is not among the snapshots`);
    return found;
  }
}

const differing = (a: Buffer, b: Buffer): number =>
  a.reduce((sum, byte, at) => sum + (byte === b[at] ? 0 : 1), 0);
