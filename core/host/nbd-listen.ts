/** Where clients of an export come in: a Unix socket, or a port of this machine alone. */
import { randomBytes } from 'node:crypto';
import { chmod, lstat, rename, stat, unlink } from 'node:fs/promises';
import { connect, createServer, isIP, type AddressInfo, type Server, type Socket } from 'node:net';
import { dirname, join } from 'node:path';
import { err, ok, type Result } from '../base/result.ts';
import type { ByteStream } from '../nbd/stream.ts';
import { PATH_LIMIT } from './lab-socket.ts';
import { socketStream } from './socket-stream.ts';
import { describeSystemError, systemCode } from './system-error.ts';

/** `port` 0: any that is free. `host` 127.0.0.1 unless given; it has to be this machine's own. */
export type NbdPlace =
  { readonly path: string } | { readonly port: number; readonly host?: string };

export interface NbdListener {
  /** What a client connects to: a path or a port. */
  readonly place: { readonly path: string } | { readonly host: string; readonly port: number };
  /** Takes no new connection, and removes the socket. Those there are stay. */
  close(): Promise<void>;
}

/** Of the connections of a Unix socket, which have no address. */
let connections = 0;

export class NbdConnection {
  readonly client: string;

  /** @param socket paused */
  constructor(readonly socket: Socket) {
    this.client = clientOf(socket);
  }

  stream(): ByteStream {
    return socketStream(this.socket);
  }
}

/**
 * Only this user can connect to a Unix socket; to a port every program of this machine.
 * @returns why it cannot listen there, in a clause
 */
export async function listenNbd(
  place: NbdPlace,
  accept: (connection: NbdConnection) => void,
): Promise<Result<NbdListener, string>> {
  // Paused: what it reads goes to the buffers of who listens, see socket-stream.ts.
  const how = {
    pauseOnConnect: true,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: 60_000,
  };
  const server = createServer(how, (socket) => {
    accept(new NbdConnection(socket));
  });
  return 'path' in place ? listenPath(server, place.path) : listenPort(server, place);
}

function clientOf({ remoteAddress, remotePort }: Socket): string {
  connections++;
  return remoteAddress === undefined ? `#${connections}` : `${remoteAddress}:${remotePort ?? 0}`;
}

/**
 * The socket gets its name only when it listens already and only its owner can reach it: between a
 * socket and its mode there is always a moment, and the mask for new files is one of the process.
 */
async function listenPath(server: Server, path: string): Promise<Result<NbdListener, string>> {
  const free = await freePath(path);
  if (!free.ok) return free;
  const fresh = join(dirname(path), `.${randomBytes(4).toString('hex')}`);
  const longest = Math.max(Buffer.byteLength(path), Buffer.byteLength(fresh));
  if (longest > PATH_LIMIT) return err(`${path}: no socket can have a path that long`);
  const failed = await start(server, { path: fresh });
  if (failed !== undefined) return err(`${path}: ${failed}`);
  try {
    await chmod(fresh, 0o600);
    await rename(fresh, path);
  } catch (error) {
    server.close();
    await unlink(fresh).catch(() => undefined);
    return err(`${path}: ${describeSystemError(error)}`);
  }
  const close = async (): Promise<void> => {
    await stop(server);
    await unlink(path).catch(() => undefined);
  };
  return ok({ place: { path }, close });
}

/** Removes a socket that nobody listens on; whatever else is there stays. */
async function freePath(path: string): Promise<Result<void, string>> {
  try {
    // Without the folder, listening itself would fail for another reason.
    await stat(dirname(path));
  } catch (error) {
    return err(`${path}: ${describeSystemError(error)}`);
  }
  try {
    const facts = await lstat(path);
    if (!facts.isSocket()) return err(`${path} exists and is not a socket`);
    if (await answers(path)) return err(`${path}: another program listens there`);
    await unlink(path);
    return ok();
  } catch (error) {
    return systemCode(error) === 'ENOENT' ? ok() : err(`${path}: ${describeSystemError(error)}`);
  }
}

/** Only a refusal says that there is nobody. */
function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', (error) => resolve(systemCode(error) !== 'ECONNREFUSED'));
  });
}

async function listenPort(
  server: Server,
  { port, host = '127.0.0.1' }: { readonly port: number; readonly host?: string },
): Promise<Result<NbdListener, string>> {
  if (!isLoopback(host)) {
    return err(
      `${host}: exports are neither encrypted nor protected by a password, so they are offered ` +
        'on this machine only (127.0.0.1 or ::1); use an SSH tunnel to reach them from another',
    );
  }
  const failed = await start(server, { port, host });
  if (failed !== undefined) return err(`${host} port ${port}: ${failed}`);
  const { port: given } = server.address() as AddressInfo;
  return ok({ place: { host, port: given }, close: () => stop(server) });
}

/** A name might mean anything by tomorrow: only numbers, and `localhost`. */
function isLoopback(host: string): boolean {
  if (host === 'localhost') return true;
  const kind = isIP(host);
  return kind === 4 ? host.startsWith('127.') : kind === 6 && host === '::1';
}

/** Why not, or undefined. */
function start(
  server: Server,
  options: { readonly path: string } | { readonly port: number; readonly host: string },
): Promise<string | undefined> {
  return new Promise((resolve) => {
    server.on('error', (error) => resolve(describeSystemError(error)));
    server.listen(options, () => resolve(undefined));
  });
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close();
    // It says that it has closed only when the last connection has, which is not ours to wait for.
    resolve();
  });
}
