/** Where the socket of a lab's engine is, and whether anybody answers there. */
import { createHash } from 'node:crypto';
import { lstat, mkdir, readFile, stat } from 'node:fs/promises';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemCode } from './system-error.ts';

const SOCKET_FILE = 'lvstudio.sock';
/** In the lab's folder when the socket is elsewhere: its path. */
export const RECORD_FILE = 'lvstudio.sock.path';
/** What the sockets API of every system takes, less the terminating zero. */
export const PATH_LIMIT = 103;
/** Of the names a socket has before it takes its own; counted into the limit. */
export const FRESH_NAME_LENGTH = '.lvstudio-0123456789abcdef'.length;

/** Where an engine may listen. The first place that works is taken, by every engine alike. */
export interface SocketPlace {
  readonly path: string;
  /** Inside the lab, or where every lab of this user can have one. */
  readonly kind: 'folder' | 'shared' | 'pipe';
}

/** @param directory absolute, without symbolic links */
export function socketPlaces(directory: string): readonly SocketPlace[] {
  const hash = createHash('sha256').update(directory).digest('hex').slice(0, 16);
  if (process.platform === 'win32') {
    return [{ path: `\\\\.\\pipe\\lvstudio-${hash}`, kind: 'pipe' }];
  }
  const shared: SocketPlace = { path: join(sharedFolder(), `${hash}.sock`), kind: 'shared' };
  const longest = Buffer.byteLength(directory) + 1 + FRESH_NAME_LENGTH;
  if (longest > PATH_LIMIT) return [shared];
  return [{ path: join(directory, SOCKET_FILE), kind: 'folder' }, shared];
}

function sharedFolder(): string {
  return join(tmpdir(), `lvstudio-${ownId() ?? 'user'}`);
}

/**
 * Of an export: in the lab's folder, or where the path would be too long, among all labs'.
 * Undefined where that folder is not safely ours.
 */
export async function exportSocket(directory: string, name: string): Promise<string | undefined> {
  const path = join(directory, `${name}.nbd`);
  // Sockets are made under another name of that length at least.
  if (Math.max(name.length, 9) + Buffer.byteLength(directory) + 5 <= PATH_LIMIT) return path;
  if (!(await prepareSharedFolder())) return undefined;
  const hash = createHash('sha256').update(path).digest('hex').slice(0, 16);
  return join(sharedFolder(), `${hash}.nbd`);
}

/** Makes the folder of shared sockets; false if it is not safely ours. */
export async function prepareSharedFolder(): Promise<boolean> {
  const folder = sharedFolder();
  try {
    await mkdir(folder, { mode: 0o700 });
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') return false;
  }
  const facts = await lstat(folder);
  return facts.isDirectory() && facts.uid === ownId() && (facts.mode & 0o077) === 0;
}

/** Places where an engine of this lab may be listening now. */
export async function possiblePlaces(directory: string): Promise<readonly string[]> {
  const places = socketPlaces(directory).map(({ path }) => path);
  // The folder for temporary files is not the same in every environment.
  const recorded = await readFile(join(directory, RECORD_FILE), 'utf8').catch(() => '');
  if (recorded !== '' && recorded.length <= PATH_LIMIT) places.push(recorded);
  return [...new Set(places)];
}

/**
 * What is behind a socket's path.
 *
 * stale: nobody listens, its owner is gone. foreign: it belongs to somebody who owns neither this
 * process nor the lab, or who does not let us in.
 */
export type SocketAnswer =
  | { readonly kind: 'alive'; readonly socket: Socket }
  | { readonly kind: 'absent' | 'stale' | 'foreign' };

/** How often, and after how many milliseconds, a full queue of connections is tried again. */
const BUSY_TRIES = 40;
const BUSY_MILLIS = 50;

export async function askSocket(path: string, directory: string): Promise<SocketAnswer> {
  if (process.platform !== 'win32') {
    const facts = await lstat(path).catch(() => undefined);
    if (facts?.isSocket() !== true) return { kind: 'absent' };
    const owners = [ownId(), (await stat(directory)).uid];
    if (!owners.includes(facts.uid)) return { kind: 'foreign' };
  }
  for (let tries = 0; tries < BUSY_TRIES; tries++) {
    const answer = await tryConnect(path);
    if (typeof answer !== 'string') return { kind: 'alive', socket: answer };
    if (answer === 'ENOENT') return { kind: 'absent' };
    if (answer === 'ECONNREFUSED') return { kind: 'stale' };
    if (answer !== 'EAGAIN') return { kind: 'foreign' };
    await new Promise((resolve) => setTimeout(resolve, BUSY_MILLIS));
  }
  return { kind: 'foreign' };
}

function tryConnect(path: string): Promise<Socket | string> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => resolve(socket));
    // Stays: a socket whose error nobody handles ends the program.
    socket.on('error', (error) => resolve(systemCode(error) ?? 'EIO'));
  });
}

function ownId(): number | undefined {
  return process.getuid?.();
}
