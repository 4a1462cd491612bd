/** A client of few words: what was sent and what was acknowledged, in order. */
import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import {
  COMMAND,
  COMMAND_FLAG,
  HANDSHAKE,
  NBD_ERROR,
  OPTION,
  OPTION_MAGIC,
  REQUEST_LENGTH,
  REQUEST_MAGIC,
  SIMPLE_REPLY_LENGTH,
  SIMPLE_REPLY_MAGIC,
} from '../../../core/nbd/protocol.ts';

/** The server has gone: the request may have been done, or not. */
export class ConnectionLost extends Error {}

interface Open {
  /** Bytes of data that come with its reply. */
  readonly length: number;
  settle(data: Buffer): void;
  fail(error: Error): void;
}

const GREETING_LENGTH = 18;
const EXPORT_LENGTH = 10;

/** As many requests at once as are asked for; simple replies only. */
export class NbdClient {
  /** What came and is not understood yet. */
  private input: Buffer = Buffer.alloc(0);
  private readonly open = new Map<bigint, Open>();
  private lastCookie = 0n;
  /** Requests that the server has refused because it ends. */
  refused = 0;
  /** Resolves when the server has closed the connection. */
  readonly ended: Promise<void>;

  private constructor(private readonly socket: Socket) {
    this.ended = new Promise((resolve) => {
      socket.on('close', () => {
        for (const one of this.open.values()) one.fail(new ConnectionLost('the server has gone'));
        this.open.clear();
        resolve();
      });
    });
    socket.on('data', (data: Buffer) => this.take(data));
    socket.on('error', () => undefined);
  }

  /** @param uri of a Unix socket, as an export prints it */
  static async connect(uri: string): Promise<NbdClient> {
    const [, exported = '', path = ''] = /^nbd\+unix:\/\/\/(.*)\?socket=(.*)$/.exec(uri) ?? [];
    const socket = connect(decodeURIComponent(path));
    await once(socket, 'connect');
    const greeting = await take(socket, GREETING_LENGTH);
    if (greeting.readBigUInt64BE(8) !== OPTION_MAGIC) throw new Error('not an NBD server');
    const name = Buffer.from(exported);
    const hello = Buffer.alloc(4 + 16);
    hello.writeUInt32BE(HANDSHAKE.fixedNewstyle | HANDSHAKE.noZeroes, 0);
    hello.writeBigUInt64BE(OPTION_MAGIC, 4);
    hello.writeUInt32BE(OPTION.exportName, 12);
    hello.writeUInt32BE(name.length, 16);
    socket.write(Buffer.concat([hello, name]));
    await take(socket, EXPORT_LENGTH);
    return new NbdClient(socket);
  }

  /** Whether the last reply came whole, and every request got one. */
  get clean(): boolean {
    return this.input.length === 0 && this.open.size === 0;
  }

  async write(at: number, data: Uint8Array, fua = false): Promise<void> {
    await this.request(COMMAND.write, at, data.length, fua ? COMMAND_FLAG.fua : 0, data);
  }

  async flush(): Promise<void> {
    await this.request(COMMAND.flush, 0, 0);
  }

  read(at: number, length: number): Promise<Buffer> {
    return this.request(COMMAND.read, at, length);
  }

  async disconnect(): Promise<void> {
    this.send(COMMAND.disconnect, 0, 0, 0, ++this.lastCookie);
    await this.ended;
  }

  destroy(): void {
    this.socket.destroy();
  }

  private request(
    type: number,
    at: number,
    length: number,
    flags = 0,
    data?: Uint8Array,
  ): Promise<Buffer> {
    if (this.socket.destroyed) return Promise.reject(new ConnectionLost('the server has gone'));
    const cookie = ++this.lastCookie;
    const answered = new Promise<Buffer>((settle, fail) => {
      this.open.set(cookie, { length: type === COMMAND.read ? length : 0, settle, fail });
    });
    this.send(type, at, length, flags, cookie, data);
    return answered;
  }

  private send(
    type: number,
    at: number,
    length: number,
    flags: number,
    cookie: bigint,
    data?: Uint8Array,
  ): void {
    const header = Buffer.alloc(REQUEST_LENGTH);
    header.writeUInt32BE(REQUEST_MAGIC, 0);
    header.writeUInt16BE(flags, 4);
    header.writeUInt16BE(type, 6);
    header.writeBigUInt64BE(cookie, 8);
    header.writeBigUInt64BE(BigInt(at), 16);
    header.writeUInt32BE(length, 24);
    this.socket.write(data ? Buffer.concat([header, data]) : header);
  }

  private take(data: Buffer): void {
    this.input = Buffer.concat([this.input, data]);
    while (this.input.length >= SIMPLE_REPLY_LENGTH) {
      const cookie = this.input.readBigUInt64BE(8);
      const one = this.open.get(cookie);
      if (this.input.readUInt32BE(0) !== SIMPLE_REPLY_MAGIC || !one) {
        this.socket.destroy();
        throw new Error('a reply that nobody asked for');
      }
      const error = this.input.readUInt32BE(4);
      const end = SIMPLE_REPLY_LENGTH + (error === 0 ? one.length : 0);
      if (this.input.length < end) return;
      this.open.delete(cookie);
      if (error === 0) one.settle(this.input.subarray(SIMPLE_REPLY_LENGTH, end));
      else this.refuse(one, error);
      this.input = this.input.subarray(end);
    }
  }

  private refuse(one: Open, error: number): void {
    if (error !== NBD_ERROR.ESHUTDOWN) return one.fail(new Error(`the server says ${error}`));
    this.refused++;
    one.fail(new ConnectionLost('the export ends'));
  }
}

async function take(socket: Socket, length: number): Promise<Buffer> {
  for (;;) {
    const data = socket.read(length) as Buffer | null;
    if (data) return data;
    if (socket.destroyed || socket.readableEnded) throw new ConnectionLost('no handshake');
    await Promise.race([once(socket, 'readable'), once(socket, 'close')]);
  }
}
