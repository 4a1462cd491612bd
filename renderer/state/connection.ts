/** The engine as the page reaches it: Electron's bridge, or the browser host's web socket. */
import type { EngineEvent } from '../../core/contract/events.ts';
import type { WireBridge, WireMessage } from '../../core/contract/wire.ts';
import { ByFrame } from './by-frame.ts';

declare global {
  interface Window {
    /** Put there by Electron's preload script. */
    readonly lvstudio?: WireBridge;
  }
}

/** How the connection stands; `lost` tries again by itself. */
export type Standing = 'connecting' | 'open' | 'lost';

interface Waiting {
  readonly resolve: (result: never) => void;
  readonly reject: (error: Error) => void;
}

const RETRY_MILLIS = 1000;

export function connect(standing: (now: Standing) => void): WireBridge {
  if (window.lvstudio) {
    standing('open');
    return window.lvstudio;
  }
  return new SocketBridge(standing);
}

class SocketBridge implements WireBridge {
  private socket: WebSocket | undefined;
  private next = 0;
  private readonly waiting = new Map<number, Waiting>();
  private readonly listeners = new Set<(event: EngineEvent) => void>();
  private early: string[] = [];
  private readonly events = new ByFrame<EngineEvent>((event) => {
    for (const listener of this.listeners) listener(event);
  });

  constructor(private readonly standing: (now: Standing) => void) {
    this.open();
  }

  call: WireBridge['call'] = (method, params) =>
    new Promise((resolve, reject) => {
      const id = this.next++;
      this.waiting.set(id, { resolve, reject });
      const text = JSON.stringify({ id, method, params });
      if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(text);
      else this.early.push(text);
    });

  onEvent(listener: (event: EngineEvent) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private open(): void {
    const socket = new WebSocket(`ws://${location.host}/engine`);
    this.socket = socket;
    socket.addEventListener('open', () => {
      this.standing('open');
      for (const text of this.early.splice(0)) socket.send(text);
    });
    socket.addEventListener('message', ({ data }) => {
      this.receive(JSON.parse(String(data)) as WireMessage);
    });
    socket.addEventListener('close', () => {
      this.lost();
    });
  }

  private receive(message: WireMessage): void {
    if ('event' in message) {
      this.events.add(message.event);
      return;
    }
    // Whoever has an answer finds in the state what it is about.
    this.events.catchUp();
    if ('id' in message && message.id !== null) {
      const waiting = this.waiting.get(message.id);
      this.waiting.delete(message.id);
      if ('error' in message) waiting?.reject(new Error(message.error.message));
      else waiting?.resolve(message.result as never);
    }
  }

  private lost(): void {
    this.standing('lost');
    this.early = [];
    for (const { reject } of this.waiting.values()) reject(new Error('the engine is out of reach'));
    this.waiting.clear();
    setTimeout(() => {
      this.open();
    }, RETRY_MILLIS);
  }
}
