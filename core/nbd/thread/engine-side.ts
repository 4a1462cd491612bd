/**
 * The half of the engine: gives clients to a thread that serves them, does there what the thread
 * cannot, and leases its devices to it.
 */
import { must } from '../../base/assert.ts';
import { allocationOf } from '../../block/allocation.ts';
import { markAll } from '../../block/write-marks.ts';
import type { Lease } from '../../dm/lease.ts';
import type { OpenDevice } from '../../dm/open-device.ts';
import type { NbdSession } from '../server/session.ts';
import { NO_TRAFFIC, type Traffic } from '../server/transmission.ts';
import type { Channel, DeviceFacts, FromThread, Outcome, Task, ToThread } from './messages.ts';

/** A client that another thread serves, as a session of this one. */
export type ClientApart = Pick<NbdSession, 'traffic' | 'ended' | 'finish'>;

const ENDED: ClientApart = {
  traffic: NO_TRAFFIC,
  ended: Promise.resolve(),
  finish: () => Promise.resolve(),
};

const MOST_REST = 255;

export class EngineSide {
  private readonly links = new Map<OpenDevice, Link>();
  private readonly byNumber = new Map<number, Link>();
  private readonly clients = new Map<number, Client>();
  private lastDevice = 0;
  private gone = false;

  constructor(private readonly channel: Channel<ToThread, FromThread>) {
    channel.onMessage((message) => this.take(message));
  }

  /** How many clients it has. */
  get load(): number {
    return this.clients.size;
  }

  /** @param client the number under which its connection comes to the thread */
  serve(client: number, device: OpenDevice, name: string, keptReadOnly: boolean): ClientApart {
    // Its connection went with the thread.
    if (this.gone) return ENDED;
    const link = this.linkTo(device);
    const served = new Client(link, () => this.channel.post({ kind: 'finish', client }));
    link.clients++;
    this.clients.set(client, served);
    const offered = { ...factsOf(device), name, keptReadOnly };
    this.channel.post({ kind: 'client', client, device: link.number, offered });
    link.grant();
    return served;
  }

  /** The thread is gone, and all its connections with it. */
  lost(): void {
    this.gone = true;
    for (const link of this.byNumber.values()) link.lost();
    for (const client of this.clients.values()) client.end();
    this.links.clear();
    this.byNumber.clear();
    this.clients.clear();
  }

  private linkTo(device: OpenDevice): Link {
    const known = this.links.get(device);
    if (known) return known;
    const link = new Link(++this.lastDevice, device, this.channel);
    this.links.set(device, link);
    this.byNumber.set(link.number, link);
    return link;
  }

  private take(message: FromThread): void {
    switch (message.kind) {
      case 'task':
        return this.byNumber.get(message.device)?.perform(message);
      case 'returned':
        return this.byNumber.get(message.device)?.returned();
      case 'traffic':
        return this.learn(message.client, message.traffic);
      case 'ended':
        return this.ended(message.client, message.traffic);
    }
  }

  private learn(number: number, traffic: Traffic): void {
    const client = this.clients.get(number);
    client?.learn(traffic);
    client?.link.look();
  }

  private ended(number: number, traffic: Traffic): void {
    const client = must(this.clients.get(number), `client ${number}`);
    const { link } = client;
    this.clients.delete(number);
    client.learn(traffic);
    link.clients--;
    if (link.clients > 0) return client.end();
    // Who comes next begins anew.
    this.links.delete(link.device);
    link.close(() => {
      this.byNumber.delete(link.number);
      this.channel.post({ kind: 'forget', device: link.number });
      client.end();
    });
  }
}

class Client implements ClientApart {
  traffic: Readonly<Traffic> = NO_TRAFFIC;
  readonly ended: Promise<void>;
  end!: () => void;

  constructor(
    readonly link: Link,
    private readonly sendAway: () => void,
  ) {
    this.ended = new Promise((resolve) => {
      this.end = resolve;
    });
  }

  learn(traffic: Traffic): void {
    this.traffic = traffic;
  }

  finish(): Promise<void> {
    this.sendAway();
    return this.ended;
  }
}

/** A device that the thread knows under a number, as long as it has clients of it. */
class Link {
  clients = 0;
  private lease: Lease | undefined;
  private recalling = false;
  /** Wishes that are not listened to, since one was refused; twice as many each time. */
  private rest = 0;
  private refused = 0;
  private closed: (() => void) | undefined;
  private told: DeviceFacts;
  private readonly stopWatching: () => void;

  constructor(
    readonly number: number,
    readonly device: OpenDevice,
    private readonly channel: Channel<ToThread, FromThread>,
  ) {
    this.told = factsOf(device);
    this.stopWatching = device.onChange(() => this.tellFacts());
  }

  perform({ id, task, wantsLease }: Extract<FromThread, { kind: 'task' }>): void {
    if (wantsLease) this.grant();
    void this.outcomeOf(task).then((outcome) => {
      this.channel.post({ kind: 'outcome', device: this.number, task: id, outcome });
    });
  }

  /** Something was done. */
  look(): void {
    this.lease?.look();
  }

  returned(): void {
    this.recalling = false;
    this.lease?.giveBack();
    this.lease = undefined;
    if (this.closed) this.over(this.closed);
  }

  /** @param then when the thread does not touch the device any more */
  close(then: () => void): void {
    this.closed = then;
    if (this.lease) this.recall();
    else this.over(then);
  }

  lost(): void {
    // The marks of what it was writing may have been taken before it wrote.
    for (const { marks } of this.lease?.leave.files ?? []) if (marks) markAll(marks);
    this.lease?.giveBack();
    this.lease = undefined;
    this.over(this.closed ?? (() => undefined));
  }

  private over(then: () => void): void {
    this.closed = undefined;
    this.stopWatching();
    then();
  }

  private async outcomeOf(task: Task): Promise<Outcome> {
    const { device } = this;
    if (task.kind === 'read') {
      const data = new Uint8Array(task.bytes);
      const result = await device.submit({ op: 'read', start: task.start, data });
      return { kind: 'read', result, data };
    }
    if (task.kind === 'io') return { kind: 'io', result: await device.submit(task.io) };
    return { kind: 'allocation', runs: await allocationOf(device, task.start, task.count) };
  }

  grant(): void {
    if (this.lease || this.closed || this.rest-- > 0) return;
    this.lease = this.device.lease(() => this.recall());
    // To find out costs as much as the table is long.
    this.refused = this.lease ? 0 : Math.min(MOST_REST, this.refused * 2 + 1);
    this.rest = this.refused;
    if (!this.lease) return;
    this.channel.post({ kind: 'lease', device: this.number, leave: this.lease.leave });
  }

  private recall(): void {
    if (this.recalling) return;
    this.recalling = true;
    this.channel.post({ kind: 'recall', device: this.number });
  }

  private tellFacts(): void {
    const facts = factsOf(this.device);
    const { size, readOnly } = this.told;
    if (facts.size === size && facts.readOnly === readOnly) return;
    this.told = facts;
    this.channel.post({ kind: 'facts', device: this.number, facts });
  }
}

const factsOf = ({ size, readOnly }: OpenDevice): DeviceFacts => ({ size, readOnly });
