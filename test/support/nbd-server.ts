/**
 * A small NBD server for tests of the client: what it says can be scripted, it can forget what was
 * not flushed, and break at any byte.
 */
import { SECTOR } from '../../core/base/units.ts';
import type { Prng } from '../../core/env/prng.ts';
import type { Scheduler } from '../../core/env/scheduler.ts';
import { Intake } from '../../core/nbd/intake.ts';
import {
  ALLOCATION,
  BASE_ALLOCATION,
  CHUNK,
  CHUNK_MAGIC,
  COMMAND,
  EXPORT_FLAG,
  HANDSHAKE,
  INFO,
  NBD_ERROR,
  NBD_MAGIC,
  OPTION,
  OPTION_MAGIC,
  OPTION_REPLY,
  OPTION_REPLY_MAGIC,
  SIMPLE_REPLY_MAGIC,
} from '../../core/nbd/protocol.ts';
import type { ByteStream } from '../../core/nbd/stream.ts';

const ALL_FLAGS =
  EXPORT_FLAG.hasFlags |
  EXPORT_FLAG.flush |
  EXPORT_FLAG.fua |
  EXPORT_FLAG.trim |
  EXPORT_FLAG.writeZeroes;

export interface ServerHow {
  /** Bytes. */
  size: bigint;
  flags?: number;
  structured?: boolean;
  go?: boolean;
  allocation?: boolean;
  /** Minimum, preferred, maximum. */
  blocks?: readonly [number, number, number];
  noZeroes?: boolean;
  /** Answer to GO instead of the export. */
  refusal?: number;
  scheduler?: Scheduler;
  /** Answers in another order, later, and in chunks cut anywhere. */
  random?: Prng;
  delayMicros?: number;
}

export type Bytes = (number | bigint | string | Uint8Array | readonly [2 | 4, number])[];

/** Numbers are 32 bits, big ones 64, pairs say how many bytes. */
export function packed(parts: Bytes): Uint8Array {
  const pieces = parts.map((part) => {
    if (part instanceof Uint8Array) return part;
    if (typeof part === 'string') return new TextEncoder().encode(part);
    const big = typeof part === 'bigint';
    const length = big ? 8 : typeof part === 'number' ? 4 : part[0];
    const bytes = new Uint8Array(length);
    const data = new DataView(bytes.buffer);
    if (big) data.setBigUint64(0, part);
    else if (typeof part === 'number') data.setUint32(0, part >>> 0);
    else if (part[0] === 2) data.setUint16(0, part[1]);
    else data.setUint32(0, part[1] >>> 0);
    return bytes;
  });
  return new Uint8Array(Buffer.concat(pieces));
}

/** What outlives a server: the platters. */
export class Platter {
  readonly durable: Uint8Array;
  /** With what is in the cache of the server. */
  current: Uint8Array;

  constructor(bytes: number) {
    this.durable = new Uint8Array(bytes);
    this.current = new Uint8Array(bytes);
  }

  /** What a failed flush could not write, and took for written. */
  private given: Uint8Array | undefined;

  flush(): void {
    for (let at = 0; at < this.current.length; at += SECTOR) {
      const sector = this.current.subarray(at, at + SECTOR);
      const given = this.given?.subarray(at, at + SECTOR);
      if (given && Buffer.compare(given, sector) === 0) continue;
      this.durable.set(sector, at);
    }
  }

  /** As Linux has it: the next flush does not find again what this one could not write. */
  failFlush(): void {
    this.given = this.current.slice();
  }

  /** A sector is written, perhaps with what was there. */
  write(data: Uint8Array, offset: number): void {
    this.current.set(data, offset);
    this.given?.set(
      new Uint8Array(data.length).map((_, at) => ~(data[at] ?? 0)),
      offset,
    );
  }

  /** The server ends; by chance every sector that was not flushed survives or does not. */
  crash(random?: Prng): void {
    const left = this.durable.slice();
    for (let at = 0; at < left.length && random; at += SECTOR) {
      if (random.below(2) === 0) left.set(this.current.subarray(at, at + SECTOR), at);
    }
    this.durable.set(left);
    this.current = left;
    this.given = undefined;
  }
}

export class TestServer {
  /** Requests that came, in words. */
  readonly asked: string[] = [];
  /** Errors for the next requests of a kind. */
  readonly failures: { command: keyof typeof COMMAND; error: number }[] = [];
  /** Requests that are taken and never answered. */
  mute = false;
  private structured = false;
  private dead = false;
  private kept: Bytes[number][] | undefined;

  constructor(
    readonly stream: ByteStream,
    private readonly how: ServerHow,
    readonly platter: Platter,
  ) {
    stream.onClose(() => {
      this.dead = true;
    });
    this.greet(new Intake(stream));
  }

  say(...parts: Bytes): void {
    if (this.kept) this.kept.push(...parts);
    else if (!this.dead) this.stream.write([packed(parts)]);
  }

  /** What is said from now on goes in one piece, at `letGo`. */
  keepBack(): void {
    this.kept = [];
  }

  letGo(): void {
    const parts = this.kept ?? [];
    this.kept = undefined;
    this.say(...parts);
  }

  kill(): void {
    this.dead = true;
    this.stream.destroy();
  }

  private greet(intake: Intake): void {
    const zeroes = this.how.noZeroes === false ? 0 : HANDSHAKE.noZeroes;
    this.say(NBD_MAGIC, OPTION_MAGIC, [2, HANDSHAKE.fixedNewstyle | zeroes]);
    intake.message(4, () => this.awaitOption(intake));
  }

  private awaitOption(intake: Intake): void {
    intake.message(16, (data, at) => {
      const [option, length] = [data.getUint32(at + 8), data.getUint32(at + 12)];
      const payload = new Uint8Array(length);
      const act = (): void => this.option(intake, option, payload);
      if (length === 0) act();
      else intake.fill(payload, act);
    });
  }

  private option(intake: Intake, option: number, payload: Uint8Array): void {
    const { how } = this;
    const reply = (type: number, ...parts: Bytes): void => {
      const body = packed(parts);
      this.say(OPTION_REPLY_MAGIC, option, type, body.length, body);
    };
    const again = (): void => this.awaitOption(intake);
    if (option === OPTION.structuredReply && how.structured !== false) {
      this.structured = true;
      reply(OPTION_REPLY.ack);
      return again();
    }
    if (option === OPTION.setMetaContext && how.allocation !== false) {
      reply(OPTION_REPLY.metaContext, 7, BASE_ALLOCATION);
      reply(OPTION_REPLY.ack);
      return again();
    }
    const flags = how.flags ?? ALL_FLAGS;
    if (option === OPTION.go && how.go !== false) {
      if (how.refusal !== undefined) {
        reply(how.refusal, 'so says the server');
        return again();
      }
      reply(OPTION_REPLY.info, [2, INFO.export], how.size, [2, flags]);
      if (how.blocks) reply(OPTION_REPLY.info, [2, INFO.blockSize], ...how.blocks);
      reply(OPTION_REPLY.ack);
      return this.awaitRequest(intake);
    }
    if (option === OPTION.exportName) {
      this.asked.push(`export ${new TextDecoder().decode(payload)}`);
      this.say(how.size, [2, flags], new Uint8Array(how.noZeroes === false ? 124 : 0));
      return this.awaitRequest(intake);
    }
    reply(OPTION_REPLY.unsupported);
    return again();
  }

  private awaitRequest(intake: Intake): void {
    intake.message(28, (data, at) => {
      const [flags, type] = [data.getUint16(at + 4), data.getUint16(at + 6)];
      const cookie = data.getBigUint64(at + 8);
      const offset = Number(data.getBigUint64(at + 16));
      const length = data.getUint32(at + 24);
      const command =
        (Object.entries(COMMAND).find(([, number]) => number === type)?.[0] as
          keyof typeof COMMAND | undefined) ?? 'cache';
      this.asked.push(`${command} ${offset} ${length}${flags === 0 ? '' : ` flags ${flags}`}`);
      const payload = new Uint8Array(type === COMMAND.write ? length : 0);
      const act = (): void => {
        this.awaitRequest(intake);
        if (command === 'disconnect' || this.mute) return;
        this.later(() => this.perform({ command, cookie, offset, length, flags, payload }));
      };
      if (payload.length === 0) act();
      else intake.fill(payload, act);
    });
  }

  private later(run: () => void): void {
    const { scheduler, random, delayMicros = 1 } = this.how;
    if (!scheduler || !random) return run();
    scheduler.after(random.below(delayMicros), 'server', () => {
      if (!this.dead) run();
    });
  }

  private perform(request: {
    command: keyof typeof COMMAND;
    cookie: bigint;
    offset: number;
    length: number;
    flags: number;
    payload: Uint8Array;
  }): void {
    const { command, cookie, offset, length, flags, payload } = request;
    const [minimum] = this.how.blocks ?? [1];
    const failure = this.failures.findIndex((one) => one.command === command);
    const unaligned = offset % minimum !== 0 || length % minimum !== 0;
    const outside = BigInt(offset + length) > this.how.size;
    if (failure >= 0 || unaligned || outside) {
      const [planned] = failure >= 0 ? this.failures.splice(failure, 1) : [];
      if (command === 'flush') this.platter.failFlush();
      return this.answer(cookie, planned?.error ?? NBD_ERROR.EINVAL);
    }
    const { platter } = this;
    if (command === 'write') platter.write(payload, offset);
    const drops = command === 'trim' && this.how.random?.below(2) === 0;
    if (command === 'writeZeroes' || drops) platter.write(new Uint8Array(length), offset);
    if ((flags & 1) !== 0) {
      platter.durable.set(platter.current.subarray(offset, offset + length), offset);
    }
    if (command === 'flush') {
      platter.flush();
      return this.later(() => this.answer(cookie, 0));
    }
    if (command === 'read') return this.data(cookie, offset, length);
    if (command === 'blockStatus') {
      return this.chunk(cookie, CHUNK.blockStatus, 1, 7, length, ALLOCATION.hole | ALLOCATION.zero);
    }
    this.answer(cookie, 0);
  }

  private answer(cookie: bigint, error: number): void {
    const random = this.how.random;
    // A server may answer what is no read in either way.
    if (!this.structured || (error === 0 && random?.below(2) === 0)) {
      return this.say(SIMPLE_REPLY_MAGIC, error, cookie);
    }
    if (error === 0) return this.chunk(cookie, CHUNK.none, 1);
    this.chunk(cookie, CHUNK.error, 1, error, [2, 4], 'oops');
  }

  private data(cookie: bigint, offset: number, length: number): void {
    const bytes = this.platter.current.slice(offset, offset + length);
    if (!this.structured) return this.say(SIMPLE_REPLY_MAGIC, 0, cookie, bytes);
    const { random } = this.how;
    const cuts = new Set([0, length]);
    for (let left = random?.below(4) ?? 0; left > 0; left--) cuts.add(random?.below(length) ?? 0);
    const sorted = [...cuts].sort((a, b) => a - b);
    const runs = sorted.slice(1).map((to, index) => ({ from: sorted[index] ?? 0, to }));
    if (random?.below(2) === 0) runs.reverse();
    for (const { from, to } of runs) {
      const part = bytes.subarray(from, to);
      const at = BigInt(offset + from);
      if (part.every((byte) => byte === 0)) {
        this.chunk(cookie, CHUNK.offsetHole, 0, at, part.length);
      } else this.chunk(cookie, CHUNK.offsetData, 0, at, part);
    }
    this.chunk(cookie, CHUNK.none, 1);
  }

  private chunk(cookie: bigint, type: number, flags: number, ...parts: Bytes): void {
    const body = packed(parts);
    this.say(CHUNK_MAGIC, [2, flags], [2, type], cookie, body.length, body);
  }
}
