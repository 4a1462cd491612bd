/**
 * What is asked of a disk, as requests that its server takes: cut to its blocks and limits, in turn
 * where they share a block, and held until a flush has covered them.
 */
import { must } from '../../base/assert.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { SECTOR, sectors, type Sectors } from '../../base/units.ts';
import { run } from '../../block/allocation.ts';
import type { Allocation, DataIo, SpanIo } from '../../block/device.ts';
import { COMMAND_FLAG, EXPORT_FLAG } from '../protocol.ts';
import { allocationBy } from './allocation.ts';
import type { NbdRequest } from './connection.ts';
import type { ExportFacts } from './export-facts.ts';
import type { Link } from './link.ts';
import { errorWords } from './server-errors.ts';
import { Unflushed } from './unflushed.ts';
import { WriteTurns } from './write-turns.ts';

/** The error is a clause about the server. */
export type Done = Result<void, string>;

type Write = Extract<DataIo, { op: 'write' }>;
type Command = 'read' | 'write' | 'trim' | 'writeZeroes';

/** Bytes, and writes, that are held before a flush is begun, and before further writes wait. */
const FLUSH_AT = { bytes: 2 ** 25, writes: 4096 };
const HOLD_AT = { bytes: 2 ** 26, writes: 8192 };

/** Sectors of one request that carries no data, 1 GiB; and of zeros that are written as data. */
const SPAN = 2 ** 21;
const ZEROS = 2 ** 11;

export class Requests {
  readonly unflushed = new Unflushed();
  private readonly turns = new WriteTurns();
  /** The one we began by ourselves. */
  private flushing: Promise<Done> | undefined;

  constructor(private readonly link: Link) {}

  has(flag: keyof typeof EXPORT_FLAG): boolean {
    return ((this.link.facts?.flags ?? 0) & EXPORT_FLAG[flag]) !== 0;
  }

  async read(start: Sectors, data: Uint8Array): Promise<Done> {
    const count = data.length / SECTOR;
    const { from, to } = this.blocksOf(start, count);
    if (from === start && to === start + count) return this.pieces('read', from, to, 0, data);
    const around = new Uint8Array((to - from) * SECTOR);
    const done = await this.pieces('read', from, to, 0, around);
    if (!done.ok) return done;
    const skip = (start - from) * SECTOR;
    data.set(around.subarray(skip, skip + data.length));
    return done;
  }

  async write({ start, data, fua = false }: Write): Promise<Done> {
    const room = await this.room(data.length);
    if (!room.ok) return room;
    const { from, to } = this.blocksOf(start, data.length / SECTOR);
    const flags = this.durably(fua);
    const done = await this.inTurn(from, to, () => this.writeNow(start, data, flags));
    return done.ok && fua && flags === 0 ? this.flush() : done;
  }

  /** The whole blocks by one request; what they leave over, as data. */
  async zero(io: Extract<SpanIo, { op: 'zero' }>): Promise<Done> {
    const { start, count, fua = false, unmap = false } = io;
    const { from, to } = this.blocksOf(start, count);
    const durable = this.durably(fua);
    const flags = durable | (unmap ? 0 : COMMAND_FLAG.noHole);
    const done = await this.inTurn(from, to, async () => {
      const inside = this.blocksInside(start, count);
      const end = start + count;
      if (!this.has('writeZeroes') || inside.from >= inside.to) {
        return this.writeZeros(start, end, durable);
      }
      return firstFailure([
        await this.pieces('writeZeroes', inside.from, inside.to, flags),
        await this.writeZeros(start, inside.from, durable),
        await this.writeZeros(inside.to, end, durable),
      ]);
    });
    return done.ok && fua && durable === 0 ? this.flush() : done;
  }

  /** Advice: the server may not want any, and parts of blocks are not worth one. */
  async discard({ start, count }: SpanIo): Promise<Done> {
    const { from, to } = this.blocksInside(start, count);
    if (!this.has('trim') || from >= to) return ok();
    return this.inTurn(from, to, () => this.pieces('trim', from, to, 0));
  }

  /**
   * A server that could not flush may have dropped what it could not write, and would call the next
   * flush a success. Over a new connection everything is written again first.
   */
  async flush(): Promise<Done> {
    if (!this.has('flush')) return ok();
    const mark = this.unflushed.mark();
    const request = { command: 'flush', start: sectors(0), count: sectors(0) } as const;
    // At once: the answer of the next flush may have come with this one's.
    const done = await this.link.perform(request, ({ error }) => {
      if (error === 0) this.unflushed.forget(mark);
      else this.link.drop({ kind: 'refused', why: `could not flush: ${errorWords(error)}` });
    });
    if (!done.ok) return done;
    const { error } = done.value;
    return error === 0 ? ok() : err(errorWords(error));
  }

  /** Where nobody can be asked, all is data. */
  async allocation(start: Sectors, count: Sectors): Promise<readonly Allocation[]> {
    const { facts, failure } = this.link;
    if (facts?.allocation === undefined || failure) return run(start, count, 'data');
    const ask = async (from: Sectors, length: Sectors) => {
      const request = { command: 'blockStatus', start: from, count: length } as const;
      const done = await this.link.perform(request);
      return done.ok ? (done.value.runs ?? []) : [];
    };
    return allocationBy(ask, facts.block, start, count);
  }

  /** Everything that is held, in pieces that the server takes. */
  owed(): readonly NbdRequest[] {
    return this.unflushed.all().flatMap(({ start, end, data }) => {
      const command = data ? 'write' : 'writeZeroes';
      return this.cut(command, start, end, 0, data);
    });
  }

  private durably(fua: boolean): number {
    return fua && this.has('fua') ? COMMAND_FLAG.fua : 0;
  }

  /** In turn already. */
  private async writeNow(start: number, data: Uint8Array, flags: number): Promise<Done> {
    const { from, to } = this.blocksOf(start, data.length / SECTOR);
    const whole = await this.wholeBlocks(start, data, from, to);
    return whole.ok ? this.pieces('write', from, to, flags, whole.value) : whole;
  }

  private async writeZeros(start: number, end: number, flags: number): Promise<Done> {
    for (let at = start; at < end; at += ZEROS) {
      const data = new Uint8Array(Math.min(ZEROS, end - at) * SECTOR);
      const room = await this.room(data.length);
      const done = room.ok ? await this.writeNow(at, data, flags) : room;
      if (!done.ok) return done;
    }
    return ok();
  }

  private async inTurn(from: number, to: number, work: () => Promise<Done>): Promise<Done> {
    const free = await this.turns.take(from, to);
    try {
      return await work();
    } finally {
      free();
    }
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
      return this.pieces('read', at, at + block, 0, into);
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
    command: Command,
    from: number,
    to: number,
    flags: number,
    data?: Uint8Array,
  ): Promise<Done> {
    const all = this.cut(command, from, to, flags, data).map((request) => this.piece(request));
    const [only] = all;
    if (only && all.length === 1) return only;
    return firstFailure(await Promise.all(all));
  }

  private cut(
    command: Command,
    from: number,
    to: number,
    flags: number,
    data?: Uint8Array,
  ): readonly NbdRequest[] {
    const most = data ? this.known.most : SPAN;
    const requests: NbdRequest[] = [];
    for (let at = from; at < to; at += most) {
      const count = Math.min(most, to - at);
      const part = data?.subarray((at - from) * SECTOR, (at - from + count) * SECTOR);
      const place = { start: sectors(at), count: sectors(count) };
      requests.push({ command, flags, ...place, ...(part && { data: part }) });
    }
    return requests;
  }

  private async piece(request: NbdRequest): Promise<Done> {
    const done = await this.link.perform(request, ({ error }) => {
      if (error === 0 && this.has('flush')) this.hold(request);
    });
    if (!done.ok) return done;
    const { error } = done.value;
    return error === 0 ? ok() : err(errorWords(error));
  }

  /** What is discarded keeps its content where that was held: nobody has promised more. */
  private hold({ command, start, count, data, flags = 0 }: NbdRequest): void {
    if (command !== 'write' && command !== 'writeZeroes') return;
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

  /** The blocks that a run touches. */
  private blocksOf(start: number, count: number): { from: number; to: number } {
    const { block } = this.known;
    return { from: floor(start, block), to: ceil(start + count, block) };
  }

  /** The blocks that lie in a run. */
  private blocksInside(start: number, count: number): { from: number; to: number } {
    const { block } = this.known;
    return { from: ceil(start, block), to: floor(start + count, block) };
  }

  private get known(): ExportFacts {
    return must(this.link.facts, 'what is known of an export with sectors');
  }
}

const firstFailure = (all: readonly Done[]): Done => all.find((one) => !one.ok) ?? ok();

const floor = (sector: number, block: number): number => sector - (sector % block);
const ceil = (sector: number, block: number): number => floor(sector + block - 1, block);
