/** The half of the thread that serves clients: an NBD server whose devices are the engine's. */
import { must } from '../../base/assert.ts';
import type { Scheduler } from '../../env/scheduler.ts';
import { NbdServer } from '../server/server.ts';
import type { NbdSession } from '../server/session.ts';
import { NO_TRAFFIC } from '../server/transmission.ts';
import type { ByteStream } from '../stream.ts';
import { LeasedDevice, type FileTransfers } from './leased-device.ts';
import type { Channel, FromThread, ToThread } from './messages.ts';

/** Microseconds between two looks at what was done for the clients. */
const TOLD = 250_000;

type Of<Kind extends ToThread['kind']> = Extract<ToThread, { kind: Kind }>;

export class ServerSide {
  private readonly server: NbdServer;
  private readonly devices = new Map<number, LeasedDevice>();
  private readonly sessions = new Map<number, NbdSession>();
  /** Connections that nothing is known of yet, and the other way round. */
  private readonly streams = new Map<number, ByteStream | undefined>();
  private readonly expected = new Map<number, Of<'client'>>();
  /** To be sent away as soon as they are there. */
  private readonly leaving = new Set<number>();
  private readonly told = new Map<number, number>();
  private ticking = false;

  constructor(
    private readonly channel: Channel<FromThread, ToThread>,
    private readonly scheduler: Scheduler,
    private readonly files: FileTransfers,
  ) {
    this.server = new NbdServer({ scheduler });
    channel.onMessage((message) => this.take(message));
  }

  /**
   * A connection has come; what it is to be offered is told by the engine.
   * @param stream absent: it was lost on the way
   */
  connected(client: number, stream: ByteStream | undefined): void {
    this.streams.set(client, stream);
    this.begin(client);
  }

  private take(message: ToThread): void {
    switch (message.kind) {
      case 'client':
        this.expected.set(message.client, message);
        // Before its connection is there: what it becomes meanwhile is told, too.
        this.offer(message);
        return this.begin(message.client);
      case 'facts':
        return this.devices.get(message.device)?.learn(message.facts);
      case 'lease':
        return this.devices.get(message.device)?.grant(message.leave);
      case 'recall':
        return this.devices.get(message.device)?.recall();
      case 'outcome':
        return this.devices.get(message.device)?.outcome(message.task, message.outcome);
      case 'forget':
        return void this.devices.delete(message.device);
      case 'finish':
        return this.finish(message.client);
    }
  }

  private begin(client: number): void {
    const stream = this.streams.get(client);
    const expected = this.expected.get(client);
    if (!this.streams.has(client) || !expected) return;
    this.streams.delete(client);
    this.expected.delete(client);
    const { device: id, offered } = expected;
    const { name, keptReadOnly: readOnly } = offered;
    const device = must(this.devices.get(id), `device ${id}`);
    const exported = { name, device, readOnly, description: '' };
    const session = stream && this.server.serve(stream, String(client), () => [exported]);
    if (!session) return this.channel.post({ kind: 'ended', client, traffic: NO_TRAFFIC });
    this.sessions.set(client, session);
    if (this.leaving.delete(client)) void session.finish();
    void session.ended.then(() => {
      this.sessions.delete(client);
      this.told.delete(client);
      this.channel.post({ kind: 'ended', client, traffic: { ...session.traffic } });
    });
    this.tick();
  }

  private offer({ device: id, offered }: Of<'client'>): void {
    const known = this.devices.get(id);
    if (known) return known.learn(offered);
    const { channel } = this;
    const device = new LeasedDevice(offered.name, offered, this.files, {
      task: (task, what, wantsLease) =>
        channel.post({ kind: 'task', device: id, id: task, task: what, wantsLease }),
      returned: () => channel.post({ kind: 'returned', device: id }),
    });
    this.devices.set(id, device);
  }

  private finish(client: number): void {
    const session = this.sessions.get(client);
    if (session) void session.finish();
    else if (this.expected.has(client)) this.leaving.add(client);
  }

  /** As long as somebody is there. */
  private tick(): void {
    if (this.ticking) return;
    this.ticking = true;
    this.scheduler.after(TOLD, 'nbd: counters of clients', () => {
      this.ticking = false;
      for (const [client, { traffic }] of this.sessions) {
        const all = Object.values(traffic).reduce((sum, count) => sum + count, 0);
        if (this.told.get(client) === all) continue;
        this.told.set(client, all);
        this.channel.post({ kind: 'traffic', client, traffic: { ...traffic } });
      }
      if (this.sessions.size > 0) this.tick();
    });
  }
}
