/**
 * Writes to an origin that meet one another, reads of its snapshots and chunks that flow back. They
 * come through the threads of exports, many at a time and close together; disks that are slow for a
 * moment let those that come later overtake those that came before.
 */
import { setImmediate } from 'node:timers/promises';
import type { Prng } from '../../../core/env/prng.ts';
import { NbdClient } from '../../programs/support/nbd-client.ts';
import { Written } from './contents.ts';
import type { Taken } from './taken.ts';
import type { ToldLab } from './told-lab.ts';

/** Bytes that are read at once; what is written lies within. */
const BLOCK = 4096;
const SECTOR = 512;
const LENGTHS = [SECTOR, 1024, BLOCK, BLOCK];
/** Places where they meet, and how far around them, in bytes: within a chunk, or in several. */
const PLACES = [1, 1, 3];
const AROUND = [BLOCK * 4, 65_536, 524_288];
const MOST_WAVES = 4;
const WRITES_OF_WAVE = 12;
const SLOW_MILLIS = ['5', '20', '60'];
const MOST_MILLIS_BETWEEN = 12;

const pause = (millis: number): Promise<void> => new Promise((later) => setTimeout(later, millis));

interface Volume {
  readonly name: string;
  /** In bytes. */
  readonly size: number;
}

/** A part of a block. */
interface Write {
  readonly at: number;
  readonly data: Buffer;
}

interface Sending {
  readonly waves: readonly (readonly Write[])[];
  readonly ready: () => Promise<unknown>;
}

/** A snapshot as a client reads it. */
interface Watched {
  readonly taken: Taken;
  readonly client: NbdClient;
  /** Why a read failed. */
  failure?: string;
}

export class Crossing {
  /** Blocks that were written, and not put back. */
  private readonly blocks = new Set<number>();
  private writes = 0;

  /** @param disks that all of it lies on */
  constructor(
    private readonly lab: ToldLab,
    private readonly random: Prng,
    private readonly origin: Volume,
    private readonly disks: readonly string[],
  ) {}

  /**
   * @param content of the origin; what is written gets there, too
   * @param snapshots that are valid; they have to stay as they are, or find no room
   * @param near where they should meet, in bytes; empty: anywhere
   * @param ready called once: every client is there, and there may be writes under way
   */
  async meet(
    content: Buffer,
    snapshots: readonly Taken[],
    near: readonly number[] = [],
    ready: () => Promise<unknown> = () => Promise.resolve(),
  ): Promise<void> {
    const waves = this.waves(near);
    const failed = await this.withClients(snapshots, async (client, watched) => {
      // From the first one on the thread may write by itself what is kept.
      await client.read(0, BLOCK);
      await this.send(client, watched, { waves, ready });
      await client.flush();
    });
    for (const { data, at } of waves.flat()) {
      content.set(data, at);
      this.blocks.add(blockOf(at));
    }
    for (const { taken, failure = '' } of failed) await taken.expectLost(this.lab.api, failure);
    this.lab.count('crossings');
    this.lab.count('crossed', waves.flat().length);
    await this.expect(content);
  }

  /** What was written becomes again what is `wanted`, as far as `content` knows. */
  async putBack(content: Buffer, wanted: Buffer): Promise<void> {
    await this.withClients([], async (client) => {
      const back = [...this.blocks].map((at) => client.write(at, wanted.subarray(at, at + BLOCK)));
      await Promise.all(back);
      await client.flush();
    });
    for (const at of this.blocks) wanted.copy(content, at, at, at + BLOCK);
    this.blocks.clear();
    await this.expect(content);
  }

  /** @throws unless the origin holds it */
  async expect(content: Buffer): Promise<void> {
    const { name, size } = this.origin;
    const at = new Written(content).differenceIn(await this.lab.content(name, size));
    if (at !== undefined) throw new Error(`${name} is not what was written last at byte ${at}`);
  }

  /** No block twice. */
  private waves(near: readonly number[]): readonly (readonly Write[])[] {
    const { random } = this;
    const { size } = this.origin;
    const places = Array.from({ length: random.pick(PLACES) }, () =>
      near.length > 0 ? random.pick(near) : random.below(size),
    );
    const around = random.pick(AROUND);
    const used = new Set<number>();
    const write = (): Write[] => {
      const block = blockOf((random.pick(places) + random.below(around)) % size);
      if (used.has(block)) return [];
      used.add(block);
      const length = random.pick(LENGTHS);
      const at = block + SECTOR * random.below((BLOCK - length) / SECTOR + 1);
      return [{ at, data: Buffer.alloc(length, `crossing ${++this.writes} at ${at} `) }];
    };
    const wave = (): Write[] => Array.from({ length: WRITES_OF_WAVE }, write).flat();
    return Array.from({ length: 1 + random.below(MOST_WAVES) }, wave);
  }

  /** @returns those of which something could not be read */
  private async withClients(
    snapshots: readonly Taken[],
    work: (origin: NbdClient, snapshots: readonly Watched[]) => Promise<void>,
  ): Promise<readonly Watched[]> {
    const clients: NbdClient[] = [];
    const names = [this.origin.name, ...snapshots.map(({ volume }) => volume)];
    const connect = async (name: string): Promise<NbdClient> => {
      const client = await NbdClient.connect(await this.lab.uri(name));
      clients.push(client);
      return client;
    };
    try {
      const origin = await connect(this.origin.name);
      const watched: Watched[] = [];
      for (const taken of snapshots) watched.push({ taken, client: await connect(taken.volume) });
      await work(origin, watched);
      return watched.filter(({ failure }) => failure !== undefined);
    } finally {
      for (const client of clients) client.destroy();
      for (const name of names.slice(0, clients.length)) await this.lab.run(`export ${name} --end`);
    }
  }

  /** Who reads goes on as long as anything is under way. */
  private async send(
    client: NbdClient,
    watched: readonly Watched[],
    sending: Sending,
  ): Promise<void> {
    const blocks = sending.waves.flat().map(({ at }) => blockOf(at));
    let over = false;
    const readers = watched.map(async (one) => {
      do await expectKept(one, this.random.pick(blocks));
      while (!over && one.failure === undefined);
    });
    const writes = this.sendWaves(client, watched, sending).finally(() => {
      over = true;
    });
    for (const end of await Promise.allSettled([writes, ...readers])) {
      if (end.status === 'rejected') throw end.reason;
    }
  }

  private async sendWaves(
    client: NbdClient,
    watched: readonly Watched[],
    { waves, ready }: Sending,
  ): Promise<void> {
    const { random, lab } = this;
    const blocks = waves.flat().map(({ at }) => blockOf(at));
    const mendAfter = random.below(waves.length);
    const sent: Promise<void>[] = [];
    const failures: unknown[] = [];
    const send = (what: Promise<void>): void => {
      sent.push(what.catch((cause: unknown) => void failures.push(cause)));
    };
    const slow = random.chance(50);
    const readyLater = slow && random.chance(50);
    if (!readyLater) await ready();
    if (slow) await lab.run(`lab break --slow ${random.pick(SLOW_MILLIS)} ${this.disks.join(' ')}`);
    for (const one of watched) for (const at of blocks) send(expectKept(one, at));
    await pause(random.below(MOST_MILLIS_BETWEEN));
    for (const [index, wave] of waves.entries()) {
      const oneByOne = random.chance(50);
      for (const { at, data } of wave) {
        send(client.write(at, data));
        // What it meets has begun by then, and is not over.
        if (oneByOne) await setImmediate();
      }
      await pause(random.below(MOST_MILLIS_BETWEEN));
      if (!slow || index !== mendAfter) continue;
      await lab.run(`lab mend --slow ${this.disks.join(' ')}`);
      if (readyLater) await ready();
    }
    await Promise.all(sent);
    if (failures.length > 0) throw failures[0];
  }
}

const blockOf = (at: number): number => at - (at % BLOCK);

async function expectKept(watched: Watched, at: number): Promise<void> {
  const { taken, client } = watched;
  const found = await client.read(at, BLOCK).catch((cause: unknown) => {
    watched.failure = String(cause);
    return undefined;
  });
  if (!found || found.equals(taken.content.subarray(at, at + BLOCK))) return;
  throw new Error(`${taken.volume} was read as it is not, in the block at byte ${at}`);
}
