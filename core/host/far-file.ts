/**
 * Sizes and places in a file that Node's own calls cannot name: their positions are numbers, exact
 * below 2^53. Above, `fs.ftruncate` refuses, and `fs.write` takes the position for none at all and
 * writes where the file happens to stand, without a word. The calls of WASI count in 64 bits.
 */
import { err, ok } from '../base/result.ts';
import type { Result } from '../base/result.ts';

/** Bytes from here on are out of reach of a number. */
export const FAR_BYTES = 2n ** 53n;

interface WasiCalls {
  fd_filestat_set_size(fd: number, size: bigint): number;
  fd_seek(fd: number, offset: bigint, whence: number, at: number): number;
}

/** The part of `node:wasi` that is used. No import: a Node without it would refuse to start. */
interface WasiModule {
  readonly WASI: new (options: {
    readonly version: 'preview1';
    readonly stdin: number;
    readonly stdout: number;
    readonly stderr: number;
  }) => { readonly wasiImport: unknown; initialize(instance: object): void };
}

/** Of every runtime that has WASI; its types come with those of a browser, which are not here. */
declare const WebAssembly: { Memory: new (pages: { readonly initial: number }) => object };

/** What the WASI instance calls the file. */
const FILE = 1;
const FROM_START = 0;

/** One open file, beyond the reach of Node's calls. */
export class FarFile {
  private constructor(private readonly calls: WasiCalls) {}

  /** Refused, in a clause, where this Node has no WASI. */
  static of(fd: number): Result<FarFile, string> {
    const calls = quietly(() => wasiCalls(fd));
    return calls ? ok(new FarFile(calls)) : err('places beyond 8 PiB are not supported here');
  }

  /** @returns why it could not be, in a clause. */
  truncate(size: bigint): string | undefined {
    return refusal(this.calls.fd_filestat_set_size(FILE, size));
  }

  /** Moves the place at which calls without a position read and write. */
  seek(position: bigint): string | undefined {
    return refusal(this.calls.fd_seek(FILE, position, FROM_START, 0));
  }
}

function wasiCalls(fd: number): WasiCalls | undefined {
  const wasi = process.getBuiltinModule('node:wasi') as WasiModule | undefined;
  if (!wasi) return undefined;
  // In place of a program: its memory takes what a call returns beside its errno.
  const exports = { memory: new WebAssembly.Memory({ initial: 1 }), _initialize: () => undefined };
  const world = new wasi.WASI({ version: 'preview1', stdin: fd, stdout: fd, stderr: fd });
  world.initialize({ exports });
  return world.wasiImport as WasiCalls;
}

/** Node warns that WASI is experimental: nothing that the user of a volume could act upon. */
function quietly<T>(work: () => T): T {
  const own = Object.getOwnPropertyDescriptor(process, 'emitWarning');
  process.emitWarning = () => undefined;
  try {
    return work();
  } finally {
    if (own) Object.defineProperty(process, 'emitWarning', own);
  }
}

/** Of WASI's own numbers, those that a file's size or place can meet. */
const WORDS: Readonly<Record<number, string>> = {
  22: 'file too large',
  28: 'invalid argument',
  51: 'no space left on device',
  63: 'operation not permitted',
  69: 'read-only file system',
  70: 'invalid seek',
};

function refusal(errno: number): string | undefined {
  return errno === 0 ? undefined : (WORDS[errno] ?? `the system refused it (WASI ${errno})`);
}
