/**
 * An export as a disk. It outlives its connections: see link.ts for what becomes of requests,
 * unflushed.ts for what a server may forget, docs/decisions/017 for what that promises.
 */
import { err, ok, type Result } from '../../base/result.ts';
import { sectors, type Sectors } from '../../base/units.ts';
import {
  checkIo,
  ioFailure,
  type Allocation,
  type BlockDevice,
  type Io,
  type IoResult,
} from '../../block/device.ts';
import { sleep } from '../../env/scheduler.ts';
import type { ExportFacts } from './export-facts.ts';
import type { NbdFailure } from './failure.ts';
import { Link, type LinkOptions } from './link.ts';
import { Requests, type Done } from './requests.ts';

export interface NbdDiskOptions extends Omit<LinkOptions, 'owed'> {
  /** Refuses to write, whatever the server would take. */
  readonly readOnly: boolean;
}

/** How long a look waits for a server that is not there, and the end for a last flush. */
const LOOK_MICROS = 300_000;
const CLOSE_MICROS = 3_000_000;

export class NbdDisk implements BlockDevice {
  private readonly link: Link;
  private readonly requests: Requests;

  constructor(private readonly options: NbdDiskOptions) {
    this.link = new Link({ ...options, owed: () => this.requests.owed() });
    this.requests = new Requests(this.link);
  }

  get name(): string {
    return this.options.name;
  }

  /** Nothing before the first connection; from then on it never changes. */
  get size(): Sectors {
    return this.link.facts?.size ?? sectors(0);
  }

  get readOnly(): boolean {
    return this.options.readOnly || this.requests.has('readOnly');
  }

  get facts(): ExportFacts | undefined {
    return this.link.facts;
  }

  /** Why it cannot be used just now, in a clause about the address; undefined while it can. */
  get trouble(): string | undefined {
    return this.link.failure?.why ?? (this.link.silent ? 'does not answer' : undefined);
  }

  /** Whether it is lost for good: it has to be opened anew. */
  get lost(): boolean {
    return this.link.over;
  }

  /** The first connection. Where it fails, others are tried by themselves. */
  async open(): Promise<Result<ExportFacts, NbdFailure>> {
    await this.link.connect();
    const { facts, failure } = this.link;
    if (facts) return ok(facts);
    return err(failure ?? { kind: 'ended', why: 'is closed' });
  }

  /** Tries to have it back where it is away; takes no longer than a moment. */
  async look(): Promise<void> {
    if (this.link.failure === undefined || this.link.over) return;
    const { scheduler, name } = this.options;
    await Promise.race([this.link.connect(), sleep(scheduler, LOOK_MICROS, `${name} look`)]);
  }

  /** What was acknowledged is flushed if that can be done at once. */
  async close(): Promise<void> {
    if (this.link.failure === undefined && this.requests.unflushed.count > 0) {
      const { scheduler, name } = this.options;
      const late = sleep(scheduler, CLOSE_MICROS, `${name} last flush`);
      await Promise.race([this.requests.flush(), late]);
    }
    this.link.close();
  }

  submit(io: Io): Promise<IoResult> {
    return this.perform(this, io);
  }

  allocation(start: Sectors, count: Sectors): Promise<readonly Allocation[]> {
    return this.requests.allocation(start, count);
  }

  /** The same disk for writing, where only we refuse it: a sandbox over it is applied to this. */
  writable(): BlockDevice {
    const { name, size } = this;
    const readOnly = this.requests.has('readOnly');
    const device: BlockDevice = { name, size, readOnly, submit: (io) => this.perform(device, io) };
    return device;
  }

  private async perform(asked: BlockDevice, io: Io): Promise<IoResult> {
    const refused = checkIo(asked, io);
    if (refused) return err(refused);
    const done = await this.request(io);
    return done.ok ? ok() : err(ioFailure(this.name, io, done.error));
  }

  private request(io: Io): Promise<Done> {
    switch (io.op) {
      case 'read':
        return this.requests.read(io.start, io.data);
      case 'write':
        return this.requests.write(io);
      case 'zero':
        return this.requests.zero(io);
      case 'discard':
        return this.requests.discard(io);
      case 'flush':
        return this.requests.has('readOnly') ? Promise.resolve(ok()) : this.requests.flush();
    }
  }
}
