/** A client that follows the protocol, written apart from ours: it shares no mistake with it. */
import { concatBytes, view } from '../../../core/base/bytes.ts';
import type { Wire } from './wire.ts';

/** An answer to an option. */
export interface OptionAnswer {
  readonly type: number;
  readonly data: Uint8Array;
}

/** An answer to a request. `text`: of an error, where the server told one. */
export interface RequestAnswer {
  readonly error: number;
  readonly text: string;
  /** Of a read: as many bytes as were asked for. */
  readonly data: Uint8Array;
  /** Pairs of length and flags. */
  readonly status: readonly (readonly [number, number])[];
  /** Chunks of a structured reply by type; none where it was a simple one. */
  readonly chunks: readonly number[];
}

interface Asked {
  readonly offset: bigint;
  readonly length: number;
  readonly isRead: boolean;
  readonly data: Uint8Array;
  readonly status: [number, number][];
  readonly chunks: number[];
  error: number;
  text: string;
  readonly answer: (answer: RequestAnswer) => void;
  readonly fail: (error: Error) => void;
}

export const ACK = 1;
/** The errors of options, without their highest bit. */
export const refusalOf = (type: number): number => (type >= 2 ** 31 ? type - 2 ** 31 : 0);

const OPTION_MAGIC = 0x49484156454f5054n;
const REPLY_MAGIC = 0x3e889045565a9n;

export const u16 = (value: number): Uint8Array => Uint8Array.of(value >> 8, value & 0xff);
export const u32 = (value: number): Uint8Array => {
  const out = new Uint8Array(4);
  view(out).setUint32(0, value);
  return out;
};
export const u64 = (value: bigint): Uint8Array => {
  const out = new Uint8Array(8);
  view(out).setBigUint64(0, value);
  return out;
};
export const ascii = (text: string): Uint8Array =>
  Uint8Array.from(text, (character) => character.charCodeAt(0));

export function optionBytes(option: number, data: Uint8Array): Uint8Array {
  return concatBytes([u64(OPTION_MAGIC), u32(option), u32(data.length), data]);
}

export function requestBytes(
  type: number,
  cookie: number,
  { flags = 0, offset = 0n, length = 0 }: RequestFields,
  payload: Uint8Array = new Uint8Array(0),
): Uint8Array {
  const head = [u32(0x25609513), u16(flags), u16(type), u64(BigInt(cookie)), u64(offset)];
  return concatBytes([...head, u32(length), payload]);
}

export interface RequestFields {
  readonly flags?: number;
  readonly offset?: bigint;
  readonly length?: number;
}

export const goData = (name: string, infos: readonly number[] = []): Uint8Array =>
  concatBytes([u32(name.length), ascii(name), u16(infos.length), ...infos.map(u16)]);

export const contextData = (name: string, queries: readonly string[]): Uint8Array =>
  concatBytes([
    u32(name.length),
    ascii(name),
    u32(queries.length),
    ...queries.flatMap((query) => [u32(query.length), ascii(query)]),
  ]);

/** The client's end of a connection. */
export interface ClientEnd {
  hear(hearer: (data: Uint8Array) => void): void;
  mourn(mourner: () => void): void;
  send(data: Uint8Array): void;
}

export class TestClient<End extends ClientEnd = Wire> {
  private buffer: Uint8Array = new Uint8Array(0);
  private wanted: { length: number; then: (data: Uint8Array | undefined) => void } | undefined;
  private gone = false;
  /** From the first `read` on: a test may also only talk, through the wire. */
  private listens = false;
  private cookie = 0;
  private readonly asked = new Map<number, Asked>();
  structured = false;

  constructor(readonly wire: End) {
    wire.hear((data) => {
      if (!this.listens) return;
      this.buffer = this.buffer.length === 0 ? data : concatBytes([this.buffer, data]);
      this.serve();
    });
    wire.mourn(() => {
      this.gone = true;
      this.serve();
      for (const { fail } of this.asked.values()) fail(new Error('the connection has ended'));
    });
  }

  get isGone(): boolean {
    return this.gone;
  }

  /** Undefined: the connection ended before. */
  read(length: number): Promise<Uint8Array | undefined> {
    this.listens = true;
    return new Promise((then) => {
      this.wanted = { length, then };
      this.serve();
    });
  }

  private serve(): void {
    const { wanted } = this;
    if (!wanted) return;
    if (this.buffer.length >= wanted.length) {
      const data = this.buffer.subarray(0, wanted.length);
      this.buffer = this.buffer.subarray(wanted.length);
      this.wanted = undefined;
      wanted.then(data);
    } else if (this.gone) {
      this.wanted = undefined;
      wanted.then(undefined);
    }
  }

  private async must(length: number): Promise<Uint8Array> {
    const data = length === 0 ? new Uint8Array(0) : await this.read(length);
    if (!data) throw new Error('the connection has ended');
    return data;
  }

  async greet(flags = 3): Promise<void> {
    const greeting = view(await this.must(18));
    check(greeting.getBigUint64(0) === 0x4e42444d41474943n, 'magic of the server');
    check(greeting.getBigUint64(8) === OPTION_MAGIC, 'magic of newstyle');
    check(greeting.getUint16(16) === 3, 'flags of the handshake');
    this.wire.send(u32(flags));
  }

  async option(option: number, data: Uint8Array = new Uint8Array(0)): Promise<OptionAnswer[]> {
    this.wire.send(optionBytes(option, data));
    const answers: OptionAnswer[] = [];
    for (;;) {
      const header = view(await this.must(20));
      check(header.getBigUint64(0) === REPLY_MAGIC, 'magic of a reply to an option');
      check(header.getUint32(8) === option, 'option of the reply');
      const type = header.getUint32(12);
      answers.push({ type, data: await this.must(header.getUint32(16)) });
      if (type === ACK || refusalOf(type) > 0) return answers;
    }
  }

  /** All the way to requests. Gives the size and the flags of the export. */
  async go(name: string, structured = true): Promise<{ size: bigint; flags: number }> {
    await this.greet();
    if (structured) {
      await this.option(8);
      await this.option(10, contextData(name, ['base:allocation']));
    }
    const answers = await this.option(7, goData(name, [3]));
    const told = answers.find(({ type, data }) => type === 3 && view(data).getUint16(0) === 0);
    if (!told) throw new Error(`${name} is not to be had`);
    this.transmit(structured);
    return { size: view(told.data).getBigUint64(2), flags: view(told.data).getUint16(10) };
  }

  /** From now on replies to requests come. */
  transmit(structured: boolean): void {
    this.structured = structured;
    void this.replies().catch((error: unknown) => {
      for (const { fail } of this.asked.values()) fail(error as Error);
    });
  }

  request(type: number, fields: RequestFields, payload?: Uint8Array): Promise<RequestAnswer> {
    const cookie = ++this.cookie;
    const isRead = type === 0;
    const length = fields.length ?? payload?.length ?? 0;
    return new Promise((answer, fail) => {
      this.asked.set(cookie, {
        offset: fields.offset ?? 0n,
        length,
        isRead,
        data: new Uint8Array(isRead && length <= 2 ** 26 ? length : 0),
        status: [],
        chunks: [],
        error: 0,
        text: '',
        answer,
        fail,
      });
      if (this.gone) fail(new Error('the connection has ended'));
      this.wire.send(requestBytes(type, cookie, { ...fields, length }, payload));
    });
  }

  private async replies(): Promise<void> {
    for (;;) {
      const magic = await this.read(4);
      if (!magic) return;
      if (view(magic).getUint32(0) === 0x67446698) await this.simple();
      else {
        check(view(magic).getUint32(0) === 0x668e33ef, 'magic of a reply');
        await this.chunk();
      }
    }
  }

  private of(cookie: bigint): Asked {
    const asked = this.asked.get(Number(cookie));
    if (!asked) throw new Error(`a reply to ${cookie}, which was not asked`);
    return asked;
  }

  private async simple(): Promise<void> {
    const header = view(await this.must(12));
    const cookie = header.getBigUint64(4);
    const asked = this.of(cookie);
    asked.error = header.getUint32(0);
    if (asked.isRead && asked.error === 0) {
      check(!this.structured, 'a read is answered in chunks');
      asked.data.set(await this.must(asked.length));
    }
    this.finish(cookie, asked);
  }

  private async chunk(): Promise<void> {
    const header = view(await this.must(16));
    check(this.structured, 'nobody asked for chunks');
    const [flags, type, cookie] = [
      header.getUint16(0),
      header.getUint16(2),
      header.getBigUint64(4),
    ];
    const data = await this.must(header.getUint32(12));
    const asked = this.of(cookie);
    asked.chunks.push(type);
    this.takeChunk(asked, type, data);
    if ((flags & 1) === 1) this.finish(cookie, asked);
  }

  private takeChunk(asked: Asked, type: number, data: Uint8Array): void {
    const fields = view(data);
    switch (type) {
      case 0:
        return;
      case 1: {
        const from = Number(fields.getBigUint64(0) - asked.offset);
        return asked.data.set(data.subarray(8), from);
      }
      case 2: {
        const from = Number(fields.getBigUint64(0) - asked.offset);
        return void asked.data.fill(0, from, from + fields.getUint32(8));
      }
      case 5:
        for (let at = 4; at < data.length; at += 8) {
          asked.status.push([fields.getUint32(at), fields.getUint32(at + 4)]);
        }
        return;
      case 2 ** 15 + 1:
        asked.error = fields.getUint32(0);
        asked.text = String.fromCharCode(...data.subarray(6, 6 + fields.getUint16(4)));
        return;
    }
    throw new Error(`a chunk of type ${type}`);
  }

  private finish(cookie: bigint, asked: Asked): void {
    this.asked.delete(Number(cookie));
    const { error, text, data, status, chunks } = asked;
    asked.answer({ error, text, data, status, chunks });
  }
}

function check(holds: boolean, what: string): void {
  if (!holds) throw new Error(`the server is wrong: ${what}`);
}
