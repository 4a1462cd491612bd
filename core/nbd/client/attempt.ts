/** One attempt to have a connection: dial, shake hands, write again what is owed. */
import { err, ok, type Result } from '../../base/result.ts';
import type { Scheduler } from '../../env/scheduler.ts';
import { Intake } from '../intake.ts';
import type { ByteStream } from '../stream.ts';
import { Connection, type NbdRequest } from './connection.ts';
import { differs, type ExportFacts } from './export-facts.ts';
import type { NbdFailure } from './failure.ts';
import { shakeHands, type Shaken } from './handshake.ts';
import { RETRY } from './retry.ts';

/**
 * Connects to a server. The error is a clause: `connection refused`.
 * @param give called once, now or later
 * @returns ends it while nothing was given; nothing is given afterwards
 */
export type Dial = (give: (dialed: Result<ByteStream, string>) => void) => () => void;

export interface AttemptWish {
  /** For traces. */
  readonly name: string;
  readonly exportName: string;
  readonly dial: Dial;
  readonly scheduler: Scheduler;
  /** What has to be written again before anything else is asked. */
  readonly owed: () => readonly NbdRequest[];
}

export interface AttemptFailure extends NbdFailure {
  /** Trying again would not help. */
  readonly lasting?: true;
}

const NOTHING = (): void => undefined;

/** Requests at a time while what is owed is written. */
const WINDOW = 16;

export class Attempt {
  private settled = false;
  private stop = NOTHING;
  private connection: Connection | undefined;
  private deadline: number;

  /**
   * @param before the export as it was; it has to be the same
   * @param done called once unless it is cancelled
   * @param broke the connection that `done` was given has ended
   */
  constructor(
    private readonly wish: AttemptWish,
    private readonly before: ExportFacts | undefined,
    private readonly done: (result: Result<Connection, AttemptFailure>) => void,
    private readonly broke: (failure: NbdFailure) => void,
  ) {
    this.deadline = wish.scheduler.now + RETRY.attemptMicros;
  }

  start(): void {
    this.watch();
    const cancel = this.wish.dial((dialed) => {
      if (this.settled) {
        if (dialed.ok) dialed.value.destroy();
      } else if (dialed.ok) this.shake(dialed.value);
      else this.fail({ kind: 'unreachable', why: `cannot be reached: ${dialed.error}` });
    });
    if (this.stop === NOTHING) this.stop = cancel;
  }

  cancel(): void {
    if (this.settled) return;
    this.settled = true;
    this.stop();
  }

  private watch(): void {
    const { scheduler, name } = this.wish;
    const left = Math.max(0, this.deadline - scheduler.now);
    scheduler.after(left, `${name} patience with an attempt`, () => {
      if (this.settled) return;
      if (scheduler.now < this.deadline) return this.watch();
      this.fail({ kind: 'unreachable', why: 'does not answer' });
    });
  }

  private shake(stream: ByteStream): void {
    const intake = new Intake(stream);
    // Of a piece that has come already the rest would wait for somebody to take it.
    this.stop = () => {
      intake.close();
      stream.destroy();
    };
    stream.onClose(() => {
      const ended: NbdFailure = { kind: 'ended', why: 'is not connected: the server has ended it' };
      if (this.connection) this.connection.drop(ended);
      else this.fail(ended);
    });
    shakeHands(stream, intake, this.wish.exportName, (shaken) => {
      if (this.settled) intake.close();
      else this.greet(stream, intake, shaken);
    });
  }

  private greet(stream: ByteStream, intake: Intake, shaken: Shaken): void {
    if (!shaken.ok) return this.fail(shaken.error);
    const facts = shaken.value;
    const why = this.before && differs(this.before, facts);
    if (why !== undefined) {
      return this.fail({ kind: 'refused', why: `is another disk now: it ${why}`, lasting: true });
    }
    const connection = new Connection(stream, intake, facts, (failure) => {
      if (this.settled) this.broke(failure);
      else this.fail(failure);
    });
    this.connection = connection;
    this.stop = () => {
      connection.close();
    };
    this.writeOwed(connection);
  }

  private writeOwed(connection: Connection): void {
    const owed = this.wish.owed();
    let [sent, answered] = [0, 0];
    const go = (): void => {
      if (this.settled) return;
      if (answered === owed.length) return this.succeed(connection);
      // The reply to one may come while the others are being sent.
      for (; sent < owed.length && sent - answered < WINDOW;) {
        const request = owed[sent++];
        if (request) connection.send(request, take);
      }
    };
    const take = ({ error }: { readonly error: number }): void => {
      if (error !== 0) return this.fail({ kind: 'refused', why: LOST_WRITES, lasting: true });
      answered++;
      this.deadline = this.wish.scheduler.now + RETRY.broken;
      go();
    };
    go();
  }

  private succeed(connection: Connection): void {
    this.settled = true;
    this.done(ok(connection));
  }

  private fail(failure: AttemptFailure): void {
    if (this.settled) return;
    this.settled = true;
    this.stop();
    this.done(err(failure));
  }
}

const LOST_WRITES = 'refused what was written before the connection broke, and is not flushed';
