/**
 * A program that knows what a volume may hold after the server was killed: of each block, no
 * version older than the last one that a flush or FUA has made durable, and none that was not sent.
 */
import type { Prng } from '../../../core/env/prng.ts';
import { ConnectionLost, type NbdClient } from './nbd-client.ts';

const BLOCK = 4096;
/** A sandbox keeps chunks of this size: every block makes one new. */
const APART = 65_536;
const SECTOR = 512;

interface Block {
  /** The last that was acknowledged, and made durable since. */
  durable: number;
  acknowledged: number;
  sent: number;
  busy: boolean;
}

export interface WitnessCounts {
  acknowledged: number;
  flushes: number;
  durable: number;
}

export class Witness {
  private readonly blocks: readonly Block[];
  readonly counts: WitnessCounts = { acknowledged: 0, flushes: 0, durable: 0 };

  /** @param count of blocks, 64 KiB apart */
  constructor(
    private readonly count: number,
    private readonly random: Prng,
  ) {
    const none = { durable: 0, acknowledged: 0, sent: 0, busy: false };
    this.blocks = Array.from({ length: count }, () => ({ ...none }));
  }

  /** Writes, flushes and writes through until the server goes. `acknowledged` sees every reply. */
  async use(client: NbdClient, depth: number, acknowledged: () => void): Promise<void> {
    const one = async (): Promise<void> => {
      for (;;) {
        if (this.random.chance(5)) await this.flush(client);
        else await this.write(client);
        acknowledged();
      }
    };
    const ends = await Promise.allSettled(Array.from({ length: depth }, one));
    for (const block of this.blocks) block.busy = false;
    for (const end of ends) {
      if (end.status === 'rejected' && !(end.reason instanceof ConnectionLost)) throw end.reason;
    }
  }

  async flush(client: NbdClient): Promise<void> {
    // Only what was acknowledged before the flush was sent is covered by it.
    const covered = this.blocks.map(({ acknowledged }) => acknowledged);
    await client.flush();
    this.counts.flushes++;
    for (const [index, version] of covered.entries()) this.settle(index, version);
  }

  private async write(client: NbdClient): Promise<void> {
    const index = this.random.below(this.count);
    const block = this.blocks[index];
    // Of two writes to one block at once, either may be the last.
    if (!block || block.busy) return Promise.resolve();
    block.busy = true;
    const version = ++block.sent;
    const through = this.random.chance(10);
    await client.write(index * APART, content(index, version), through);
    block.acknowledged = version;
    block.busy = false;
    this.counts.acknowledged++;
    if (through) this.settle(index, version);
  }

  private settle(index: number, version: number): void {
    const block = this.blocks[index];
    if (!block || version <= block.durable) return;
    block.durable = version;
    this.counts.durable++;
  }

  /**
   * Reads all of it: one line for each block that is wrong. What was found is what the next round
   * begins with.
   * @param acknowledged every write that was acknowledged has to be there, flushed or not
   */
  async examine(client: NbdClient, acknowledged = false): Promise<readonly string[]> {
    const wrong: string[] = [];
    const read = this.blocks.map((_, index) => client.read(index * APART, BLOCK));
    const all = await Promise.all(read);
    for (const [index, block] of this.blocks.entries()) {
      const data = all[index] ?? Buffer.alloc(0);
      const least = acknowledged ? block.acknowledged : block.durable;
      const versions = versionsOf(index, data);
      const bad = versions.find((version) => !(version >= least && version <= block.sent));
      if (bad !== undefined) wrong.push(`${index}: version ${bad}, not ${least} to ${block.sent}`);
      block.acknowledged = Math.min(...versions);
    }
    await this.flush(client);
    return wrong;
  }
}

/** Every word tells the block and the version: no two writes are alike. */
function content(index: number, version: number): Uint8Array {
  const words = new Uint32Array(BLOCK / 4);
  for (let at = 0; at < words.length; at += 2) {
    words[at] = index;
    words[at + 1] = version;
  }
  return new Uint8Array(words.buffer);
}

/** Of its sectors; NaN for one that nobody has written. A block never written is version 0. */
function versionsOf(index: number, data: Buffer): readonly number[] {
  return Array.from({ length: BLOCK / SECTOR }, (_, sector) => {
    const bytes = data.subarray(sector * SECTOR, (sector + 1) * SECTOR);
    if (bytes.every((byte) => byte === 0)) return 0;
    const version = bytes.readUInt32LE(4);
    const same = Buffer.from(content(index, version)).subarray(0, SECTOR);
    return same.equals(bytes) ? version : NaN;
  });
}
