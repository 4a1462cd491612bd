/**
 * From the first byte of a server to an export: fixed newstyle. What is asked for, in this order:
 * replies in chunks, `base:allocation`, the export with its block sizes. A server that does not
 * know how to answer one of them says so, and is asked for less.
 */
import {
  bytesToByteString,
  byteStringToBytes,
  byteStringToUtf8,
  concatBytes,
  utf8ToByteString,
} from '../../base/bytes.ts';
import { printable } from '../../base/printable.ts';
import { err, ok, type Result } from '../../base/result.ts';
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
  TEXT_LIMIT,
  isOptionError,
} from '../protocol.ts';
import type { ByteStream } from '../stream.ts';
import { SILENT, exportFacts, type BlockSizes, type ExportFacts } from './export-facts.ts';
import { broke, type NbdFailure } from './failure.ts';

export type Shaken = Result<ExportFacts, NbdFailure>;

/** Answers to one option before we lose patience, and bytes of one of them. */
const REPLY_LIMIT = 64;
const LENGTH_LIMIT = 2 * TEXT_LIMIT;
/** Characters of what a server says that are handed on. */
const SAID_LIMIT = 200;

const GREETING = 18;
const OLDSTYLE_MAGIC = 0x00420281861253n;
/** Bytes of zeroes that an answer to the oldest option ends with. */
const ZEROES = 124;

/** One answer to an option. */
interface Reply {
  readonly type: number;
  readonly data: DataView;
}

/**
 * @param done called once, unless the stream ends before. After a failure nothing more is taken.
 */
export function shakeHands(
  stream: ByteStream,
  intake: Intake,
  exportName: string,
  done: (shaken: Shaken) => void,
): void {
  new Handshake(stream, intake, exportName, done).begin();
}

class Handshake {
  private noZeroes = false;
  private structured = false;
  private allocation: number | undefined;
  private over = false;
  private readonly name: Uint8Array;

  constructor(
    private readonly stream: ByteStream,
    private readonly intake: Intake,
    exportName: string,
    private readonly done: (shaken: Shaken) => void,
  ) {
    this.name = byteStringToBytes(utf8ToByteString(exportName));
  }

  begin(): void {
    this.intake.message(GREETING, (data, at) => {
      const [magic, style] = [data.getBigUint64(at), data.getBigUint64(at + 8)];
      if (magic !== NBD_MAGIC) return this.fail({ kind: 'protocol', why: 'is no NBD server' });
      const flags = data.getUint16(at + 16);
      if (style === OLDSTYLE_MAGIC || (flags & HANDSHAKE.fixedNewstyle) === 0) {
        const why = 'speaks an old style of NBD: fixed newstyle is needed';
        return this.fail({ kind: 'protocol', why });
      }
      if (style !== OPTION_MAGIC) return this.fail(broke('a greeting of unknown style'));
      this.noZeroes = (flags & HANDSHAKE.noZeroes) !== 0;
      const answer = new Uint8Array(4);
      const zeroes = this.noZeroes ? HANDSHAKE.noZeroes : 0;
      new DataView(answer.buffer).setUint32(0, HANDSHAKE.fixedNewstyle | zeroes);
      this.stream.write([answer]);
      this.askStructured();
    });
  }

  private askStructured(): void {
    this.ask(OPTION.structuredReply, new Uint8Array(0), ({ type, data }) => {
      if (type === OPTION_REPLY.ack && data.byteLength === 0) {
        this.structured = true;
        return this.askAllocation();
      }
      if (isRefusal(type)) return this.askExport();
      return this.settle(type, data);
    });
  }

  /** Where data lies; a server that cannot say makes no difference to anything else. */
  private askAllocation(): void {
    const context = byteStringToBytes(BASE_ALLOCATION);
    const payload = concatBytes([sized(this.name), number32(1), sized(context)]);
    this.ask(OPTION.setMetaContext, payload, ({ type, data }, again) => {
      if (type === OPTION_REPLY.metaContext) {
        if (data.byteLength < 4) return this.fail(broke('a metadata context without a number'));
        if (text(data, 4) === BASE_ALLOCATION) this.allocation = data.getUint32(0);
        return again();
      }
      if (type === OPTION_REPLY.ack || isOptionError(type)) return this.askExport();
      return this.settle(type, data);
    });
  }

  private askExport(): void {
    const payload = concatBytes([sized(this.name), number16(1), number16(INFO.blockSize)]);
    let found: { size: bigint; flags: number } | undefined;
    let sizes = SILENT;
    this.ask(OPTION.go, payload, ({ type, data }, again) => {
      if (type === OPTION_REPLY.info) {
        const kind = data.byteLength < 2 ? -1 : data.getUint16(0);
        if (kind === INFO.export) {
          if (data.byteLength !== 12) return this.fail(broke('an export of odd length'));
          found = { size: data.getBigUint64(2), flags: data.getUint16(10) };
        } else if (kind === INFO.blockSize) {
          const said = blockSizes(data);
          if (!said) return this.fail(broke('block sizes of odd length'));
          sizes = said;
        } else if (kind < 0) return this.fail(broke('an information without a kind'));
        return again();
      }
      if (type === OPTION_REPLY.ack) {
        if (!found) return this.fail(broke('an export that nothing was said about'));
        return this.settled({ ...found, sizes });
      }
      // An old server: it closes the connection where it has no such export.
      if (type === OPTION_REPLY.unsupported) return this.askByName();
      return this.settle(type, data);
    });
  }

  private askByName(): void {
    this.stream.write([optionHeader(OPTION.exportName, this.name.length), this.name]);
    const length = 10;
    this.intake.message(length, (data, at) => {
      const found = { size: data.getBigUint64(at), flags: data.getUint16(at + 8) };
      this.intake.skip(this.noZeroes ? 0 : ZEROES, () => {
        this.settled({ ...found, sizes: SILENT });
      });
    });
  }

  /** Sends an option and hands over its answers, one at a time; `again` waits for another one. */
  private ask(
    option: number,
    payload: Uint8Array,
    take: (reply: Reply, again: () => void) => void,
  ): void {
    this.stream.write([optionHeader(option, payload.length), payload]);
    let answers = 0;
    const next = (): void => {
      if (++answers > REPLY_LIMIT) return this.fail(broke('answers without end to one option'));
      this.intake.message(OPTION_REPLY_LENGTH, (data, at) => {
        const [type, length] = [data.getUint32(at + 12), data.getUint32(at + 16)];
        if (data.getBigUint64(at) !== OPTION_REPLY_MAGIC) {
          return this.fail(broke('an answer to an option without its magic'));
        }
        if (data.getUint32(at + 8) !== option) {
          return this.fail(broke('an answer to another option'));
        }
        if (length > LENGTH_LIMIT) return this.fail(broke(`an answer of ${length} bytes`));
        const bytes = new Uint8Array(length);
        const reply = { type, data: new DataView(bytes.buffer) };
        if (length === 0) return take(reply, next);
        this.intake.fill(bytes, () => {
          take(reply, next);
        });
      });
    };
    next();
  }

  /** An answer that leads nowhere: the server's no, or nonsense. */
  private settle(type: number, data: DataView): void {
    if (!isOptionError(type)) return this.fail(broke(`answer ${type} to an option`));
    const said = printable(byteStringToUtf8(text(data, 0)))
      .slice(0, SAID_LIMIT)
      .trim();
    const why = REFUSALS.get(type) ?? `was refused by the server (error ${type - 2 ** 31})`;
    this.fail({ kind: 'refused', why: said === '' ? why : `${why} (it says: ${said})` });
  }

  private settled(said: { size: bigint; flags: number; sizes: BlockSizes }): void {
    const { structured, allocation } = this;
    const rest = { structured, ...(allocation !== undefined && { allocation }) };
    const facts = exportFacts(said, rest);
    if (!facts.ok) return this.fail(facts.error);
    this.finish(ok(facts.value));
  }

  private fail(failure: NbdFailure): void {
    this.intake.close();
    this.finish(err(failure));
  }

  private finish(shaken: Shaken): void {
    if (this.over) return;
    this.over = true;
    this.done(shaken);
  }
}

const REFUSALS: ReadonlyMap<number, string> = new Map([
  [OPTION_REPLY.policy, 'is not for us: the server has a policy against it'],
  [OPTION_REPLY.tlsRequired, 'is only to be had with TLS, which is not spoken here'],
  [OPTION_REPLY.unknown, 'is not exported by the server'],
  [OPTION_REPLY.shutdown, 'is on a server that is shutting down'],
]);

/** The option is not for this server; the handshake goes on without it. */
const isRefusal = (type: number): boolean =>
  isOptionError(type) && type !== OPTION_REPLY.tlsRequired && type !== OPTION_REPLY.shutdown;

function blockSizes(data: DataView): BlockSizes | undefined {
  if (data.byteLength !== 14) return undefined;
  return {
    minimum: data.getUint32(2),
    preferred: data.getUint32(6),
    maximum: data.getUint32(10),
  };
}

const text = (data: DataView, from: number): string =>
  bytesToByteString(new Uint8Array(data.buffer, data.byteOffset + from, data.byteLength - from));

function optionHeader(option: number, length: number): Uint8Array {
  const header = new Uint8Array(OPTION_LENGTH);
  const data = new DataView(header.buffer);
  data.setBigUint64(0, OPTION_MAGIC);
  data.setUint32(8, option);
  data.setUint32(12, length);
  return header;
}

const sized = (bytes: Uint8Array): Uint8Array => concatBytes([number32(bytes.length), bytes]);

function number32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}

function number16(value: number): Uint8Array {
  return number32(value).subarray(2);
}
