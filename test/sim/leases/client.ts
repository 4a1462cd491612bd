/** A program that uses an export: requests at once, each of which knows what it may find. */
import { SECTOR } from '../../../core/base/units.ts';
import type { Prng } from '../../../core/env/prng.ts';
import { sleep, type Scheduler } from '../../../core/env/scheduler.ts';
import { TestClient } from '../../support/nbd/client.ts';
import type { Wire } from '../../support/nbd/wire.ts';
import { stamped, stampsOf } from '../../support/sectors.ts';
import type { Active, Episode, Model } from './model.ts';

const KINDS = ['read', 'write', 'fua', 'zero', 'punch', 'flush', 'status', 'long'] as const;
export type RequestKind = (typeof KINDS)[number];

export type ClientTally = Record<RequestKind | 'failed' | 'certain', number>;

export const NO_REQUESTS: Readonly<ClientTally> = {
  read: 0,
  write: 0,
  fua: 0,
  zero: 0,
  punch: 0,
  flush: 0,
  status: 0,
  long: 0,
  failed: 0,
  certain: 0,
};

const TYPE = { read: 0, write: 1, disconnect: 2, flush: 3, zeroes: 6, status: 7 } as const;
const FUA = 1;
const NO_HOLE = 2;

interface Shared {
  readonly random: Prng;
  readonly scheduler: Scheduler;
  readonly tally: ClientTally;
  nextStamp(): number;
}

export class Program {
  private readonly client: TestClient;
  private readonly weights: Record<RequestKind, number>;
  /** The export ends for it, or its thread does: what fails is not to blame. */
  leaving = false;
  /** The handshake is over. */
  private agreed = false;

  constructor(
    private readonly wire: Wire,
    private readonly arrived: Promise<void>,
    private readonly model: Model,
    private readonly shared: Shared,
  ) {
    this.client = new TestClient(wire);
    this.weights = shared.random.weights(KINDS);
    this.weights.read += 10;
    this.weights.write += 10;
  }

  /** Until it has asked for enough, or nobody answers any more. */
  async work(requests: number): Promise<void> {
    const { random } = this.shared;
    try {
      await this.client.go('', random.chance(70));
      this.agreed = true;
    } catch (error) {
      if (this.leaving) return;
      throw error;
    }
    const workers = Array.from({ length: 1 + random.below(4) }, () => this.worker(requests));
    await Promise.all(workers);
  }

  /** In one of the ways there are. */
  leave(): void {
    const polite = this.agreed && !this.leaving && this.shared.random.chance(50);
    this.leaving = true;
    if (!polite) void this.arrived.then(() => this.wire.close());
    else void this.client.request(TYPE.disconnect, {}).catch(() => undefined);
  }

  private async worker(requests: number): Promise<void> {
    const { random, scheduler } = this.shared;
    for (let count = 0; count < requests && !this.leaving; count++) {
      if (random.chance(50)) await sleep(scheduler, random.below(400), 'a program thinks');
      const kind = random.weighted(this.weights);
      if (kind === 'flush') await this.flush();
      // Without structured replies there is no status.
      else await this.one(kind === 'status' && !this.client.structured ? 'read' : kind);
    }
  }

  private async flush(): Promise<void> {
    this.shared.tally.flush++;
    const answer = await this.client.request(TYPE.flush, {}).catch(() => undefined);
    if (this.leaving || answer?.error === 0) return;
    throw new Error(`a flush failed: ${answer?.text ?? 'no answer'}`);
  }

  private async one(kind: Exclude<RequestKind, 'flush'>): Promise<void> {
    const { random, tally } = this.shared;
    const { reach } = this.model;
    const start = random.below(reach);
    const most = kind === 'long' ? 300 : 40;
    const count = Math.min(reach - start, 1 + random.below(most));
    const writes = kind === 'write' || kind === 'fua' || kind === 'zero' || kind === 'punch';
    const active = this.model.begin(start, count, writes);
    if (!active) return;
    tally[kind]++;
    const before = this.model.liveAt(start, count);
    const stamp = kind === 'zero' || kind === 'punch' ? 0 : this.shared.nextStamp();
    const answer = await this.ask(kind, active, stamp).catch(() => undefined);
    this.model.active.delete(active);
    const after = this.model.liveAt(start, count);
    const met = [...before].filter((episode) => after.has(episode));
    const done = this.isDone(active, answer, kind === 'status' ? [] : met);
    if (kind === 'fua' && done && !active.loose) this.model.checkDurable(active);
    if (writes) this.model.wrote(active, stamp, done && !active.loose);
    else if (done && answer) {
      if (kind === 'status') this.checkStatus(active, answer.status);
      else this.model.found(active, stampsOf(answer.data), met);
    }
  }

  /** Fails if it must, and only if it may. */
  private isDone(
    { start, count, loose }: Active,
    answer: { error: number; text: string } | undefined,
    met: readonly Episode[],
  ): boolean {
    const where = `${count} sectors at ${start}`;
    if (met.length > 0) this.shared.tally.certain++;
    if (answer?.error === 0) {
      if (met.some(({ mask }) => mask === 'error')) this.missed(where);
      return true;
    }
    this.shared.tally.failed++;
    if (loose || this.leaving) return false;
    throw new Error(`${where}: ${answer?.error ?? 'no'} ${answer?.text ?? 'answer'}`);
  }

  private missed(where: string): void {
    this.shared.tally.failed++;
    throw new Error(`${where}: done, though an error target is there`);
  }

  private ask(kind: Exclude<RequestKind, 'flush'>, { start, count }: Active, stamp: number) {
    const place = { offset: BigInt(start * SECTOR), length: count * SECTOR };
    const { client } = this;
    switch (kind) {
      case 'write':
        return client.request(TYPE.write, place, stamped(stamp, count));
      case 'fua':
        return client.request(TYPE.write, { ...place, flags: FUA }, stamped(stamp, count));
      case 'zero':
        return client.request(TYPE.zeroes, { ...place, flags: NO_HOLE });
      case 'punch':
        return client.request(TYPE.zeroes, place);
      case 'status':
        return client.request(TYPE.status, place);
      case 'read':
      case 'long':
        return client.request(TYPE.read, place);
    }
  }

  /** A hole reads as zeros. */
  private checkStatus(active: Active, status: readonly (readonly [number, number])[]): void {
    let at = active.start;
    for (const [length, flags] of status) {
      const count = length / SECTOR;
      const zeros = { ...active, start: at, count };
      if (flags !== 0) this.model.found(zeros, Array<number>(count).fill(0), []);
      at += count;
    }
  }
}
