/**
 * An export as a disk. It outlives its connections: see link.ts for requests, unflushed.ts for what
 * a server may forget, docs/decisions/017 for what that promises.
 */
import { must } from '../../base/assert.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { SECTOR, sectors, type Sectors } from '../../base/units.ts';
import {
  checkIo,
  ioFailure,
  type BlockDevice,
  type Io,
  type IoResult,
} from '../../block/device.ts';
import { sleep } from '../../env/scheduler.ts';
import { COMMAND_FLAG, EXPORT_FLAG, NBD_ERROR } from '../protocol.ts';
import type { NbdRequest } from './connection.ts';
import type { ExportFacts } from './export-facts.ts';
import type { NbdFailure } from './failure.ts';
import { Link, type LinkOptions } from './link.ts';
import { Unflushed } from './unflushed.ts';
import { WriteTurns } from './write-turns.ts';

export interface NbdDiskOptions extends Omit<LinkOptions, 'owed'> {
  /** Refuses to write, whatever the server would take. */
  readonly readOnly: boolean;
}

type Done = Result<void, string>;
type Write = Extract<Io, { op: 'write' }>;

/** Bytes, and writes, that are held before a flush is begun, and before further writes wait. */
const FLUSH_AT = { bytes: 2 ** 25, writes: 4096 };
const HOLD_AT = { bytes: 2 ** 26, writes: 8192 };

/** How long a look waits for a server that is not there, and the end for a last flush. */
const LOOK_MICROS = 300_000;
const CLOSE_MICROS = 3_000_000;

export class NbdDisk implements BlockDevice {
  private readonly link: Link;
  private readonly unflushed = new Unflushed();
  private readonly turns = new WriteTurns();
  /** The one we began by ourselves. */
  private flushing: Promise<Done> | undefined;

  constructor(private readonly options: NbdDiskOptions) {
    this.link = new Link({ ...options, owed: () => this.owed() });
  }

  get name(): string {
    return this.options.name;
  }

  /** Nothing before the first connection; from then on it never changes. */
  get size(): Sectors {
    return this.link.facts?.size ?? sectors(0);
  }

  get readOnly(): boolean {
    return this.options.readOnly || this.has('readOnly');
  }

  get facts(): ExportFacts | undefined {
    return this.link.facts;
  }

  /** Why it cannot be used just now, in a clause about the address; undefined while it can. */
  get trouble(): string | undefined {
    return this.link.failure?.why ?? (this.link.silent ? 'does not answer' : undefined);
  }

  /** Whether it is lost for good: it has to be opened anew. */
  get lost(): boolean {
    return this.link.over;
  }

  /** The first connection. Where it fails, others are tried by themselves. */
  async open(): Promise<Result<ExportFacts, NbdFailure>> {
    await this.link.connect();
    const { facts, failure } = this.link;
    if (facts) return ok(facts);
    return err(failure ?? { kind: 'ended', why: 'is closed' });
  }

  /** Tries to have it back where it is away; takes no longer than a moment. */
  async look(): Promise<void> {
    if (this.link.failure === undefined || this.link.over) return;
    const { scheduler, name } = this.options;
    await Promise.race([this.link.connect(), sleep(scheduler, LOOK_MICROS, `${name} look`)]);
  }

  /** What was acknowledged is flushed if that can be done at once. */
  async close(): Promise<void> {
    if (this.link.failure === undefined && this.unflushed.count > 0) {
      const { scheduler, name } = this.options;
      await Promise.race([this.flush(), sleep(scheduler, CLOSE_MICROS, `${name} last flush`)]);
    }
    this.link.close();
  }

  async submit(io: Io): Promise<IoResult> {
    const refused = checkIo(this, io);
    if (refused) return err(refused);
    const done = await this.perform(io);
    return done.ok ? ok() : err(ioFailure(this.name, io, done.error));
  }

  private perform(io: Io): Promise<Done> {
    switch (io.op) {
      case 'read':
        return this.read(io.start, io.data);
      case 'write':
        return this.write(io);
      case 'flush':
        return this.readOnly ? Promise.resolve(ok()) : this.flush();
    }
  }

  private async read(start: Sectors, data: Uint8Array): Promise<Done> {
    const { block } = this.known;
    const count = data.length / SECTOR;
    const [from, to] = [floor(start, block), ceil(start + count, block)];
    if (from === start && to === start + count) return this.pieces('read', start, data);
    const around = new Uint8Array((to - from) * SECTOR);
    const done = await this.pieces('read', from, around);
    if (!done.ok) return done;
    const skip = (start - from) * SECTOR;
    data.set(around.subarray(skip, skip + data.length));
    return done;
  }

  private async write({ start, data, fua = false }: Write): Promise<Done> {
    const { block } = this.known;
    const [from, to] = [floor(start, block), ceil(start + data.length / SECTOR, block)];
    const room = await this.room(data.length);
    if (!room.ok) return room;
    const free = await this.turns.take(from, to);
    try {
      const whole = await this.wholeBlocks(start, data, from, to);
      if (!whole.ok) return whole;
      const durable = fua && this.has('fua');
      const flags = durable ? COMMAND_FLAG.fua : 0;
      const done = await this.pieces('write', from, whole.value, flags);
      if (!done.ok || !fua || durable) return done;
    } finally {
      free();
    }
    return this.flush();
  }

  /** What is written, with what its first and last block have around it. */
  private async wholeBlocks(
    start: number,
    data: Uint8Array,
    from: number,
    to: number,
  ): Promise<Result<Uint8Array, string>> {
    const end = start + data.length / SECTOR;
    if (from === start && to === end) return ok(data);
    const { block } = this.known;
    const whole = new Uint8Array((to - from) * SECTOR);
    const fetch = (at: number): Promise<Done> => {
      const into = whole.subarray((at - from) * SECTOR, (at - from + block) * SECTOR);
      return this.pieces('read', at, into);
    };
    const first = from < start || end < from + block ? await fetch(from) : ok();
    const last = to - block > from && end < to ? await fetch(to - block) : ok();
    if (!first.ok) return first;
    if (!last.ok) return last;
    whole.set(data, (start - from) * SECTOR);
    return ok(whole);
  }

  /** One request, or as many as the server's limit makes of it. */
  private async pieces(
    command: 'read' | 'write',
    start: number,
    data: Uint8Array,
    flags = 0,
  ): Promise<Done> {
    const most = this.known.most * SECTOR;
    if (data.length <= most) return this.piece(command, start, data, flags);
    const parts: Promise<Done>[] = [];
    for (let at = 0; at < data.length; at += most) {
      parts.push(this.piece(command, start + at / SECTOR, data.subarray(at, at + most), flags));
    }
    const all = await Promise.all(parts);
    return all.find((one) => !one.ok) ?? ok();
  }

  private async piece(
    command: 'read' | 'write',
    start: number,
    data: Uint8Array,
    flags: number,
  ): Promise<Done> {
    const count = data.length / SECTOR;
    const request = { command, start: sectors(start), count: sectors(count), data, flags };
    const done = await this.link.perform(request, ({ error }) => {
      if (error === 0 && command === 'write' && this.has('flush')) this.hold(request);
    });
    if (!done.ok) return done;
    const { error } = done.value;
    return error === 0 ? ok() : err(errorWords(error));
  }

  private hold({ start, count, data, flags = 0 }: NbdRequest): void {
    if ((flags & COMMAND_FLAG.fua) !== 0) this.unflushed.cut(start, start + count);
    else this.unflushed.put(start, start + count, data);
    if (this.exceeds(FLUSH_AT)) void this.flushByOurselves();
  }

  private exceeds(limit: typeof HOLD_AT, more = 0): boolean {
    const { bytes, count } = this.unflushed;
    return count > 0 && (bytes + more > limit.bytes || count > limit.writes);
  }

  /** Waits until what is held leaves room for a write. */
  private async room(bytes: number): Promise<Done> {
    while (this.exceeds(HOLD_AT, bytes)) {
      const flushed = await this.flushByOurselves();
      if (!flushed.ok) return flushed;
    }
    return ok();
  }

  private flushByOurselves(): Promise<Done> {
    this.flushing ??= this.flush().finally(() => {
      this.flushing = undefined;
    });
    return this.flushing;
  }

  /**
   * A server that could not flush may have dropped what it could not write, and would call the next
   * flush a success. Over a new connection everything is written again first.
   */
  private async flush(): Promise<Done> {
    if (!this.has('flush')) return ok();
    const mark = this.unflushed.mark();
    const request = { command: 'flush', start: sectors(0), count: sectors(0) } as const;
    const done = await this.link.perform(request, ({ error }) => {
      if (error === 0) this.unflushed.forget(mark);
    });
    if (!done.ok) return done;
    const { error } = done.value;
    if (error === 0) return ok();
    const why = errorWords(error);
    this.link.drop({ kind: 'refused', why: `could not flush: ${why}` });
    return err(why);
  }

  /** In pieces that the server takes. */
  private owed(): readonly NbdRequest[] {
    if (this.unflushed.count === 0) return [];
    const { most } = this.known;
    return this.unflushed.all().flatMap(({ start, end, data }) => {
      const requests: NbdRequest[] = [];
      for (let at = start; at < end && data; at += most) {
        const count = Math.min(most, end - at);
        const bytes = data.subarray((at - start) * SECTOR, (at - start + count) * SECTOR);
        requests.push({
          command: 'write',
          start: sectors(at),
          count: sectors(count),
          data: bytes,
        });
      }
      return requests;
    });
  }

  private has(flag: 'readOnly' | 'flush' | 'fua'): boolean {
    return ((this.link.facts?.flags ?? 0) & EXPORT_FLAG[flag]) !== 0;
  }

  private get known(): ExportFacts {
    return must(this.link.facts, 'what is known of an export with sectors');
  }
}

const floor = (sector: number, block: number): number => sector - (sector % block);
const ceil = (sector: number, block: number): number => floor(sector + block - 1, block);

const WORDS: Readonly<Record<string, string>> = {
  EPERM: 'operation not permitted',
  EIO: 'input/output error',
  ENOMEM: 'cannot allocate memory',
  EINVAL: 'invalid argument',
  ENOSPC: 'no space left on device',
  EOVERFLOW: 'value too large',
  ENOTSUP: 'operation not supported',
};

function errorWords(error: number): string {
  const name = Object.entries(NBD_ERROR).find(([, number]) => number === error)?.[0] ?? '';
  return `the server says: ${WORDS[name] ?? `error ${error}`}`;
}
