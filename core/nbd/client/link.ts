/**
 * An export over one connection after another. A request lives longer than a connection: what was
 * not answered when one broke is sent again over the next.
 */
import { err, ok, type Result } from '../../base/result.ts';
import { must } from '../../base/assert.ts';
import type { LossPolicy } from '../../contract/state.ts';
import { NBD_ERROR } from '../protocol.ts';
import { Attempt, type AttemptFailure, type AttemptWish } from './attempt.ts';
import type { Answer, Connection, NbdRequest } from './connection.ts';
import type { ExportFacts } from './export-facts.ts';
import type { NbdFailure } from './failure.ts';
import { RETRY, delayBefore } from './retry.ts';

export interface LinkOptions extends AttemptWish {
  /** While there is no connection requests wait (RETRY.patience), or fail. */
  readonly onLoss: LossPolicy;
}

/** The error is a clause about the address. */
export type Performed = Result<Answer, string>;

interface Task {
  readonly request: NbdRequest;
  readonly done: (performed: Performed) => void;
  /** Connections that broke while it was under way. */
  broken: number;
}

/** Requests and bytes under way at a time; others wait here. */
const MOST_TASKS = 64;
const MOST_BYTES = 2 ** 25;

type State =
  | { readonly kind: 'down' }
  | { readonly kind: 'attempt'; readonly attempt: Attempt }
  | { readonly kind: 'up'; readonly connection: Connection; readonly since: number }
  /** For good. */
  | { readonly kind: 'over' };

export class Link {
  /** As the newest connection has them; undefined before the first. */
  facts: ExportFacts | undefined;
  /** Why there is no connection; undefined while there is one. */
  failure: NbdFailure | undefined = { kind: 'unreachable', why: 'is not connected yet' };
  private state: State = { kind: 'down' };
  private queue: Task[] = [];
  private readonly underWay = new Set<Task>();
  private bytes = 0;
  private attempts = 0;
  /** Attempts since something worked. */
  private tries = 0;
  private lastTry = -Infinity;
  /** When it stopped working; undefined while it works. */
  private downSince: number | undefined;
  private outOfPatience = false;
  private heard = { received: 0, at: 0 };
  private listening = false;
  private waiters: (() => void)[] = [];

  constructor(private readonly options: LinkOptions) {}

  /** Whether requests are under way and nothing has come for longer than it should take. */
  get silent(): boolean {
    if (this.state.kind !== 'up' || this.underWay.size === 0) return false;
    return this.quietFor(this.state.connection) >= RETRY.silent;
  }

  /** Whether it has ended for good. */
  get over(): boolean {
    return this.state.kind === 'over';
  }

  /** Connects now, unless that is going on already; resolves when it has ended either way. */
  connect(): Promise<void> {
    if (this.state.kind === 'up' || this.state.kind === 'over') return Promise.resolve();
    return new Promise((resolve) => {
      this.waiters.push(resolve);
      if (this.state.kind === 'down') this.begin();
    });
  }

  /** @param answered runs before anything else can happen to the connection */
  perform(request: NbdRequest, answered?: (answer: Answer) => void): Promise<Performed> {
    return new Promise((resolve) => {
      if (this.state.kind === 'over' || (this.state.kind !== 'up' && !this.waits)) {
        resolve(err(this.failure?.why ?? 'is closed'));
        return this.nudge();
      }
      const done = (performed: Performed): void => {
        if (performed.ok) answered?.(performed.value);
        resolve(performed);
      };
      this.queue.push({ request, done, broken: 0 });
      this.pump();
    });
  }

  /** The connection cannot be used any more; what is under way goes over the next. */
  drop(failure: NbdFailure): void {
    if (this.state.kind === 'up') this.state.connection.drop(failure);
  }

  /** Ends it for good; whatever is under way fails. */
  close(failure: NbdFailure = { kind: 'ended', why: 'is closed' }): void {
    const { state } = this;
    if (state.kind === 'over') return;
    this.state = { kind: 'over' };
    this.failure = failure;
    if (state.kind === 'up') state.connection.close();
    if (state.kind === 'attempt') state.attempt.cancel();
    this.failAll();
    this.wake();
  }

  private get waits(): boolean {
    return this.options.onLoss === 'queue' && !this.outOfPatience;
  }

  private get now(): number {
    return this.options.scheduler.now;
  }

  private begin(): void {
    this.attempts++;
    this.tries++;
    this.lastTry = this.now;
    const attempt: Attempt = new Attempt(
      this.options,
      this.facts,
      (result) => {
        if (result.ok) this.rise(result.value);
        else this.failed(result.error);
        this.wake();
      },
      (failure) => {
        this.broke(failure);
      },
    );
    this.state = { kind: 'attempt', attempt };
    attempt.start();
  }

  private rise(connection: Connection): void {
    this.facts = connection.facts;
    this.failure = undefined;
    this.outOfPatience = false;
    this.state = { kind: 'up', connection, since: this.now };
    this.pump();
  }

  private failed(failure: AttemptFailure): void {
    if (failure.lasting) return this.close(failure);
    this.state = { kind: 'down' };
    this.failure = failure;
    this.retry();
  }

  private broke(failure: NbdFailure): void {
    if (this.state.kind !== 'up') return;
    if (this.now - this.state.since >= RETRY.lasting) this.worked();
    this.state = { kind: 'down' };
    this.failure = failure;
    const again = [...this.underWay];
    this.underWay.clear();
    this.bytes = 0;
    for (const task of again) task.broken++;
    this.queue = [...again.filter(({ broken }) => broken <= RETRY.breaks), ...this.queue];
    this.retry();
    for (const { broken, done } of again) {
      if (broken > RETRY.breaks) done(err(`lost its connection ${broken} times over one request`));
    }
    if (!this.waits) this.failAll();
  }

  /** Another attempt, later; or none before somebody asks for one. */
  private retry(): void {
    const { scheduler, name } = this.options;
    if (this.downSince === undefined) {
      const since = (this.downSince = this.now);
      scheduler.after(RETRY.patience, `${name} patience with the server`, () => {
        if (this.downSince === since) this.losePatience();
      });
    }
    const late = this.now - this.downSince >= RETRY.patience;
    if (late || this.tries >= RETRY.attempts) return this.losePatience();
    const { attempts } = this;
    scheduler.after(delayBefore(this.tries), `${name} tries again`, () => {
      const late = this.outOfPatience || this.attempts !== attempts;
      if (this.state.kind === 'down' && !late) this.begin();
    });
  }

  private losePatience(): void {
    if (this.state.kind === 'up') return;
    this.outOfPatience = true;
    this.failAll();
  }

  /** Somebody would have needed it. */
  private nudge(): void {
    if (this.state.kind === 'down' && this.now - this.lastTry >= RETRY.spacing) this.begin();
  }

  private worked(): void {
    this.tries = 0;
    this.downSince = undefined;
  }

  private failAll(): void {
    const tasks = [...this.underWay, ...this.queue];
    this.underWay.clear();
    this.bytes = 0;
    this.queue = [];
    for (const { done } of tasks) done(err(this.failure?.why ?? 'is closed'));
  }

  private wake(): void {
    for (const waiter of this.waiters.splice(0)) waiter();
  }

  private pump(): void {
    while (this.state.kind === 'up' && this.queue.length > 0) {
      const next = must(this.queue[0], 'a task that waits');
      const bytes = next.request.data?.length ?? 0;
      const full = this.underWay.size >= MOST_TASKS || this.bytes + bytes > MOST_BYTES;
      if (full && this.underWay.size > 0) return;
      this.queue.shift();
      this.send(this.state.connection, next, bytes);
    }
  }

  private send(connection: Connection, task: Task, bytes: number): void {
    if (this.underWay.size === 0) this.heard = { received: connection.received, at: this.now };
    this.underWay.add(task);
    this.bytes += bytes;
    connection.send(task.request, (answer) => {
      if (answer.error === NBD_ERROR.ESHUTDOWN) {
        return connection.drop({ kind: 'ended', why: 'is on a server that is shutting down' });
      }
      this.underWay.delete(task);
      this.bytes -= bytes;
      this.heard = { received: connection.received, at: this.now };
      this.worked();
      task.done(ok(answer));
      this.pump();
    });
    this.listen(connection);
  }

  private quietFor(connection: Connection): number {
    const { received } = connection;
    if (received !== this.heard.received) this.heard = { received, at: this.now };
    return this.now - this.heard.at;
  }

  /** One look ahead at a time: that of a connection that has ended finds another one, or none. */
  private listen(connection: Connection): void {
    if (this.listening) return;
    this.listening = true;
    const { scheduler, name } = this.options;
    const left = RETRY.broken - this.quietFor(connection);
    scheduler.after(Math.max(0, left), `${name} listens`, () => {
      this.listening = false;
      if (this.state.kind !== 'up' || this.underWay.size === 0) return;
      const now = this.state.connection;
      if (this.quietFor(now) < RETRY.broken) return this.listen(now);
      now.drop({ kind: 'ended', why: 'is not connected: the server has stopped answering' });
    });
  }
}
