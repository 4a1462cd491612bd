/**
 * What a door lets in. Shapes, kinds and sizes are checked here, the meaning by the engine: a word
 * that LVM refuses gets LVM's own answer, not this one.
 */
import { z } from 'zod';
import { assert } from '../base/assert.ts';
import type { CommandOptions } from '../contract/api.ts';
import type { MoveWish } from '../contract/moves.ts';
import type { WireMethod } from '../contract/wire.ts';

/** Bytes of data in one read or write. */
export const DATA_LIMIT = 4 * 1024 * 1024;

const count = z.int().min(0);
/** Longer than any name, path or tag that LVM accepts. */
const text = z.string().max(4096);
const texts = z.array(text).max(4096);

const flag = z.boolean().exactOptional();
/** A table from the standard input, of some ten thousand lines. */
const input = z.string().max(2 ** 20);
/** In full: all that is on a disk may be named. */
const question = z.string().max(2 ** 20);
const options: z.ZodType<CommandOptions> = z.strictObject({
  yes: flag,
  agreed: z
    .array(question)
    .max(2 ** 20)
    .exactOptional(),
  ask: flag,
  quiet: flag,
  input: input.exactOptional(),
  told: text.exactOptional(),
});

const together = { together: flag };
const wish: z.ZodType<MoveWish> = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('empty'),
    device: text,
    to: texts.exactOptional(),
    ...together,
  }),
  z.strictObject({
    kind: z.literal('contiguous'),
    volume: text,
    part: z.strictObject({ first: count, count }).exactOptional(),
    ...together,
  }),
  z.strictObject({
    kind: z.literal('compact'),
    device: text,
    to: count.exactOptional(),
    ...together,
  }),
  z.strictObject({ kind: z.literal('spread'), volume: text, over: texts, ...together }),
  z.strictObject({
    kind: z.literal('run'),
    device: text,
    first: count,
    count,
    to: z.strictObject({ device: text, first: count.exactOptional() }),
    ...together,
  }),
]);

/** Base64 with padding, decoded; at most DATA_LIMIT bytes. */
const data = z
  .string()
  .max(Math.ceil(DATA_LIMIT / 3) * 4)
  .transform((value, context): Uint8Array => {
    const bytes = Buffer.from(value, 'base64');
    // The decoder skips what is no base64; only what it would write itself is accepted.
    if (bytes.length <= DATA_LIMIT && bytes.toString('base64') === value) return bytes;
    context.addIssue({ code: 'custom', message: 'is not base64 of at most 4 MiB' });
    return z.NEVER;
  });

/** Parameters of each method, as they arrive. */
export const PARAMS = {
  state: z.tuple([]),
  preview: z.tuple([texts]),
  command: z.tuple([texts, options.optional()]),
  read: z.tuple([text, count, count.max(DATA_LIMIT)]),
  write: z.tuple([text, count, data]),
  vgMetadata: z.tuple([text]),
  pvMetadata: z.tuple([text]),
  proposeMoves: z.tuple([wish]),
  reportFields: z.tuple([]),
  backupFiles: z.tuple([]),
  backupText: z.tuple([text]),
  subscribe: z.tuple([]),
} satisfies Record<WireMethod, z.ZodType>;

const METHODS = Object.keys(PARAMS) as [WireMethod, ...WireMethod[]];

/** The envelope of a call; its parameters are parsed by those of its method. */
export const callSchema = z.strictObject({
  id: count,
  method: z.enum(METHODS),
  params: z.array(z.unknown()).max(8),
});

/** The envelope of what an engine sends. */
export const messageSchema = z.union([
  // The value of `result` is the answer of an engine that this side chose to talk to.
  z.strictObject({ id: count, result: z.unknown() }),
  z.strictObject({
    id: count.nullable(),
    error: z.strictObject({
      code: z.enum(['bad-request', 'too-many', 'closing', 'bug']),
      message: z.string(),
    }),
  }),
  z.strictObject({
    event: z.strictObject({
      seq: z.number(),
      timeMicros: z.number(),
      body: z.looseObject({ kind: z.string() }),
    }),
  }),
  z.strictObject({ closing: z.literal(true) }),
]);

/** The first fault of a refused message, as a clause: `params[0].size: Invalid input`. */
export function firstFault(error: z.ZodError, start: readonly PropertyKey[] = []): string {
  const [issue] = error.issues;
  assert(issue !== undefined, 'a refusal without a reason');
  const path = [...start, ...issue.path].map((key) =>
    typeof key === 'number' ? `[${key}]` : `.${String(key)}`,
  );
  return `${path.join('').replace(/^\./, '') || 'message'}: ${issue.message}`;
}
