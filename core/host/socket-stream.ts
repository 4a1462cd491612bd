/** A socket as the two directions of a connection, with few and large system calls. */
import type { Socket } from 'node:net';
import type { ByteStream } from '../nbd/stream.ts';

/** Bytes up to which parts are copied into one: a call of its own for each costs more. */
const JOIN_LIMIT = 64 * 1024;

interface Pending {
  readonly parts: readonly Uint8Array[];
  readonly length: number;
  readonly sent: (() => void) | undefined;
}

/** @param socket connected; everything that happens to it is handled here from now on */
export function socketStream(socket: Socket): ByteStream {
  return new SocketStream(socket);
}

class SocketStream implements ByteStream {
  unsent = 0;
  /** What was written in this turn of the event loop, and goes out at its end. */
  private pending: Pending[] = [];
  private ending = false;
  private closed: (() => void) | undefined;
  private isClosed = false;

  constructor(private readonly socket: Socket) {
    // A socket whose error nobody handles ends the program; closing follows by itself.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.isClosed = true;
      this.closed?.();
    });
  }

  onData(listener: (data: Uint8Array) => void): void {
    this.socket.on('data', listener);
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
