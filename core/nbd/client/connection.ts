/**
 * The part of a connection in which requests are made. Answers come in any order, whole or in
 * chunks, and are believed only as far as they fit what was asked: anything else ends it.
 */
import { assert } from '../../base/assert.ts';
import { SECTOR, type Sectors } from '../../base/units.ts';
import type { Intake } from '../intake.ts';
import {
  CHUNK,
  CHUNK_FLAG,
  CHUNK_MAGIC,
  COMMAND,
  REQUEST_LENGTH,
  REQUEST_MAGIC,
  SIMPLE_REPLY_LENGTH,
  SIMPLE_REPLY_MAGIC,
  TEXT_LIMIT,
} from '../protocol.ts';
import type { ByteStream } from '../stream.ts';
import { Coverage } from './coverage.ts';
import type { ExportFacts } from './export-facts.ts';
import { broke, type NbdFailure } from './failure.ts';

export interface NbdRequest {
  readonly command: 'read' | 'write' | 'flush' | 'trim' | 'writeZeroes' | 'blockStatus';
  readonly start: Sectors;
  /** 0 for a flush. */
  readonly count: Sectors;
  /** What is written, or where to read to: `count` sectors. */
  readonly data?: Uint8Array;
  /** COMMAND_FLAG. */
  readonly flags?: number;
}

/** Of `base:allocation`: bytes, ALLOCATION. */
export interface StatusRun {
  readonly length: number;
  readonly flags: number;
}

/** What became of a request: a number of NBD_ERROR, or 0. */
export interface Answer {
  readonly error: number;
  /** Of a question for allocation that was answered. */
  readonly runs?: readonly StatusRun[];
}

interface Pending {
  readonly request: NbdRequest;
  readonly done: (answer: Answer) => void;
  readonly coverage: Coverage;
  /** Chunks that may still come: a server has no reason to send more. */
  chunks: number;
  error: number;
  runs?: StatusRun[];
}

/** Bytes of an answer about allocation, at most. */
const STATUS_LIMIT = 2 ** 21;
const ERROR_LIMIT = TEXT_LIMIT + 16;
const SPARE_CHUNKS = 16;
const CHUNK_REST = 4;
const OFFSET = 8;
const HOLE = 12;

export class Connection {
  private readonly pending = new Map<number, Pending>();
  private nextCookie = 1;
  private over = false;

  /**
   * @param ended called once; what was not answered by then never is
   */
  constructor(
    private readonly stream: ByteStream,
    private readonly intake: Intake,
    readonly facts: ExportFacts,
    private readonly ended: (failure: NbdFailure) => void,
  ) {
    this.awaitReply();
  }

  /** Bytes that have come: an answer under way is a sign of life, too. */
  get received(): number {
    return this.intake.received;
  }

  send(request: NbdRequest, done: (answer: Answer) => void): void {
    const cookie = this.nextCookie;
    this.nextCookie = (cookie % (2 ** 32 - 1)) + 1;
    const { command, start, count, data, flags = 0 } = request;
    const length = count * SECTOR;
    const carries = command === 'read' || command === 'write';
    assert(!carries || data?.length === length, `${length} bytes to ${command}`);
    const coverage = new Coverage(length);
    const chunks = SPARE_CHUNKS + (command === 'read' ? count : 0);
    this.pending.set(cookie, { request, done, coverage, chunks, error: 0 });
    const bytes = new Uint8Array(REQUEST_LENGTH);
    const header = new DataView(bytes.buffer);
    header.setUint32(0, REQUEST_MAGIC);
    header.setUint16(4, flags);
    header.setUint16(6, COMMAND[command]);
    header.setUint32(12, cookie);
    header.setBigUint64(16, BigInt(start) * BigInt(SECTOR));
    header.setUint32(24, length);
    this.stream.write(command === 'write' && data ? [bytes, data] : [bytes]);
  }

  /** In good order: the server hears that nothing more comes. */
  close(): void {
    if (this.over) return;
    this.over = true;
    this.intake.close();
    const bytes = new Uint8Array(REQUEST_LENGTH);
    const header = new DataView(bytes.buffer);
    header.setUint32(0, REQUEST_MAGIC);
    header.setUint16(6, COMMAND.disconnect);
    this.stream.write([bytes]);
    this.stream.end();
  }

  drop(failure: NbdFailure): void {
    if (this.over) return;
    this.over = true;
    this.intake.close();
    this.stream.destroy();
    this.ended(failure);
  }

  private awaitReply(): void {
    this.intake.message(SIMPLE_REPLY_LENGTH, (data, at) => {
      const magic = data.getUint32(at);
      if (magic === SIMPLE_REPLY_MAGIC) return this.simple(data, at);
      if (magic !== CHUNK_MAGIC || !this.facts.structured) return this.violated('no magic number');
      const [flags, type] = [data.getUint16(at + 4), data.getUint16(at + 6)];
      const cookie = this.cookieAt(data, at + 8);
      const found = cookie === undefined ? undefined : this.pending.get(cookie);
      this.intake.message(CHUNK_REST, (rest, start) => {
        if (cookie === undefined || !found) return this.violated('nobody asked that');
        if (--found.chunks < 0) return this.violated('chunks without end');
        const length = rest.getUint32(start);
        this.chunk(found, type, length, () => {
          if ((flags & CHUNK_FLAG.done) === 0) return this.awaitReply();
          return this.finish(cookie, found);
        });
      });
    });
  }

  /** Ours have a first half of zeroes. */
  private cookieAt(data: DataView, at: number): number | undefined {
    return data.getUint32(at) === 0 ? data.getUint32(at + 4) : undefined;
  }

  private simple(data: DataView, at: number): void {
    const error = data.getUint32(at + 4);
    const cookie = this.cookieAt(data, at + 8);
    const found = cookie === undefined ? undefined : this.pending.get(cookie);
    if (cookie === undefined || !found) return this.violated('nobody asked that');
    const { request, coverage } = found;
    found.error = error;
    if (error !== 0 || request.command !== 'read') return this.finish(cookie, found);
    if (this.facts.structured) return this.violated('a read that is not in chunks');
    const into = request.data ?? NOWHERE;
    this.intake.fill(into, () => {
      coverage.add(0, into.length);
      this.finish(cookie, found);
    });
  }

  private chunk(found: Pending, type: number, length: number, next: () => void): void {
    const { command } = found.request;
    const isRead = command === 'read';
    if (type === CHUNK.none) {
      return length === 0 ? next() : this.violated('a chunk of nothing that has a length');
    }
    if (type >= FIRST_ERROR) return this.errorChunk(found, type, length, next);
    if (type === CHUNK.offsetData && isRead) return this.dataChunk(found, length, next);
    if (type === CHUNK.offsetHole && isRead) return this.holeChunk(found, length, next);
    if (type === CHUNK.blockStatus && command === 'blockStatus') {
      return this.statusChunk(found, length, next);
    }
    return this.violated(`chunk ${type} for a ${command}`);
  }

  private dataChunk(found: Pending, length: number, next: () => void): void {
    this.intake.message(OFFSET, (data, at) => {
      const from = this.offsetIn(found, data, at);
      const to = from + length - OFFSET;
      if (!found.coverage.add(from, to)) return this.violated('data beside what was asked for');
      this.intake.fill((found.request.data ?? NOWHERE).subarray(from, to), next);
    });
  }

  private holeChunk(found: Pending, length: number, next: () => void): void {
    if (length !== HOLE) return this.violated('a hole of odd length');
    this.intake.message(HOLE, (data, at) => {
      const from = this.offsetIn(found, data, at);
      const to = from + data.getUint32(at + OFFSET);
      if (!found.coverage.add(from, to)) return this.violated('a hole beside what was asked for');
      found.request.data?.fill(0, from, to);
      next();
    });
  }

  /** Bytes from the beginning of what was asked for; negative or far too much where it is not. */
  private offsetIn({ request }: Pending, data: DataView, at: number): number {
    return Number(data.getBigUint64(at) - BigInt(request.start) * BigInt(SECTOR));
  }

  private errorChunk(found: Pending, type: number, length: number, next: () => void): void {
    const least = type === CHUNK.errorOffset ? 14 : 6;
    if (length < least || length > ERROR_LIMIT) return this.violated('an error of odd length');
    this.intake.message(length, (data, at) => {
      const error = data.getUint32(at);
      if (error === 0) return this.violated('an error that is none');
      if (data.getUint16(at + 4) > length - least) return this.violated('an error of odd length');
      found.error ||= error;
      next();
    });
  }

  private statusChunk(found: Pending, length: number, next: () => void): void {
    const runs = (length - 4) / 8;
    if (!Number.isInteger(runs) || runs < 1 || length > STATUS_LIMIT || found.runs) {
      return this.violated('an odd answer about allocation');
    }
    this.intake.message(length, (data, at) => {
      if (data.getUint32(at) !== this.facts.allocation) {
        return this.violated('allocation in a context that was not asked for');
      }
      found.runs = Array.from({ length: runs }, (_, index) => ({
        length: data.getUint32(at + 4 + index * 8),
        flags: data.getUint32(at + 8 + index * 8),
      }));
      if (found.runs.some((run) => run.length === 0)) return this.violated('a run of no bytes');
      next();
    });
  }

  private finish(cookie: number, found: Pending): void {
    const { error, runs, request, coverage, done } = found;
    if (error === 0 && request.command === 'read' && !coverage.whole) {
      return this.violated('a read that ends too early');
    }
    if (error === 0 && request.command === 'blockStatus' && !runs) {
      return this.violated('no answer about allocation');
    }
    this.pending.delete(cookie);
    this.awaitReply();
    done(runs ? { error, runs } : { error });
  }

  private violated(how: string): void {
    this.drop(broke(how));
  }
}

const FIRST_ERROR = 2 ** 15;
const NOWHERE = new Uint8Array(0);
