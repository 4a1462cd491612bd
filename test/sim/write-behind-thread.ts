/** A thread that serves clients of a device, as far as the device goes: messages and a lease. */
import { must as present } from '../../core/base/assert.ts';
import { SECTOR, sectors } from '../../core/base/units.ts';
import type { PowerLossDisk } from '../../core/block/wrap/power-loss.ts';
import type { OpenDevice } from '../../core/dm/open-device.ts';
import { EngineSide } from '../../core/nbd/thread/engine-side.ts';
import { LeasedDevice, type FileTransfers } from '../../core/nbd/thread/leased-device.ts';
import type { FromThread, ToThread } from '../../core/nbd/thread/messages.ts';
import { NO_TRAFFIC } from '../../core/nbd/server/transmission.ts';
import type { Sim } from '../support/sim.ts';
import { channel, Way } from './leases/thread.ts';

/** One client, under this number. */
const CLIENT = 1;

/** How often it did something without the engine. */
export interface PastTally {
  past: number;
}

export class PastThread {
  private device: LeasedDevice | undefined;
  private readonly to: Way<ToThread>;
  private readonly from: Way<FromThread>;
  private readonly engine: EngineSide;
  private waited = 0;

  constructor(
    private readonly sim: Sim,
    /** The file that the lease names. */
    private readonly disk: PowerLossDisk,
    private readonly tally: PastTally,
    origin: OpenDevice,
  ) {
    this.to = new Way(sim, sim.random.pick([1, 50, 2000]));
    this.from = new Way(sim, sim.random.pick([1, 50, 2000]));
    this.to.onMessage((message) => this.take(message));
    this.engine = new EngineSide(channel(this.to, this.from));
    this.engine.serve(CLIENT, origin, 'org', false);
  }

  /** What clients use, once the thread knows of it. */
  get served(): LeasedDevice | undefined {
    return this.device;
  }

  close(): void {
    this.from.post({ kind: 'ended', client: CLIENT, traffic: NO_TRAFFIC });
  }

  private take(message: ToThread): void {
    if (message.kind === 'client') this.serve(message);
    const device = present(this.device, 'the device');
    if (message.kind === 'facts') device.learn(message.facts);
    if (message.kind === 'lease') device.grant(message.leave);
    if (message.kind === 'recall') device.recall();
    if (message.kind === 'outcome') device.outcome(message.task, message.outcome);
  }

  private serve({ device, offered }: Extract<ToThread, { kind: 'client' }>): void {
    this.device = new LeasedDevice('org', offered, this.files, {
      task: (id, task, wantsLease) =>
        this.from.post({ kind: 'task', device, id, task, wantsLease }),
      returned: () => this.from.post({ kind: 'returned', device }),
    });
  }

  private get files(): FileTransfers {
    const { scheduler, random } = this.sim;
    return {
      clock: () => scheduler.now + this.waited,
      now: (op, _file, data, position) => {
        this.waited += random.chance(30) ? 5000 : random.below(20);
        return this.move(op, data, position);
      },
      later: (op, _file, data, position, done) =>
        scheduler.after(random.below(600), `transfer: ${op}`, () => {
          done(this.move(op, data, position));
        }),
    };
  }

  private move(op: 'read' | 'write', data: Uint8Array, position: number): boolean {
    this.tally.past++;
    const start = sectors(position / SECTOR);
    if (op === 'read') this.disk.afterCut({ kind: 'none' }).read(start, data);
    else void this.disk.submit({ op: 'write', start, data: data.slice() });
    return true;
  }
}
