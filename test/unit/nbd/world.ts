/** A server with one or more exports in memory, and clients beside it. */
import { gib, mib, sectors } from '../../../core/base/units.ts';
import { RamDisk } from '../../../core/block/ram-disk.ts';
import type { BlockDevice, Io, IoResult } from '../../../core/block/device.ts';
import type { Scheduler } from '../../../core/env/scheduler.ts';
import type { NbdExport } from '../../../core/nbd/server/export.ts';
import { NbdServer, type NbdServerOptions } from '../../../core/nbd/server/server.ts';
import type { NbdSession } from '../../../core/nbd/server/session.ts';
import { TestClient } from '../../support/nbd/client.ts';
import { Wire } from '../../support/nbd/wire.ts';
import type { Sim } from '../../support/sim.ts';

export const MIB = 2n ** 20n;

export const anExport = (device: BlockDevice, fields: Partial<NbdExport> = {}): NbdExport => ({
  name: device.name,
  device,
  readOnly: false,
  description: '',
  ...fields,
});

export const aDisk = (name = 'vol', size = mib(4)): RamDisk => new RamDisk(name, size);

/** Larger than any request. */
export const largeDisk = (): RamDisk => new RamDisk('vol', gib(16));

export interface World {
  readonly server: NbdServer;
  connect(): { client: TestClient; wire: Wire; session: NbdSession | undefined };
  /** Connects and chooses. */
  client(name?: string, structured?: boolean): Promise<TestClient>;
}

export function world(
  { scheduler }: Sim,
  exports: readonly NbdExport[],
  options: Partial<NbdServerOptions> = {},
): World {
  const server = new NbdServer({ exports: () => exports, scheduler, ...options });
  const connect = (): ReturnType<World['connect']> => {
    const wire = new Wire(scheduler);
    const client = new TestClient(wire);
    return { wire, client, session: server.serve(wire, 'a test') };
  };
  return {
    server,
    connect,
    async client(name = '', structured = true) {
      const { client } = connect();
      await client.go(name, structured);
      return client;
    },
  };
}

/** Lets requests through only when it is told to, and writes down what came. */
export class GatedDevice implements BlockDevice {
  readonly log: string[] = [];
  private readonly waiting: (() => void)[] = [];

  constructor(readonly below: RamDisk) {}

  get name(): string {
    return this.below.name;
  }

  get size() {
    return sectors(this.below.size);
  }

  readonly readOnly = false;

  submit(io: Io): Promise<IoResult> {
    this.log.push(io.op);
    return new Promise((resolve) => {
      this.waiting.push(() => resolve(this.below.submit(io)));
    });
  }

  get inFlight(): number {
    return this.waiting.length;
  }

  /** In any order. */
  pass(index = 0): void {
    this.waiting.splice(index, 1)[0]?.();
  }

  passAll(): void {
    while (this.waiting.length > 0) this.pass();
  }
}

/** Remembers what it was asked. */
export class Recorder implements BlockDevice {
  readonly log: string[] = [];
  /** What the next request ends with. */
  failure: IoResult | undefined;

  constructor(private readonly below: RamDisk = aDisk()) {}

  readonly name = 'vol';
  readonly readOnly = false;

  get size() {
    return this.below.size;
  }

  submit(io: Io): Promise<IoResult> {
    const place =
      'start' in io ? ` ${io.start}+${'data' in io ? io.data.length / 512 : io.count}` : '';
    const flags = ['fua', 'unmap'].filter((flag) => (io as Record<string, unknown>)[flag] === true);
    this.log.push([`${io.op}${place}`, ...flags].join(' '));
    if (this.failure) return Promise.resolve(this.failure);
    return this.below.submit(io);
  }
}

/** Long enough for everything that is under way. */
export const pause = (scheduler: Scheduler) =>
  new Promise<void>((resolve) => scheduler.after(1000, 'pause', resolve));
