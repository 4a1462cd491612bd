/** `read` and `write`: the bytes of a volume through the standard output and input. */
import type { Readable } from 'node:stream';
import type { EngineApi, Refusal } from '../contract/api.ts';
import { parseByteCount } from './byte-count.ts';
import { parseOptions } from './cli-arguments.ts';
import { DONE, FAILED, INTERRUPTED, complain, refuseUsage, write } from './cli-context.ts';
import type { CliCommand, CliIo } from './cli-context.ts';
import { withEngine } from './cli-engine.ts';

/** Bytes a call: where Node's file I/O has reached its speed, and well below the door's limit. */
const PIECE = 2 ** 20;

interface Range {
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
  const [volume, ...surplus] = parsed.value.positionals;
  if (volume === undefined || surplus.length > 0) {
    return `${command} VG/LV [--offset BYTES] [--length BYTES]`;
  }
  const { offset = '0', length } = parsed.value.values;
  const from = parseByteCount(offset, 'b');
  const count = length === undefined ? Infinity : parseByteCount(length, 'b');
  if (from === undefined) return `--offset ${offset}: bytes, or a number with a unit such as 4k`;
  if (count === undefined) return `--length ${length}: bytes, or a number with a unit such as 4k`;
  return { volume, offset: from, length: count };
}

async function readRange(api: EngineApi, range: Range, io: CliIo): Promise<number> {
  const { volume, offset, length } = range;
  for (let done = 0; done < length;) {
    if (io.interrupt.aborted) return INTERRUPTED;
    const piece = await api.read(volume, offset + done, Math.min(PIECE, length - done));
    if (!piece.ok) return refused(io, piece.error);
    if (piece.value.length === 0) break;
    done += piece.value.length;
    await write(io.stdout, piece.value);
  }
  return DONE;
}

async function writeRange(api: EngineApi, range: Range, io: CliIo): Promise<number> {
  const { volume, offset, length } = range;
  let done = 0;
  for await (const piece of pieces(io.stdin, length)) {
    const failed = io.interrupt.aborted
      ? INTERRUPTED
      : await writePiece(api, volume, offset + done, piece, io);
    if (failed !== DONE) {
      complain(io, `${done} bytes were written before`);
      return failed;
    }
    done += piece.length;
  }
  return DONE;
}

async function writePiece(
  api: EngineApi,
  volume: string,
  offset: number,
  data: Uint8Array,
  io: CliIo,
): Promise<number> {
  const result = await api.write(volume, offset, data);
  return result.ok ? DONE : refused(io, result.error);
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
