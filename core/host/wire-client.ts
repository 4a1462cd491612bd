/** The other side of a connection: an EngineApi whose engine is elsewhere. */
import { ok } from '../base/result.ts';
import type { EngineApi } from '../contract/api.ts';
import type { EngineEvent } from '../contract/events.ts';
import type { WireCalls, WireFailure, WireMethod } from '../contract/wire.ts';
import type { Channel } from './channel.ts';
import { messageSchema } from './wire-schema.ts';

/**
 * Why a call of a connected EngineApi rejected.
 *
 * closing: the engine ended without beginning it, so that it may be repeated elsewhere.
 * lost: the connection broke; nobody knows how far the call came.
 */
export class WireError extends Error {
  override readonly name = 'WireError';

  constructor(
    readonly code: WireFailure['code'] | 'lost',
    message: string,
  ) {
    super(message);
  }
}

/** An engine behind a channel. */
export interface ConnectedApi {
  readonly api: EngineApi;
  /** Resolves when the connection has ended, whichever side ended it. */
  readonly ended: Promise<void>;
  readonly close: () => void;
}

interface OpenCall {
  resolve(result: unknown): void;
  reject(error: WireError): void;
}

/** Calls reject with a WireError only; refusals are in their results. */
export function connectApi(channel: Channel): ConnectedApi {
  const client = new Client(channel);
  const { call } = client;
  const api: EngineApi = {
    state: () => call('state', []),
    preview: (argv) => call('preview', [argv]),
    command: (argv, options) => call('command', options === undefined ? [argv] : [argv, options]),
    read: async (volume, offset, length) => {
      const done = await call('read', [volume, offset, length]);
      return done.ok ? { ok: true, value: fromBase64(done.value) } : done;
    },
    write: async (volume, offset, data) => {
      const { buffer, byteOffset, byteLength } = data;
      const text = Buffer.from(buffer, byteOffset, byteLength).toString('base64');
      const done = await call('write', [volume, offset, text]);
      return done.ok ? ok() : done;
    },
    vgMetadata: (vg) => call('vgMetadata', [vg]),
    pvMetadata: (device) => call('pvMetadata', [device]),
    proposeMoves: (wish) => call('proposeMoves', [wish]),
    reportFields: () => call('reportFields', []),
    backupFiles: () => call('backupFiles', []),
    backupText: (path) => call('backupText', [path]),
    subscribe: (listener) => client.subscribe(listener),
  };
  return { api, ended: client.ended, close: () => channel.close() };
}

class Client {
  readonly ended: Promise<void>;
  private readonly open = new Map<number, OpenCall>();
  private readonly listeners = new Set<(event: EngineEvent) => void>();
  private nextId = 0;
  private subscribed = false;
  private over: WireError | undefined;

  constructor(private readonly channel: Channel) {
    channel.onMessage((text) => this.receive(text));
    this.ended = new Promise((resolve) => {
      channel.onClose(() => {
        this.end(new WireError('lost', 'the connection to the engine ended before its answer'));
        resolve();
      });
    });
  }

  readonly call = <M extends WireMethod>(
    method: M,
    params: WireCalls[M]['params'],
  ): Promise<WireCalls[M]['result']> => {
    if (this.over !== undefined) return Promise.reject(this.over);
    const id = this.nextId++;
    return new Promise((resolve, reject) => {
      this.open.set(id, { resolve: (result) => resolve(result as never), reject });
      this.channel.send(JSON.stringify({ id, method, params }));
    });
  };

  subscribe(listener: (event: EngineEvent) => void): () => void {
    // A wrapper, so that the same function may listen twice.
    const entry = (event: EngineEvent): void => listener(event);
    this.listeners.add(entry);
    if (!this.subscribed) {
      this.subscribed = true;
      // Its failure is that of the connection, which `ended` tells.
      this.call('subscribe', []).catch(() => undefined);
    }
    return () => this.listeners.delete(entry);
  }

  private receive(text: string): void {
    const message = parseMessage(text);
    if (message === undefined) {
      this.end(new WireError('lost', 'the other end of the connection is no engine of LV Studio'));
      this.channel.close();
    } else if ('event' in message) {
      for (const listener of [...this.listeners]) listener(message.event as EngineEvent);
    } else if ('closing' in message) {
      this.end(new WireError('closing', 'the engine closed the lab'));
    } else if (message.id !== null) {
      const call = this.open.get(message.id);
      this.open.delete(message.id);
      if ('result' in message) call?.resolve(message.result);
      else call?.reject(new WireError(message.error.code, message.error.message));
    }
  }

  private end(why: WireError): void {
    this.over ??= why;
    for (const call of this.open.values()) call.reject(why);
    this.open.clear();
  }
}

function parseMessage(text: string): ReturnType<typeof messageSchema.parse> | undefined {
  try {
    return messageSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** A copy of its own: small Buffers share memory with others. */
function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text, 'base64'));
}
