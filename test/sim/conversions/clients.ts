/** Programs that write and read the volume all the time, and know what they may find. */
import { must } from '../../../core/base/assert.ts';
import { SECTOR, sectors } from '../../../core/base/units.ts';
import type { Io } from '../../../core/block/device.ts';
import type { OpenDevice } from '../../../core/dm/open-device.ts';
import { Prng } from '../../../core/env/prng.ts';
import { sleep } from '../../../core/env/scheduler.ts';
import { stamped, stampsOf } from '../../support/sectors.ts';
import type { Blocks } from './blocks.ts';
import type { Machine } from './machine.ts';

/**
 * The longest rest of each between two requests, and how many it makes: two meet the steps of a
 * command, one is still there at its end, one when the log is told what is clean.
 */
const CLIENTS = [
  { micros: 3000, requests: 18 },
  { micros: 3000, requests: 18 },
  { micros: 100_000, requests: 8 },
  { micros: 1_500_000, requests: 5 },
];
/** Sectors that are written at once. */
const BLOCK = 8;
const KINDS = { write: 55, fua: 10, read: 20, flush: 15 };

export class Clients {
  /** Requests that failed, and may not. */
  private failed = 0;
  /** Requests that have no answer yet. */
  private waiting = 0;
  private device: OpenDevice | undefined;
  private working: Promise<void> | undefined;
  private wrong: Error | undefined;

  constructor(
    private readonly machine: Machine,
    private readonly blocks: Blocks,
    private readonly where: string,
    /** Whether they may notice something at this moment. */
    private readonly mayNotice = (): boolean => false,
    private readonly volume = 'a',
  ) {}

  async open(): Promise<boolean> {
    this.device = await this.machine.volume(this.volume);
    return this.device !== undefined;
  }

  close(): void {
    this.device?.close();
    this.device = undefined;
  }

  /** Every sector is written, and is there for good. */
  async fill(): Promise<void> {
    const { blocks } = this;
    for (let start = 0; start < blocks.length; start += BLOCK) await this.write(start, false);
    await this.flush();
  }

  /** They begin as soon as the volume can be opened; where it cannot be now, nothing happens. */
  start(seed: number): void {
    this.working ??= this.work(seed).catch((error: unknown) => {
      this.wrong = error instanceof Error ? error : new Error(String(error));
    });
  }

  private async work(seed: number): Promise<void> {
    if (await this.open()) {
      await Promise.all(CLIENTS.map((_, own) => this.one(own, seed)));
    } else this.working = undefined;
  }

  /** Throws what one of them found. */
  check(): void {
    if (this.wrong) throw this.wrong;
  }

  /** Throws where they noticed anything that they may not. */
  expectCalm(): void {
    const { failed, waiting, where } = this;
    if (failed > 0) throw new Error(`${where}: ${failed} requests of clients failed`);
    if (waiting > 0 && !this.mayNotice())
      throw new Error(`${where}: ${waiting} requests of clients have no answer`);
  }

  private async one(own: number, seed: number): Promise<void> {
    const { blocks, machine } = this;
    const { micros, requests } = must(CLIENTS[own], 'a client');
    const random = new Prng(seed * CLIENTS.length + own);
    const each = Math.floor(blocks.length / BLOCK / CLIENTS.length);
    for (let count = 0; count < requests; count++) {
      await sleep(machine.scheduler, random.below(micros), 'a pause');
      if (!this.device || machine.isOff) return;
      // Two never write the same sector at a time.
      const block = random.below(each) * CLIENTS.length + own;
      const kind = random.weighted(KINDS);
      if (kind === 'flush') await this.flush();
      else if (kind === 'read') await this.read(block * BLOCK, BLOCK);
      else await this.write(block * BLOCK, kind === 'fua');
    }
  }

  private async write(start: number, fua: boolean): Promise<void> {
    const { blocks } = this;
    const stamp = blocks.next();
    blocks.begin(start, BLOCK, stamp);
    const data = stamped(stamp, BLOCK);
    const done = await this.submit({ op: 'write', start: sectors(start), data, fua });
    blocks.end(start, BLOCK, done, fua);
  }

  private async flush(): Promise<void> {
    const since = this.blocks.now();
    if (await this.submit({ op: 'flush' })) this.blocks.flushed(since);
  }

  /** @param pin nothing is written meanwhile: what is found once is found again */
  async read(start: number, count: number, pin = false): Promise<void> {
    const { blocks } = this;
    const expected = blocks.beginRead(start, count);
    const data = new Uint8Array(count * SECTOR);
    if (!(await this.submit({ op: 'read', start: sectors(start), data }))) return;
    const found = stampsOf(data);
    const [wrong] = blocks.endRead(start, expected, found);
    if (wrong !== undefined) {
      const allowed = [...(expected[wrong - start] ?? [])].join(' or ');
      throw new Error(
        `${this.where}: sector ${wrong} holds ${found[wrong - start]}, not ${allowed}`,
      );
    }
    if (pin) blocks.pin(start, found);
  }

  private async submit(io: Io): Promise<boolean> {
    const { device, machine } = this;
    if (!device) throw new Error(`${this.where}: the volume is not open`);
    this.waiting++;
    const done = await device.submit(io);
    this.waiting--;
    if (!done.ok && !machine.isOff && !this.mayNotice()) this.failed++;
    return done.ok;
  }
}
