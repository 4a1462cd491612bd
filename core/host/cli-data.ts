/** `read` and `write`: the bytes of a volume through the standard output and input. */
import { fstatSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { SECTOR } from '../base/units.ts';
import { splitLvPath } from '../cli/command.ts';
import type { EngineApi, Refusal } from '../contract/api.ts';
import { errorLines } from '../report/errors.ts';
import { parseByteCount } from './byte-count.ts';
import { parseOptions } from './cli-arguments.ts';
import { DONE, FAILED, INTERRUPTED, complain, refuseUsage, write } from './cli-context.ts';
import type { CliCommand, CliIo } from './cli-context.ts';
import { withEngine } from './cli-engine.ts';
import { isTerminal, ProgressLine } from './progress.ts';

/** Bytes a call: where Node's file I/O has reached its speed, and well below the door's limit. */
const PIECE = 2 ** 20;

interface Range {
  /** `vg/home`. */
  readonly volume: string;
  /** Bytes. */
  readonly offset: number;
  /** Bytes; absent: all there is. */
  readonly length: number;
}

export const readCommand: CliCommand = async (args, context) => {
  const range = parseRange('read', args);
  if (typeof range === 'string') return refuseUsage(context.io, range);
  return withEngine(context, (api) => readRange(api, range, context.io));
};

export const writeCommand: CliCommand = async (args, context) => {
  const range = parseRange('write', args);
  if (typeof range === 'string') return refuseUsage(context.io, range);
  return withEngine(context, (api) => writeRange(api, range, context.io));
};

/** A string is what is wrong, as a clause. */
function parseRange(command: string, args: readonly string[]): Range | string {
  const parsed = parseOptions(args, { offset: { type: 'string' }, length: { type: 'string' } });
  if (!parsed.ok) return parsed.error;
  const [name, ...surplus] = parsed.value.positionals;
  if (name === undefined || surplus.length > 0) {
    return `${command} VG/LV [--offset BYTES] [--length BYTES]`;
  }
  const path = splitLvPath(name);
  if (!path) return `${command}: "${name}" does not name a volume; write VG/LV`;
  const { offset = '0', length } = parsed.value.values;
  const from = parseByteCount(offset, 'b');
  const count = length === undefined ? Infinity : parseByteCount(length, 'b');
  if (from === undefined) return `--offset ${offset}: bytes, or a number with a unit such as 4k`;
  if (count === undefined) return `--length ${length}: bytes, or a number with a unit such as 4k`;
  return { volume: `${path.vg}/${path.lv}`, offset: from, length: count };
}

async function readRange(api: EngineApi, range: Range, io: CliIo): Promise<number> {
  const line = new ProgressLine(io.stderr, await readTotal(api, range, io));
  const { done, end } = await readPieces(api, range, io, line);
  line.end();
  if (typeof end === 'number') return end;
  const status = refused(io, ofAll(end, range));
  if (done > 0) complain(io, `${done} bytes were read before`);
  return status;
}

/** How far it came, and the exit status or why it went no further. */
async function readPieces(
  api: EngineApi,
  { volume, offset, length }: Range,
  io: CliIo,
  line: ProgressLine,
): Promise<{ readonly done: number; readonly end: number | Refusal }> {
  let done = 0;
  while (done < length) {
    if (io.interrupt.aborted) return { done, end: INTERRUPTED };
    const piece = await api.read(volume, offset + done, Math.min(PIECE, length - done));
    if (!piece.ok) return { done, end: piece.error };
    const { length: got } = piece.value;
    if (got === 0 && Number.isFinite(length)) {
      return { done, end: beyond({ volume, offset, length }, offset + done) };
    }
    if (got === 0) break;
    done += got;
    await write(io.stdout, piece.value);
    line.at(done);
  }
  return { done, end: DONE };
}

/** The engine knows of the piece that it could not do, and not what was asked for in all. */
const ofAll = (refusal: Refusal, range: Range): Refusal =>
  refusal.error.code === 'beyond-volume' ? beyond(range, refusal.error.size) : refusal;

/** @param size of the volume, bytes */
function beyond({ volume, offset, length }: Range, size: number): Refusal {
  const asked = Number.isFinite(length) ? { offset, length } : { offset };
  const error = { code: 'beyond-volume', volume, size, ...asked } as const;
  return { error, messages: errorLines(error) };
}

/** Bytes; looked up only for somebody who sees it. */
async function readTotal(
  api: EngineApi,
  { volume, offset, length }: Range,
  io: CliIo,
): Promise<number | undefined> {
  if (!isTerminal(io.stderr)) return undefined;
  const { vgs } = await api.state();
  const lv = vgs.flatMap(({ lvs }) => lvs).find(({ vg, name }) => `${vg}/${name}` === volume);
  return lv && Math.min(length, Math.max(0, lv.size * SECTOR - offset));
}

async function writeRange(api: EngineApi, range: Range, io: CliIo): Promise<number> {
  const { volume, offset, length } = range;
  const total = writeTotal(io.stdin, length);
  const line = new ProgressLine(io.stderr, total);
  let done = 0;
  for await (const piece of pieces(io.stdin, length)) {
    const result = io.interrupt.aborted ? undefined : await api.write(volume, offset + done, piece);
    if (!result?.ok) {
      line.end();
      const asked = { volume, offset, length: total ?? done + piece.length };
      const status = result ? refused(io, ofAll(result.error, asked)) : INTERRUPTED;
      complain(io, `${done} bytes were written before`);
      return status;
    }
    done += piece.length;
    line.at(done);
  }
  line.end();
  return DONE;
}

/** Bytes; of a pipe nobody knows how much will come. */
function writeTotal(
  stdin: Readable & { readonly fd?: number },
  length: number,
): number | undefined {
  if (Number.isFinite(length)) return length;
  try {
    const stats = stdin.fd === undefined ? undefined : fstatSync(stdin.fd);
    return stats?.isFile() ? stats.size : undefined;
  } catch {
    return undefined;
  }
}

/** The stream in pieces of exactly PIECE bytes, but for the last; at most `limit` bytes of it. */
async function* pieces(stream: Readable, limit: number): AsyncGenerator<Uint8Array> {
  let left = limit;
  let parts: Buffer[] = [];
  let size = 0;
  if (left <= 0) return;
  for await (const part of stream) {
    let rest = Buffer.from(part as Uint8Array);
    while (rest.length > 0) {
      const taken = rest.subarray(0, Math.min(PIECE - size, left));
      rest = rest.subarray(taken.length);
      parts.push(taken);
      size += taken.length;
      left -= taken.length;
      if (size === PIECE || left === 0) {
        yield Buffer.concat(parts);
        parts = [];
        size = 0;
      }
      if (left === 0) return;
    }
  }
  if (size > 0) yield Buffer.concat(parts);
}

/** In LVM's words, as a command would say it. */
function refused(io: CliIo, refusal: Refusal): number {
  for (const message of refusal.messages) io.stderr.write(`  ${message}\n`);
  return FAILED;
}
