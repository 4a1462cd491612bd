/** Texts that anybody may have written: read up to a limit, and never from what has no end. */
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

/** Windows has no such flag, and no pipes among its files. */
const NONBLOCK = (constants as { readonly O_NONBLOCK?: number }).O_NONBLOCK ?? 0;

/** Bytes in one read. */
const PIECE = 2 ** 20;

/**
 * A regular file as text. Throws what the system says, and an Error whose message is a clause for
 * anything larger than `limit` bytes (also one that grows meanwhile) or no regular file.
 */
export async function readTextFile(
  path: string,
  limit: number,
  encoding: 'utf8' | 'latin1',
): Promise<string> {
  // To open a pipe would be to wait for its writer.
  const handle = await open(path, constants.O_RDONLY | NONBLOCK);
  try {
    const facts = await handle.stat();
    if (!facts.isFile()) throw new Error('it is not a regular file');
    if (facts.size > limit) throw new Error('the file is too large');
    const parts: Buffer[] = [];
    for (let size = 0; ;) {
      const piece = Buffer.alloc(Math.min(PIECE, facts.size + 1));
      const { bytesRead } = await handle.read(piece, 0, piece.length, size);
      if (bytesRead === 0) return Buffer.concat(parts).toString(encoding);
      size += bytesRead;
      if (size > limit) throw new Error('the file is too large');
      parts.push(piece.subarray(0, bytesRead));
    }
  } finally {
    await handle.close();
  }
}

/** A stream to its end as text; throws an Error whose message is a clause where it is longer. */
export async function readTextStream(
  stream: AsyncIterable<unknown>,
  limit: number,
): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of stream) {
    const piece = Buffer.from(part as Buffer);
    size += piece.length;
    if (size > limit) throw new Error('it is too long');
    parts.push(piece);
  }
  return Buffer.concat(parts).toString('utf8');
}
