/**
 * One writer an image. A lab that writes to an image, or has a sandbox over it, leaves a claim
 * beside it: `.NAME.lvstudio`. While a process has the image open the claim names it; a claim whose
 * process has ended is what a crash left behind. The lab itself comes back to its own claim; nobody
 * else does, unless told to take it over (docs/decisions/007).
 */
import { randomBytes } from 'node:crypto';
import { link, readFile, rename, unlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { err, ok } from '../base/result.ts';
import type { Result } from '../base/result.ts';
import { labUses, labWriting } from './lab-file.ts';
import { ownMark, stateOf } from './process-mark.ts';
import { describeSystemError, systemCode } from './system-error.ts';

const VERSION = 1;

const schema = z.object({
  version: z.literal(VERSION),
  image: z.string(),
  lab: z.string(),
  disk: z.string(),
  mode: z.enum(['sandbox', 'live']),
  since: z.string(),
  holder: z
    .object({
      host: z.string(),
      boot: z.string(),
      pid: z.int().positive(),
      started: z.string(),
    })
    .optional(),
});

type Record = z.infer<typeof schema>;

export interface ClaimWish {
  /** Absolute path of the image. */
  readonly path: string;
  /** Of the file, as `inspectImage` has it. */
  readonly identity: string;
  /** Absolute path of the lab's folder. */
  readonly lab: string;
  readonly disk: string;
  readonly mode: 'sandbox' | 'live';
  /** Takes a claim of which nobody can say that its process runs. */
  readonly takeOver: boolean;
}

/** What somebody else's claim says, and whether it would have to give way to a take-over. */
export interface Rival {
  /** A clause about the image: `is open for writing in lab ...`. */
  readonly why: string;
  readonly yields: boolean;
  /** A process of this lab that has lost the lab already, and so is about to end. */
  readonly dying?: boolean;
}

export interface ImageClaim {
  /** Why the claim is nowhere written down, in a clause; nobody else had one. */
  readonly unwritten?: string;
  /** The image is open no more. `keep`: it is still the lab's. */
  release(keep: boolean): Promise<void>;
}

export const claimPath = (image: string): string =>
  join(dirname(image), `.${basename(image)}.lvstudio`);

/** Each try meets another process doing the same. */
const TRIES = 20;

/** How long a process that was killed may take to be gone, and how often to look. */
const DYING_MILLIS = 5_000;
const LOOK_MILLIS = 25;

/** The error is a clause about the image. */
export async function claimImage(wish: ClaimWish): Promise<Result<ImageClaim, string>> {
  const path = claimPath(wish.path);
  const { identity: image, lab, disk, mode } = wish;
  const since = new Date().toISOString();
  const holder = await ownMark();
  const record: Record = { version: VERSION, image, lab, disk, mode, since, holder };
  try {
    const deadline = performance.now() + DYING_MILLIS;
    for (let tries = 0; tries < TRIES; tries++) {
      const found = await readText(path).catch(() => '');
      const rival = found === undefined ? await folderRival(wish) : await rivalIn(found, wish);
      // It has lost the lab, which is ours now, and is about to lose its files.
      if (rival?.dying && performance.now() < deadline) {
        await new Promise((resolve) => setTimeout(resolve, LOOK_MILLIS));
        tries--;
        continue;
      }
      if (rival !== undefined && !(rival.yields && wish.takeOver)) return err(advice(rival));
      if (await put(path, record, found)) return ok(claimOf(path, record));
    }
    return err('is being claimed by others again and again');
  } catch (error) {
    // On a full or read-only file system a lab can still be looked at, and be made smaller.
    const unwritten = `cannot be claimed: ${describeSystemError(error)}`;
    return ok({ unwritten, release: () => Promise.resolve() });
  }
}

const advice = ({ why, yields }: Rival): string =>
  yields ? `${why}; --take-over takes it from there` : why;

/** Whom a reader has to expect to change the image; undefined where nobody does. */
export async function writerOf(
  wish: Pick<ClaimWish, 'path' | 'identity' | 'lab'>,
): Promise<Rival | undefined> {
  const found = await readText(claimPath(wish.path)).catch(() => undefined);
  return found === undefined ? undefined : rivalIn(found, wish);
}

/** Gives up what is left of a lab's own claim. */
export async function dropClaim(image: string, lab: string): Promise<void> {
  const found = await readText(claimPath(image)).catch(() => undefined);
  const record = found === undefined ? undefined : parse(found);
  if (record?.lab === lab) await unlink(claimPath(image)).catch(() => undefined);
}

function claimOf(path: string, record: Record): ImageClaim {
  const { holder: _ended, ...left } = record;
  return {
    async release(keep) {
      // Somebody may have taken it over.
      if ((await readText(path).catch(() => undefined)) !== textOf(record)) return;
      if (keep) await put(path, left, textOf(record)).catch(() => undefined);
      else await unlink(path).catch(() => undefined);
    },
  };
}

/** Undefined where the claim is this lab's own, of another file, or of a lab that has gone. */
async function rivalIn(
  text: string,
  wish: Pick<ClaimWish, 'identity' | 'lab'>,
): Promise<Rival | undefined> {
  const record = parse(text);
  if (!record) return { why: 'has a claim beside it that cannot be understood', yields: true };
  // A copy of a folder brings the claims along, not the files they speak of.
  if (record.image !== wish.identity) return undefined;
  const { holder, lab, disk, mode, since } = record;
  const state = holder ? await stateOf(holder) : 'dead';
  const own = lab === wish.lab;
  const what = mode === 'live' ? 'open for writing' : 'under the sandbox';
  const who = `${what} in lab ${lab} as ${disk}`;
  const when = holder ? `process ${holder.pid}, since ${since}` : '';
  if (state === 'alive') {
    const dying = own && holder?.pid !== process.pid;
    return { why: `is ${who} (${when})`, yields: false, dying };
  }
  if (state === 'unknown') {
    return { why: `is ${who} on ${holder?.host} (${when}), if that still runs`, yields: true };
  }
  if (own || !(await labUses(lab, record.disk, mode))) return undefined;
  if (!holder) return { why: `is disk ${disk} of lab ${lab}, ${mode}`, yields: true };
  return { why: `was ${who} (${when}), which ended without closing it`, yields: true };
}

/** Images in a lab's own folder are that lab's, also while nobody has it open. */
async function folderRival({ path, lab }: ClaimWish): Promise<Rival | undefined> {
  const folder = dirname(path);
  const owner = folder === lab ? undefined : await labWriting(folder, basename(path));
  return owner && { why: `is disk ${owner.name} of lab ${folder}, ${owner.mode}`, yields: true };
}

function parse(text: string): Record | undefined {
  try {
    const parsed = schema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

const textOf = (record: Record): string => `${JSON.stringify(record)}\n`;

async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Replaces the text that was looked at, or none; false where another was there by then. */
async function put(path: string, record: Record, before: string | undefined): Promise<boolean> {
  const fresh = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    await writeFile(fresh, textOf(record), { flag: 'wx', mode: 0o644 });
    if (before !== undefined && !(await takeAway(path, before))) return false;
    await link(fresh, path);
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw error;
  } finally {
    await unlink(fresh).catch(() => undefined);
  }
}

/** Removes the very text that was looked at; another one is put back. */
async function takeAway(path: string, text: string): Promise<boolean> {
  const aside = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return false;
    throw error;
  }
  const same = (await readText(aside)) === text;
  if (!same) await link(aside, path).catch(() => undefined);
  await unlink(aside).catch(() => undefined);
  return same;
}
