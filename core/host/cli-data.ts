/** `read` and `write`: the bytes of a volume through the standard output and input. */
import { fstatSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { SECTOR } from '../base/units.ts';
import { splitLvPath } from '../cli/command.ts';
import type { EngineApi, Refusal } from '../contract/api.ts';
import { parseByteCount } from './byte-count.ts';
import { parseOptions } from './cli-arguments.ts';
import { DONE, FAILED, INTERRUPTED, complain, refuseUsage, write } from './cli-context.ts';
import type { CliCommand, CliIo } from './cli-context.ts';
import { withEngine } from './cli-engine.ts';
import { isTerminal, ProgressLine } from './progress.ts';

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
  if (!splitLvPath(volume)) return `${command}: "${volume}" does not name a volume; write VG/LV`;
  const { offset = '0', length } = parsed.value.values;
  const from = parseByteCount(offset, 'b');
  const count = length === undefined ? Infinity : parseByteCount(length, 'b');
  if (from === undefined) return `--offset ${offset}: bytes, or a number with a unit such as 4k`;
  if (count === undefined) return `--length ${length}: bytes, or a number with a unit such as 4k`;
  return { volume, offset: from, length: count };
}

async function readRange(api: EngineApi, range: Range, io: CliIo): Promise<number> {
  const line = new ProgressLine(io.stderr, await readTotal(api, range, io));
  const status = await readPieces(api, range, io, line);
  line.end();
  return typeof status === 'number' ? status : refused(io, status);
}

async function readPieces(
  api: EngineApi,
  { volume, offset, length }: Range,
  io: CliIo,
  line: ProgressLine,
): Promise<number | Refusal> {
  for (let done = 0; done < length;) {
    if (io.interrupt.aborted) return INTERRUPTED;
    const piece = await api.read(volume, offset + done, Math.min(PIECE, length - done));
    if (!piece.ok) return piece.error;
    if (piece.value.length === 0) break;
    done += piece.value.length;
    await write(io.stdout, piece.value);
    line.at(done);
  }
  return DONE;
}

/** Bytes; looked up only for somebody who sees it. */
async function readTotal(
  api: EngineApi,
  { volume, offset, length }: Range,
  io: CliIo,
): Promise<number | undefined> {
  if (!isTerminal(io.stderr)) return undefined;
  const path = volume.replace(/^\/dev\//, '');
  const { vgs } = await api.state();
  const lv = vgs.flatMap(({ lvs }) => lvs).find(({ vg, name }) => `${vg}/${name}` === path);
  return lv && Math.min(length, Math.max(0, lv.size * SECTOR - offset));
}

async function writeRange(api: EngineApi, range: Range, io: CliIo): Promise<number> {
  const { volume, offset, length } = range;
  const line = new ProgressLine(io.stderr, writeTotal(io.stdin, length));
  let done = 0;
  for await (const piece of pieces(io.stdin, length)) {
    const failed = io.interrupt.aborted
      ? INTERRUPTED
      : await writePiece(api, volume, offset + done, piece, { io, line });
    if (failed !== DONE) {
      line.end();
      complain(io, `${done} bytes were written before`);
      return failed;
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

async function writePiece(
  api: EngineApi,
  volume: string,
  offset: number,
  data: Uint8Array,
  { io, line }: { readonly io: CliIo; readonly line: ProgressLine },
): Promise<number> {
  const result = await api.write(volume, offset, data);
  if (result.ok) return DONE;
  line.end();
  return refused(io, result.error);
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
