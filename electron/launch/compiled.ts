/**
 * What V8 compiled of a program, in a file beside it: code of this very source, for this very V8,
 * which takes it or refuses it. It does not notice a byte that has changed; the sums here do.
 */
import { isAscii } from 'node:buffer';
import { readFileSync, writeFileSync } from 'node:fs';
import type { Script } from 'node:vm';
import { crc32 } from 'node:zlib';

/** CRC-32 of the source, then of the code; little endian. */
const HEAD = 8;

export interface Compiled {
  readonly source: string;
  /** Absent: there is none, or it is another program's. */
  readonly compiled?: Buffer;
}

const besideOf = (program: string): string => `${program}.compiled`;

export function readCompiled(program: string): Compiled {
  const bytes = readFileSync(program);
  const source = bytes.toString(isAscii(bytes) ? 'latin1' : 'utf8');
  const kept = readIfThere(besideOf(program));
  if (!kept || kept.length < HEAD) return { source };
  const compiled = kept.subarray(HEAD);
  const fits = kept.readUInt32LE(0) === crc32(bytes) && kept.readUInt32LE(4) === crc32(compiled);
  return fits ? { source, compiled } : { source };
}

export function keepCompiled(program: string, script: Script): void {
  const compiled = script.createCachedData();
  const head = Buffer.alloc(HEAD);
  head.writeUInt32LE(crc32(readFileSync(program)), 0);
  head.writeUInt32LE(crc32(compiled), 4);
  writeFileSync(besideOf(program), Buffer.concat([head, compiled]));
}

function readIfThere(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}
