/**
 * One engine a lab. Whoever listens on the lab's socket has the lab; a socket that nobody listens
 * on is what a crash left behind. No process number is ever believed: it may be another's by now.
 */
import { randomBytes } from 'node:crypto';
import { chmod, link, lstat, realpath, rename, unlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import { ok } from '../base/result.ts';
import type { Result } from '../base/result.ts';
import type { VolumeError } from '../contract/errors.ts';
import { jsonLines } from './json-lines.ts';
import { labError, labSystemError } from './lab-error.ts';
import {
  RECORD_FILE,
  askSocket,
  possiblePlaces,
  prepareSharedFolder,
  socketPlaces,
} from './lab-socket.ts';
import type { SocketPlace } from './lab-socket.ts';
import { systemCode } from './system-error.ts';
import { dismissConnection } from './wire-server.ts';

/** Held from `acquireLab` to `release`, or to the end of the process. */
export interface LabLock {
  /** Hands over every connection, first those that have been waiting. */
  serve(accept: (socket: Socket) => void): void;
  /** Nobody finds the lab open any more. Connections handed over stay as they are. */
  release(): Promise<void>;
}

export type LabAnswer =
  | { readonly kind: 'mine'; readonly lock: LabLock }
  /** Somebody else has the lab; this is a connection to them. */
  | { readonly kind: 'held'; readonly socket: Socket };

/** Each try meets another process doing the same; that many in a row means something is wrong. */
const TRIES = 100;

/** Takes the lab, or connects to who has it. */
export async function acquireLab(directory: string): Promise<Result<LabAnswer, VolumeError>> {
  let root: string;
  try {
    root = await realpath(resolve(directory));
  } catch (error) {
    return labSystemError(directory, 'the folder', error);
  }
  for (let tries = 0; tries < TRIES; tries++) {
    const found = await findHolder(root);
    if (found === 'foreign') return labError(directory, 'another user has the lab open');
    if (found !== undefined) return ok({ kind: 'held', socket: found });
    const lock = await listen(root);
    if (!lock.ok) return labSystemError(directory, 'the socket of the lab', lock.error);
    if (lock.value !== undefined) return ok({ kind: 'mine', lock: lock.value });
  }
  return labError(directory, 'the socket of the lab keeps changing');
}

/** The connection to whoever has the lab; undefined when nobody has it. */
async function findHolder(root: string): Promise<Socket | 'foreign' | undefined> {
  const own = socketPlaces(root).map(({ path }) => path);
  for (const path of await possiblePlaces(root)) {
    const before = await mark(path);
    const answer = await askSocket(path, root);
    if (answer.kind === 'alive') return answer.socket;
    if (answer.kind === 'foreign') return 'foreign';
    // A recorded path is what a file in the lab says: reason to ask there, not to remove it.
    const ours = own.includes(path) && before !== undefined;
    if (answer.kind === 'stale' && ours) await removeStale(path, before);
  }
  return undefined;
}

/**
 * Removes a socket that was found dead. Another process may have done so, and put its own there,
 * since we looked: that one is put back.
 */
async function removeStale(path: string, before: string): Promise<void> {
  const aside = freshName(path);
  try {
    await rename(path, aside);
    if ((await mark(aside)) !== before) await link(aside, path);
    await unlink(aside);
  } catch {
    // Somebody else was faster; the next look will tell.
  }
}

/** Tells one socket from the next of the same name. Numbers of files are soon used again. */
async function mark(path: string): Promise<string | undefined> {
  try {
    const { dev, ino, mtimeNs } = await lstat(path, { bigint: true });
    return `${dev}:${ino}:${mtimeNs}`;
  } catch {
    return undefined;
  }
}

/** Undefined when somebody else was faster. */
async function listen(root: string): Promise<Result<LabLock | undefined, unknown>> {
  let last: unknown;
  for (const place of socketPlaces(root)) {
    if (place.kind === 'shared' && !(await prepareSharedFolder())) continue;
    const waiting = new WaitingRoom();
    const taken = await take(place, waiting);
    if (taken === 'busy') return ok(undefined);
    if (taken === 'taken') {
      const lock = new HeldLock(waiting, place, root, await mark(place.path));
      await lock.record();
      return ok(lock);
    }
    last = taken.error;
  }
  return { ok: false, error: last };
}

/**
 * A socket gets its name only when it listens already and only its owner can reach it, so that
 * nobody ever finds it half made.
 */
async function take(
  place: SocketPlace,
  waiting: WaitingRoom,
): Promise<'taken' | 'busy' | { error: unknown }> {
  const named = async (path: string): Promise<'taken' | 'busy' | { error: unknown }> => {
    try {
      await waiting.listen(path);
      if (place.kind !== 'pipe') await chmod(path, 0o600);
      return 'taken';
    } catch (error) {
      waiting.close();
      return systemCode(error) === 'EADDRINUSE' ? 'busy' : { error };
    }
  };
  if (place.kind === 'pipe') return named(place.path);
  const fresh = freshName(place.path);
  const made = await named(fresh);
  if (made !== 'taken') return made;
  try {
    await link(fresh, place.path);
    await unlink(fresh);
    return 'taken';
  } catch (error) {
    waiting.close();
    await unlink(fresh).catch(() => undefined);
    // Without links to sockets the name is taken directly; then it exists an instant too early.
    return systemCode(error) === 'EEXIST' ? 'busy' : named(place.path);
  }
}

function freshName(path: string): string {
  return join(dirname(path), `.lvstudio-${randomBytes(8).toString('hex')}`);
}

/** Accepts connections before there is an engine to serve them. */
class WaitingRoom {
  private server: Server | undefined;
  private readonly waiting = new Set<Socket>();
  private accept: ((socket: Socket) => void) | undefined;

  listen(path: string): Promise<void> {
    const server = createServer((socket) => this.enter(socket));
    this.server = server;
    return new Promise((resolve, reject) => {
      server.on('error', reject);
      server.listen(path, resolve);
    });
  }

  serve(accept: (socket: Socket) => void): void {
    this.accept = accept;
    for (const socket of this.waiting) accept(socket);
    this.waiting.clear();
  }

  close(): void {
    this.server?.close();
    // Nothing they sent was even read: they may try again.
    for (const socket of this.waiting) dismissConnection(jsonLines(socket));
    this.waiting.clear();
  }

  private enter(socket: Socket): void {
    // Whoever takes it over adds its own; until then an error must not end the program.
    socket.on('error', () => socket.destroy());
    if (this.accept !== undefined) {
      this.accept(socket);
      return;
    }
    this.waiting.add(socket);
    socket.on('close', () => this.waiting.delete(socket));
  }
}

class HeldLock implements LabLock {
  constructor(
    private readonly room: WaitingRoom,
    private readonly place: SocketPlace,
    private readonly root: string,
    private readonly own: string | undefined,
  ) {}

  serve(accept: (socket: Socket) => void): void {
    this.room.serve(accept);
  }

  /** Leaves the socket's path in the lab where it cannot be inside. */
  async record(): Promise<void> {
    if (this.place.kind !== 'shared') return;
    // A folder that cannot be written to is found by the same rule that led here.
    await writeFile(join(this.root, RECORD_FILE), this.place.path).catch(() => undefined);
  }

  async release(): Promise<void> {
    const mine = this.own !== undefined && (await mark(this.place.path)) === this.own;
    if (mine && this.place.kind !== 'pipe') await unlink(this.place.path).catch(() => undefined);
    if (this.place.kind === 'shared') {
      await unlink(join(this.root, RECORD_FILE)).catch(() => undefined);
    }
    // Who is at the door already is let in, to be sent away with a word.
    await new Promise((resolve) => setTimeout(resolve, 1));
    this.room.close();
  }
}
