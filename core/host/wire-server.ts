/** The engine's side of a connection. */
import type { EngineApi } from '../contract/api.ts';
import type { WireFailure, WireMessage } from '../contract/wire.ts';
import type { Channel } from './channel.ts';
import { answerCall } from './wire-answer.ts';
import type { DefectReporter } from './wire-answer.ts';
import { callSchema, firstFault } from './wire-schema.ts';

/** Calls of one connection that may be open at once; more is refused, not queued. */
export const OPEN_CALLS_LIMIT = 256;

/** A connection being served. */
export interface Served {
  /**
   * Begins no further call, waits for the open ones and takes leave. Calls that arrive meanwhile
   * are refused with `closing`.
   */
  finish(): Promise<void>;
}

/** Serves `api` to the other end of `channel` until either side closes it. */
export function serveConnection(api: EngineApi, channel: Channel, defect: DefectReporter): Served {
  const connection = new Connection(api, channel, defect);
  channel.onClose(() => connection.closed());
  channel.onMessage((text) => connection.receive(text));
  return connection;
}

/** Sends away who comes while there is no engine: nothing was begun, they may try again. */
export function dismissConnection(channel: Channel): void {
  const message: WireMessage = { closing: true };
  channel.send(JSON.stringify(message));
  channel.close();
}

class Connection implements Served {
  private open = 0;
  private closing = false;
  private idle: (() => void) | undefined;
  private unsubscribe: (() => void) | undefined;

  constructor(
    private readonly api: EngineApi,
    private readonly channel: Channel,
    private readonly defect: DefectReporter,
  ) {}

  receive(text: string): void {
    const message = parseJson(text);
    const parsed = callSchema.safeParse(message);
    if (!parsed.success) {
      this.fail(idOf(message), { code: 'bad-request', message: firstFault(parsed.error) });
      return;
    }
    const { id, method, params } = parsed.data;
    if (this.closing) {
      this.fail(id, { code: 'closing', message: 'the engine is closing the lab' });
    } else if (this.open >= OPEN_CALLS_LIMIT) {
      const message = `more than ${OPEN_CALLS_LIMIT} calls are open on this connection`;
      this.fail(id, { code: 'too-many', message });
    } else if (method === 'subscribe') {
      this.subscribe(id, params);
    } else {
      this.open++;
      void answerCall(this.api, method, params, this.defect).then((answer) => {
        this.open--;
        if (answer.ok) this.send({ id, result: answer.value ?? null });
        else this.fail(id, answer.error);
        if (this.open === 0) this.idle?.();
      });
    }
  }

  closed(): void {
    this.unsubscribe?.();
    this.unsubscribe = undefined;
  }

  async finish(): Promise<void> {
    this.closing = true;
    if (this.open > 0) {
      await new Promise<void>((resolve) => {
        this.idle = resolve;
      });
    }
    this.closed();
    dismissConnection(this.channel);
  }

  private subscribe(id: number, params: readonly unknown[]): void {
    if (params.length > 0) {
      this.fail(id, { code: 'bad-request', message: 'params: subscribe takes none' });
      return;
    }
    // Before the answer, so that no event lies between the two; asking twice changes nothing.
    this.unsubscribe ??= this.api.subscribe((event) => this.send({ event }));
    this.send({ id, result: null });
  }

  private fail(id: number | null, error: WireFailure): void {
    this.send({ id, error });
  }

  private send(message: WireMessage): void {
    this.channel.send(JSON.stringify(message));
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The id of a request that is wrong in other ways, so that its caller learns about it. */
function idOf(message: unknown): number | null {
  const found = callSchema.shape.id.safeParse((message as { id?: unknown } | undefined)?.id);
  return found.success ? found.data : null;
}
