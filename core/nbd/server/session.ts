/** One connection, from its first byte to its end. */
import type { Micros, Scheduler } from '../../env/scheduler.ts';
import { Intake } from '../intake.ts';
import type { ByteStream } from '../stream.ts';
import type { NbdExport } from './export.ts';
import type { NbdLimits } from './limits.ts';
import type { Holder, Memory } from './memory.ts';
import { Negotiation } from './negotiation.ts';
import { HoleGuess } from './sparse-read.ts';
import { NO_TRAFFIC, Transmission, type Traffic } from './transmission.ts';

/** What all connections of a server share. */
export interface SessionHost {
  exports(): readonly NbdExport[];
  readonly memory: Memory;
  readonly scheduler: Scheduler;
  readonly limits: NbdLimits;
}

export class NbdSession {
  /** When it connected. */
  readonly since: Micros;
  /** Resolves when the connection is closed and the device has nothing of it any more. */
  readonly ended: Promise<void>;
  private readonly intake: Intake;
  private negotiated: NbdExport | undefined;
  private transmission: Transmission | undefined;
  private closed = false;
  private finishing = false;
  private end!: () => void;

  constructor(
    private readonly stream: ByteStream,
    /** As the host calls it: an address, or what else it knows. */
    readonly client: string,
    private readonly host: SessionHost,
  ) {
    const { scheduler, limits, memory } = host;
    this.since = scheduler.now;
    this.ended = new Promise((resolve) => {
      this.end = resolve;
    });
    const intake = new Intake(stream);
    this.intake = intake;
    const drop = (): void => {
      intake.close();
      stream.destroy();
    };
    stream.onClose(() => this.gone());
    new Negotiation(stream, intake, {
      exports: () => host.exports(),
      options: limits.options,
      largest: memory.largest,
      drop,
      end: () => this.hangUp(),
      agreed: ({ export: chosen, structured, allocation }) => {
        const { largest } = memory;
        const holes = new HoleGuess();
        const terms = { export: chosen, structured, allocation, largest, holes };
        this.negotiated = chosen;
        this.transmission = new Transmission(stream, intake, terms, {
          memory,
          requests: limits.requests,
          drop,
          done: () => this.hangUp(),
        });
        if (this.finishing) this.transmission.refuse();
      },
    });
    scheduler.after(limits.handshake, 'nbd: end of the handshake', () => {
      if (!this.negotiated && !this.closed) stream.destroy();
    });
  }

  /** Undefined until it has chosen one. */
  get export(): NbdExport | undefined {
    return this.negotiated;
  }

  get traffic(): Readonly<Traffic> {
    return this.transmission?.traffic ?? NO_TRAFFIC;
  }

  /** As far as it takes part in sharing the memory. */
  get holder(): Holder | undefined {
    return this.transmission;
  }

  /**
   * Refuses what still comes, lets what is in flight end, makes it durable and hangs up. It takes
   * as long as the device does; a client that does not take its replies is not waited for.
   */
  finish(): Promise<void> {
    if (!this.finishing) {
      this.finishing = true;
      if (this.transmission) this.transmission.refuse();
      else this.hangUp();
    }
    return this.ended;
  }

  /** What was written is sent, if the client takes it. */
  private hangUp(): void {
    const { scheduler, limits } = this.host;
    if (this.closed) return this.settle();
    this.intake.close();
    this.stream.end();
    scheduler.after(limits.finish, 'nbd: end of the connection', () => {
      if (!this.closed) this.stream.destroy();
    });
  }

  private gone(): void {
    this.closed = true;
    this.transmission?.close();
    this.settle();
  }

  private settle(): void {
    if (this.closed && (this.transmission?.inFlight ?? 0) === 0) this.end();
  }
}
