/** The NBD server: any number of connections to any number of exports, with one memory. */
import type { Scheduler } from '../../env/scheduler.ts';
import type { ByteStream } from '../stream.ts';
import type { NbdExport } from './export.ts';
import { NBD_LIMITS, NBD_MEMORY, type NbdLimits } from './limits.ts';
import { Memory } from './memory.ts';
import { NbdSession } from './session.ts';

export interface NbdServerOptions {
  /** What there is now; asked each time a client does. Default: nothing, see `serve`. */
  readonly exports?: () => readonly NbdExport[];
  readonly scheduler: Scheduler;
  /**
   * Bytes of requests in flight, of all connections. At least 8 KiB; default 64 MiB, which is the
   * least that lets clients send the largest requests of the protocol.
   */
  readonly memory?: number;
  readonly limits?: Partial<NbdLimits>;
  /** A connection came, chose an export or went. */
  readonly changed?: () => void;
}

export class NbdServer {
  readonly memory: Memory;
  private readonly open = new Set<NbdSession>();
  private readonly limits: NbdLimits;
  private finishing = false;

  constructor(private readonly options: NbdServerOptions) {
    const { scheduler, memory = NBD_MEMORY, limits } = options;
    this.limits = { ...NBD_LIMITS, ...limits };
    this.memory = new Memory(memory, scheduler, this.limits.stall, () =>
      [...this.open].flatMap(({ holder }) => holder ?? []),
    );
  }

  /** Those that have not ended, in the order they came. */
  get sessions(): readonly NbdSession[] {
    return [...this.open];
  }

  /**
   * @param client for people: its address, or what else is known of it
   * @param exports of the door through which it came; default: all there are
   * @returns undefined where it was turned away: there are too many, or the server finishes
   */
  serve(
    stream: ByteStream,
    client: string,
    exports = this.options.exports ?? (() => []),
  ): NbdSession | undefined {
    const { scheduler, changed } = this.options;
    if (this.finishing || this.open.size >= this.limits.connections) {
      stream.destroy();
      return undefined;
    }
    const { memory, limits } = this;
    const session = new NbdSession(stream, client, { exports, memory, scheduler, limits });
    this.open.add(session);
    changed?.();
    void session.ended.then(() => {
      this.open.delete(session);
      changed?.();
    });
    return session;
  }

  /** Ends every connection, see `NbdSession.finish`, and takes no new one. */
  async finish(): Promise<void> {
    this.finishing = true;
    await Promise.all(this.sessions.map((session) => session.finish()));
  }
}
