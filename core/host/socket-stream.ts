/** A socket as the two directions of a connection, with few and large system calls. */
import { Socket, type OnReadOpts, type SocketConstructorOpts } from 'node:net';
import type { ByteStream } from '../nbd/stream.ts';

/** Bytes up to which parts are copied into one: a call of its own for each costs more. */
const JOIN_LIMIT = 64 * 1024;
/** Bytes that are read at once where nobody says where to. */
const PIECE = 64 * 1024;

interface Pending {
  readonly parts: readonly Uint8Array[];
  readonly length: number;
  readonly sent: (() => void) | undefined;
}

/**
 * @param socket connected; everything that happens to it is handled here from now on. One that was
 * accepted with `pauseOnConnect` reads straight into the buffers of who listens.
 */
export function socketStream(socket: Socket): ByteStream {
  return new SocketStream(socket);
}

/**
 * The same connection as a socket that reads into our buffers, which one that a server has accepted
 * cannot be told to do. Where Node keeps its handle elsewhere, it goes on as it is.
 */
function adopt(socket: Socket, onread: OnReadOpts): Socket {
  const inner = socket as unknown as { _handle?: { readonly reading?: boolean } | null };
  const handle = inner._handle;
  if (!handle || handle.reading !== false) return socket;
  inner._handle = null;
  return new Socket({ handle, onread } as unknown as SocketConstructorOpts);
}

class SocketStream implements ByteStream {
  unsent = 0;
  /** What was written in this turn of the event loop, and goes out at its end. */
  private pending: Pending[] = [];
  private ending = false;
  private data: ((data: Uint8Array) => void) | undefined;
  private room: (() => Uint8Array) | undefined;
  private closed: (() => void) | undefined;
  private isClosed = false;
  private readonly socket: Socket;

  constructor(accepted: Socket) {
    this.socket = adopt(accepted, {
      buffer: () => this.room?.() ?? new Uint8Array(PIECE),
      callback: (count, buffer) => {
        this.data?.(buffer.subarray(0, count));
        return true;
      },
    });
    this.socket.pause();
    this.socket.on('data', (data: Buffer) => this.data?.(data));
    // A socket whose error nobody handles ends the program; closing follows by itself.
    this.socket.on('error', () => undefined);
    this.socket.on('close', () => {
      this.isClosed = true;
      this.closed?.();
    });
  }

  onData(listener: (data: Uint8Array) => void, room?: () => Uint8Array): void {
    this.data = listener;
    this.room = room;
    this.socket.resume();
  }

  onClose(listener: () => void): void {
    this.closed = listener;
    if (this.isClosed) listener();
  }

  write(parts: readonly Uint8Array[], sent?: () => void): void {
    let length = 0;
    for (const part of parts) length += part.length;
    this.unsent += length;
    if (this.pending.length === 0) setImmediate(() => this.push());
    this.pending.push({ parts, length, sent });
    // A large one at once, as long as the processor has it in its cache.
    if (length > JOIN_LIMIT) this.push();
  }

  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }

  end(): void {
    this.ending = true;
    if (this.pending.length === 0) this.socket.end();
  }

  destroy(): void {
    this.socket.destroy();
  }

  private push(): void {
    const { pending } = this;
    if (pending.length === 0) return;
    this.pending = [];
    let length = 0;
    for (const one of pending) length += one.length;
    const done = (): void => {
      this.unsent -= length;
      for (const { sent } of pending) sent?.();
    };
    this.send(pending, length, done);
    if (this.ending) this.socket.end();
  }

  private send(pending: readonly Pending[], length: number, done: () => void): void {
    const parts = pending.flatMap((one) => one.parts);
    const [first] = parts;
    const { socket } = this;
    // Both call back, also where the socket has been destroyed.
    if (first && parts.length === 1) socket.write(first, done);
    else if (length <= JOIN_LIMIT) socket.write(Buffer.concat(parts, length), done);
    else {
      socket.cork();
      for (const part of parts.slice(0, -1)) socket.write(part);
      socket.write(parts.at(-1) ?? '', done);
      socket.uncork();
    }
  }
}
