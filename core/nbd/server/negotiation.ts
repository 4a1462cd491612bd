/** The first part of a connection: client and server agree on an export and on what both can do. */
import { byteStringToBytes, utf8ToByteString, view } from '../../base/bytes.ts';
import type { Intake } from '../intake.ts';
import {
  BASE_ALLOCATION,
  HANDSHAKE,
  INFO,
  NBD_MAGIC,
  OPTION,
  OPTION_LENGTH,
  OPTION_MAGIC,
  OPTION_REPLY,
  OPTION_REPLY_LENGTH,
  OPTION_REPLY_MAGIC,
} from '../protocol.ts';
import type { ByteStream } from '../stream.ts';
import { exportFlags, findExport, putBytes, type NbdExport } from './export.ts';
import { readContextRequest, readInfoRequest, readName, wantsAllocation } from './options.ts';

/** Bytes of what comes with an option; the longest sensible one is a name and some numbers. */
const OPTION_LIMIT = 16 * 1024;
/** The number by which replies name the context `base:allocation`. */
export const ALLOCATION_CONTEXT = 1;
/** Bytes below which a request is more expensive than it has to be. */
const PREFERRED_BLOCK = 4096;
const MINIMUM_BLOCK = 512;

/** What was agreed on. */
export interface Agreement {
  readonly export: NbdExport;
  /** Replies come in chunks. */
  readonly structured: boolean;
  /** The client may ask where data lies. */
  readonly allocation: boolean;
}

/** What a negotiation needs of its connection. */
export interface NegotiationHost {
  exports(): readonly NbdExport[];
  /** Options that are answered. */
  readonly options: number;
  /** Bytes of the largest request. */
  readonly largest: number;
  agreed(agreement: Agreement): void;
  /** Nothing more can be said to this client. */
  drop(): void;
  /** It said goodbye, or has heard why not. */
  end(): void;
}

type Option = (data: Uint8Array) => void;

export class Negotiation {
  private structured = false;
  /** Name of the export whose context was chosen. */
  private allocationOf: string | undefined;
  private noZeroes = false;
  private fixed = false;
  private options = 0;

  constructor(
    private readonly stream: ByteStream,
    private readonly intake: Intake,
    private readonly host: NegotiationHost,
  ) {
    const greeting = new Uint8Array(18);
    const out = view(greeting);
    out.setBigUint64(0, NBD_MAGIC);
    out.setBigUint64(8, OPTION_MAGIC);
    out.setUint16(16, HANDSHAKE.fixedNewstyle | HANDSHAKE.noZeroes);
    stream.write([greeting]);
    intake.message(4, (data, at) => this.hear(data.getUint32(at)));
  }

  private hear(flags: number): void {
    const { fixedNewstyle, noZeroes } = HANDSHAKE;
    if ((flags & ~(fixedNewstyle | noZeroes)) !== 0) return this.host.drop();
    this.fixed = (flags & fixedNewstyle) !== 0;
    this.noZeroes = (flags & noZeroes) !== 0;
    this.next();
  }

  private next(): void {
    this.intake.message(OPTION_LENGTH, (data, at) => {
      if (data.getBigUint64(at) !== OPTION_MAGIC) return this.host.drop();
      this.option(data.getUint32(at + 8), data.getUint32(at + 12));
    });
  }

  private option(option: number, length: number): void {
    if (++this.options > this.host.options) return this.host.drop();
    if (option !== OPTION.exportName && !this.fixed) return this.host.drop();
    const known = this.known(option);
    if (length > OPTION_LIMIT) {
      if (option === OPTION.exportName) return this.host.drop();
      return this.intake.skip(length, () => {
        if (option === OPTION.abort) return this.goodbye();
        this.refuse(option, OPTION_REPLY.tooBig, `${length} bytes are too many`);
      });
    }
    const handle = known ?? (() => this.refuse(option, OPTION_REPLY.unsupported, 'not supported'));
    if (length === 0) return handle(new Uint8Array(0));
    this.intake.message(length, (data, at) => {
      handle(new Uint8Array(data.buffer, data.byteOffset + at, length));
    });
  }

  private known(option: number): Option | undefined {
    switch (option) {
      case OPTION.exportName:
        return (data) => this.exportName(data);
      case OPTION.abort:
        return () => this.goodbye();
      case OPTION.list:
        return (data) => this.list(data);
      case OPTION.info:
      case OPTION.go:
        return (data) => this.info(option, data);
      case OPTION.structuredReply:
        return (data) => this.structuredReply(data);
      case OPTION.listMetaContext:
      case OPTION.setMetaContext:
        return (data) => this.metaContext(option, data);
    }
    return undefined;
  }

  /** The oldest way, which knows no error but the end of the connection. */
  private exportName(data: Uint8Array): void {
    const name = readName(data);
    const found = name === undefined ? undefined : findExport(this.host.exports(), name);
    if (!found) return this.host.drop();
    const out = new Uint8Array(this.noZeroes ? 10 : 134);
    putBytes(view(out), 0, found.device.size);
    view(out).setUint16(8, exportFlags(found, this.structured));
    this.agree(found, [out]);
  }

  private goodbye(): void {
    this.stream.write([reply(OPTION.abort, OPTION_REPLY.ack)]);
    this.host.end();
  }

  private list(data: Uint8Array): void {
    if (data.length > 0) return this.refuse(OPTION.list, OPTION_REPLY.invalid, 'takes no data');
    const servers = this.host.exports().map(({ name, description }) => {
      const [nameBytes, more] = [utf8(name), utf8(description)];
      const server = new Uint8Array(4 + nameBytes.length + more.length);
      view(server).setUint32(0, nameBytes.length);
      server.set(nameBytes, 4);
      server.set(more, 4 + nameBytes.length);
      return reply(OPTION.list, OPTION_REPLY.server, server);
    });
    this.answer([...servers, reply(OPTION.list, OPTION_REPLY.ack)]);
  }

  private info(option: number, data: Uint8Array): void {
    const request = readInfoRequest(data);
    if (!request) return this.refuse(option, OPTION_REPLY.invalid, 'malformed');
    const found = findExport(this.host.exports(), request.name);
    if (!found) return this.refuse(option, OPTION_REPLY.unknown, 'no such export');
    const told = [INFO.export, ...new Set(request.infos)].flatMap((info, index) => {
      const payload = index > 0 && info === INFO.export ? undefined : this.infoOf(info, found);
      return payload ? [reply(option, OPTION_REPLY.info, payload)] : [];
    });
    const all = [...told, reply(option, OPTION_REPLY.ack)];
    if (option === OPTION.go) this.agree(found, all);
    else this.answer(all);
  }

  private infoOf(info: number, one: NbdExport): Uint8Array | undefined {
    switch (info) {
      case INFO.export: {
        const out = infoPayload(info, 12);
        putBytes(view(out), 2, one.device.size);
        view(out).setUint16(10, exportFlags(one, this.structured));
        return out;
      }
      case INFO.name:
        return infoText(info, one.name);
      case INFO.description:
        return infoText(info, one.description);
      case INFO.blockSize: {
        const out = infoPayload(info, 14);
        view(out).setUint32(2, MINIMUM_BLOCK);
        view(out).setUint32(6, Math.min(PREFERRED_BLOCK, this.host.largest));
        view(out).setUint32(10, this.host.largest);
        return out;
      }
    }
    return undefined;
  }

  private structuredReply(data: Uint8Array): void {
    const option = OPTION.structuredReply;
    if (data.length > 0) return this.refuse(option, OPTION_REPLY.invalid, 'takes no data');
    this.structured = true;
    this.answer([reply(option, OPTION_REPLY.ack)]);
  }

  private metaContext(option: number, data: Uint8Array): void {
    const listing = option === OPTION.listMetaContext;
    if (!listing) this.allocationOf = undefined;
    const request = readContextRequest(data);
    if (!request) return this.refuse(option, OPTION_REPLY.invalid, 'malformed');
    if (!this.structured) {
      return this.refuse(option, OPTION_REPLY.invalid, 'structured replies come first');
    }
    const found = findExport(this.host.exports(), request.name);
    if (!found) return this.refuse(option, OPTION_REPLY.unknown, 'no such export');
    const ack = reply(option, OPTION_REPLY.ack);
    if (!wantsAllocation(request.queries, listing)) return this.answer([ack]);
    if (!listing) this.allocationOf = found.name;
    const context = new Uint8Array(4 + BASE_ALLOCATION.length);
    view(context).setUint32(0, listing ? 0 : ALLOCATION_CONTEXT);
    context.set(byteStringToBytes(BASE_ALLOCATION), 4);
    this.answer([reply(option, OPTION_REPLY.metaContext, context), ack]);
  }

  private refuse(option: number, why: number, text: string): void {
    this.answer([reply(option, why, byteStringToBytes(text))]);
  }

  /** The next option is read when this has gone: replies to many of them never pile up. */
  private answer(parts: readonly Uint8Array[]): void {
    this.next();
    this.intake.stop();
    this.stream.write(parts, () => this.intake.go());
  }

  private agree(chosen: NbdExport, parts: readonly Uint8Array[]): void {
    this.stream.write(parts);
    this.host.agreed({
      export: chosen,
      structured: this.structured,
      allocation: this.allocationOf === chosen.name,
    });
  }
}

const NO_DATA = new Uint8Array(0);

const utf8 = (text: string): Uint8Array => byteStringToBytes(utf8ToByteString(text));

function reply(option: number, type: number, data: Uint8Array = NO_DATA): Uint8Array {
  const out = new Uint8Array(OPTION_REPLY_LENGTH + data.length);
  view(out).setBigUint64(0, OPTION_REPLY_MAGIC);
  view(out).setUint32(8, option);
  view(out).setUint32(12, type);
  view(out).setUint32(16, data.length);
  out.set(data, OPTION_REPLY_LENGTH);
  return out;
}

function infoPayload(info: number, length: number): Uint8Array {
  const out = new Uint8Array(length);
  view(out).setUint16(0, info);
  return out;
}

function infoText(info: number, text: string): Uint8Array {
  const bytes = utf8(text);
  const out = infoPayload(info, 2 + bytes.length);
  out.set(bytes, 2);
  return out;
}
