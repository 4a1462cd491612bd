/**
 * What a door lets in. Shapes, kinds and sizes are checked here, the meaning by the engine: a
 * negative count or a name LVM refuses gets LVM's own answer, not this one.
 */
import { z } from 'zod';
import { assert } from '../base/assert.ts';
import type { Extents, Sectors } from '../base/units.ts';
import type { CommandOptions } from '../contract/api.ts';
import type { Request, SizeSpec } from '../contract/requests.ts';
import type { WireMethod } from '../contract/wire.ts';

/** Bytes of data in one read or write. */
export const DATA_LIMIT = 4 * 1024 * 1024;

const count = z.int().min(0);
const sectors: z.ZodType<Sectors> = count.transform((value) => value as Sectors);
const extents: z.ZodType<Extents> = count.transform((value) => value as Extents);
/** Longer than any name, path or tag that LVM accepts. */
const text = z.string().max(4096);
const texts = z.array(text).max(4096);

const plus = z.literal('+').exactOptional();
const percentOf = z.enum(['FREE', 'VG', 'PVS', 'LV']);
const size: z.ZodType<SizeSpec> = z.discriminatedUnion('by', [
  z.strictObject({ by: z.literal('size'), sectors, sign: plus }),
  z.strictObject({ by: z.literal('extents'), extents, sign: plus }),
  z.strictObject({ by: z.literal('percent'), percent: count, of: percentOf, sign: plus }),
]);

const allocation = z
  .enum(['contiguous', 'cling', 'cling_by_tags', 'normal', 'anywhere', 'inherit'])
  .exactOptional();
const flag = z.boolean().exactOptional();
const number = z.int().exactOptional();

const pvCreation = {
  metadataCopies: z.literal([0, 1, 2]).exactOptional(),
  metadataSize: sectors.exactOptional(),
  dataAlignment: sectors.exactOptional(),
};

const request: z.ZodType<Request> = z.discriminatedUnion('verb', [
  z.strictObject({
    verb: z.literal('pvcreate'),
    ...pvCreation,
    devices: texts,
    force: number,
  }),
  z.strictObject({
    verb: z.literal('vgcreate'),
    ...pvCreation,
    vg: text,
    devices: texts,
    extentSize: sectors.exactOptional(),
    allocation,
    maxLv: number,
    maxPv: number,
    tags: texts.exactOptional(),
  }),
  z.strictObject({ verb: z.literal('vgextend'), ...pvCreation, vg: text, devices: texts }),
  z.strictObject({ verb: z.literal('vgremove'), vg: text, force: flag }),
  z.strictObject({
    verb: z.literal('lvcreate'),
    vg: text,
    name: text.exactOptional(),
    size,
    stripes: number,
    stripeSize: sectors.exactOptional(),
    allocation,
    pvs: texts.exactOptional(),
    tags: texts.exactOptional(),
    activate: flag,
    zero: flag,
  }),
  z.strictObject({
    verb: z.literal('lvextend'),
    vg: text,
    lv: text,
    size,
    stripes: number,
    stripeSize: sectors.exactOptional(),
    allocation,
    pvs: texts.exactOptional(),
  }),
  z.strictObject({ verb: z.literal('lvremove'), vg: text, lv: text, force: flag }),
  z.strictObject({ verb: z.literal('lvrename'), vg: text, from: text, to: text }),
]);

const options: z.ZodType<CommandOptions> = z.strictObject({ yes: flag, ask: flag });

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
  preview: z.tuple([request]),
  execute: z.tuple([request, z.boolean().optional()]),
  command: z.tuple([texts, options.optional()]),
  read: z.tuple([text, count, count.max(DATA_LIMIT)]),
  write: z.tuple([text, count, data]),
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
