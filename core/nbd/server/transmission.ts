/** The second part of a connection: requests come, as many as there is room for, replies go. */
import type { Intake } from '../intake.ts';
import { COMMAND, REQUEST_LENGTH, REQUEST_MAGIC } from '../protocol.ts';
import type { ByteStream } from '../stream.ts';
import { isReadOnly } from './export.ts';
import { HEAD, type Holder, type Memory, type Slot } from './memory.ts';
import { perform, refusal } from './perform.ts';
import { faultOf, readRequest, type Fault, type Request, type Terms } from './request.ts';
import { STATUS_BYTES } from './status.ts';

/** What was done for a client since it came. */
export interface Traffic {
  /** Everything it asked for, refused requests included. */
  requests: number;
  /** Refused or failed. */
  failures: number;
  reads: number;
  writes: number;
  bytesRead: number;
  bytesWritten: number;
}

export const NO_TRAFFIC: Readonly<Traffic> = {
  requests: 0,
  failures: 0,
  reads: 0,
  writes: 0,
  bytesRead: 0,
  bytesWritten: 0,
};

/** What a transmission needs of its connection. */
export interface TransmissionHost {
  readonly memory: Memory;
  /** Requests that the device has at once. */
  readonly requests: number;
  /** Nothing more can be understood of this client, or it stands in the way. */
  drop(): void;
  /** Nothing is in flight and nothing more will be done; called once, unless it closes first. */
  done(): void;
}

/** `leaving`: the client has said goodbye. `refusing`: we have. */
type State = 'open' | 'leaving' | 'refusing' | 'closed';

/** A request and what is wrong with it. */
interface Admitted {
  readonly request: Request;
  readonly fault: Fault | undefined;
}

/**
 * Bytes of replies that the client has not taken, from which on nothing more is read for it: what
 * is read earlier only leaves the processor's cache again.
 */
const UNSENT = 256 * 1024;

const SHUTDOWN: Fault = { error: 'ESHUTDOWN', why: 'the export ends' };

export class Transmission implements Holder {
  held = 0;
  cleared = 0;
  readonly traffic: Traffic = { ...NO_TRAFFIC };
  private state: State = 'open';
  /** Requests that the device has. */
  inFlight = 0;
  /** Bytes of replies that have not gone. */
  private unsent = 0;
  private sent = 0;
  /** Of the write whose payload is coming. */
  private receiving: Slot | undefined;
  /** Cannot be begun yet: there are too many, or there is not enough memory. */
  private waiting: Admitted | undefined;
  private ended = false;
  /** No reply goes out any more. */
  private over = false;

  constructor(
    private readonly stream: ByteStream,
    private readonly intake: Intake,
    private readonly terms: Terms,
    private readonly host: TransmissionHost,
  ) {
    this.next();
  }

  get moved(): number {
    return this.sent + this.intake.received;
  }

  get stuck(): boolean {
    return this.unsent > 0 || this.receiving !== undefined;
  }

  evict(): void {
    this.host.drop();
  }

  /** From now on requests are refused; when what is in flight has ended, all is made durable. */
  refuse(): void {
    if (this.state !== 'open') return;
    this.state = 'refusing';
    this.settle();
  }

  /** The connection is gone. What is in flight still ends. */
  close(): void {
    this.state = 'closed';
    this.over = true;
    this.waiting = undefined;
    this.host.memory.forget(this);
    if (this.receiving) this.free(this.receiving);
    this.receiving = undefined;
    this.intake.close();
  }

  granted(slot: Slot): void {
    const admitted = this.waiting;
    this.waiting = undefined;
    if (admitted) this.begin(admitted, slot);
    else this.free(slot);
    this.intake.go();
  }

  private next(): void {
    this.intake.message(REQUEST_LENGTH, this.header);
  }

  private readonly header = (data: DataView, at: number): void => {
    if (data.getUint32(at) !== REQUEST_MAGIC) return this.host.drop();
    const request = readRequest(data, at);
    if (request.type === COMMAND.disconnect) return this.leave();
    this.traffic.requests++;
    this.admit({ request, fault: faultOf(request, this.terms) });
  };

  /** The protocol wants what came before to be finished. */
  private leave(): void {
    this.intake.close();
    if (this.state === 'open') this.state = 'leaving';
    this.settle();
  }

  /** Whether it has begun; if not, it waits, and what the client sends behind it too. */
  private admit(admitted: Admitted): boolean {
    if (this.hasRoomFor(admitted)) {
      const slot = this.host.memory.take(this, roomFor(admitted));
      if (slot) {
        this.begin(admitted, slot);
        return true;
      }
    }
    this.waiting = admitted;
    this.intake.stop();
    return false;
  }

  private begin({ request, fault }: Admitted, slot: Slot): void {
    const { type, length } = request;
    if (type !== COMMAND.write || length === 0) {
      this.next();
      return this.start(request, fault, slot);
    }
    const then = (): void => {
      this.next();
      this.start(request, fault, slot);
    };
    this.receiving = slot;
    const come = (): void => {
      this.receiving = undefined;
      if (this.unsent === 0) this.cleared++;
      then();
    };
    // What a refused request wanted to write comes all the same.
    if (fault) this.intake.skip(length, come);
    else this.intake.fill(slot.bytes.subarray(HEAD, HEAD + length), come);
  }

  private start(request: Request, fault: Fault | undefined, slot: Slot): void {
    const why = this.state === 'open' ? fault : (fault ?? SHUTDOWN);
    if (why) return this.reply(request, slot, [refusal(request, slot, this.terms, why)], true);
    this.inFlight++;
    perform(
      request,
      slot,
      this.terms,
      () => this.state !== 'closed',
      (parts, failed) => {
        this.inFlight--;
        this.reply(request, slot, parts, failed === true);
        this.goOn();
        if (this.state !== 'open') this.settle();
      },
    );
  }

  private reply(request: Request, slot: Slot, parts: readonly Uint8Array[], failed: boolean): void {
    this.count(request, failed);
    if (this.over) return this.free(slot);
    let length = 0;
    for (const part of parts) length += part.length;
    this.unsent += length;
    this.stream.write(parts, () => {
      this.unsent -= length;
      this.sent += length;
      if (!this.stuck) this.cleared++;
      this.free(slot);
      this.goOn();
    });
  }

  private count({ type, length }: Request, failed: boolean): void {
    const { traffic } = this;
    if (failed) traffic.failures++;
    else if (type === COMMAND.read) {
      traffic.reads++;
      traffic.bytesRead += length;
    } else if (type === COMMAND.write) {
      traffic.writes++;
      traffic.bytesWritten += length;
    }
  }

  private free(slot: Slot): void {
    this.host.memory.giveBack(this, slot);
  }

  /** A client may want to send what it writes before it takes anything. */
  private hasRoomFor({ request }: Admitted): boolean {
    if (this.inFlight >= this.host.requests) return false;
    return this.unsent <= UNSENT || request.type !== COMMAND.read;
  }

  /** A request has ended: one that waited for its turn may be begun. */
  private goOn(): void {
    const { waiting } = this;
    if (!waiting || !this.hasRoomFor(waiting) || this.host.memory.awaits(this)) return;
    this.waiting = undefined;
    if (this.admit(waiting)) this.intake.go();
  }

  private settle(): void {
    if (this.inFlight > 0 || this.ended || this.state === 'open') return;
    this.ended = true;
    const { device } = this.terms.export;
    if (this.state === 'refusing' && !isReadOnly(this.terms.export)) {
      this.inFlight++;
      void device.submit({ op: 'flush' }).then(() => {
        this.inFlight--;
        this.finish();
      });
    } else this.finish();
  }

  private finish(): void {
    this.over = true;
    this.intake.close();
    this.host.done();
  }
}

/** Bytes of data that its buffer has to hold. */
function roomFor({ request: { type, length }, fault }: Admitted): number {
  if (fault) return 0;
  if (type === COMMAND.blockStatus) return STATUS_BYTES;
  return type === COMMAND.read || type === COMMAND.write ? length : 0;
}
