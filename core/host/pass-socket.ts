/**
 * Gives an accepted socket to another thread of this process. Node passes sockets to other
 * processes only, over the pipe it speaks with its children through; here both ends of such a pipe
 * are ours, and the socket goes through it in the same way (SCM_RIGHTS): the other side gets a file
 * number of its own. The parts of Node that this needs are not documented: where one is missing,
 * nothing is passed, and whoever asked serves the socket itself.
 */
import { createServer, Socket, type SocketConstructorOpts } from 'node:net';

/** The handle below a socket. */
interface Handle {
  readonly fd: number;
  /** Of the last message that came with a socket. */
  pendingHandle?: Handle | null;
  onread?: unknown;
  open(fd: number): number;
  connect(request: Request, path: string): number;
  readStart(): number;
  writeUtf8String(request: Request, text: string, handle: Handle): number;
  unref(): void;
}

interface Request {
  oncomplete?: (status: number) => void;
}

interface Internals {
  readonly Pipe: new (kind: number) => Handle;
  readonly PipeConnectWrap: new () => Request;
  readonly WriteWrap: new () => Request;
  /** The kind of a pipe that sockets go through. */
  readonly ipc: number;
}

function internals(): Internals | undefined {
  const { binding } = process as unknown as { binding?: (name: string) => unknown };
  if (!binding) return undefined;
  try {
    const pipe = binding('pipe_wrap') as Partial<Internals> & { constants?: { IPC?: number } };
    const { WriteWrap } = binding('stream_wrap') as Partial<Internals>;
    const { Pipe, PipeConnectWrap, constants } = pipe;
    const ipc = constants?.IPC;
    if (!Pipe || !PipeConnectWrap || !WriteWrap || ipc === undefined) return undefined;
    return { Pipe, PipeConnectWrap, WriteWrap, ipc };
  } catch {
    return undefined;
  }
}

/** The end that gives. */
export interface SocketGiver {
  /**
   * The socket belongs to the other side afterwards. Nothing may have been read from it.
   * @returns whether it has gone
   */
  give(number: number, socket: Socket): Promise<boolean>;
}

/**
 * Waits for the other end to call `takeSockets`.
 * @param path of a socket that nobody else can reach; nothing is there when this has returned
 * @param listening called when the other end may connect; what it returns resolves if it will not
 */
export async function giveSockets(
  path: string,
  listening: () => Promise<void>,
): Promise<SocketGiver | undefined> {
  const known = internals();
  if (!known) return undefined;
  const server = createServer({ pauseOnConnect: true });
  const accepted = await new Promise<Handle | undefined>((resolve) => {
    server.once('error', () => resolve(undefined));
    server.once('connection', (socket) => resolve(handleOf(socket)));
    server.listen(path, () => void listening().then(() => resolve(undefined)));
  });
  server.close();
  if (!accepted) return undefined;
  // The accepted handle passes no sockets; a second one of the same file does. Neither is ever
  // closed, for closing one would close the file of both: there is one pair for each thread, and
  // threads last as long as the process.
  const pipe = new known.Pipe(known.ipc);
  if (pipe.open(accepted.fd) !== 0) return undefined;
  kept.push(accepted, pipe);
  for (const handle of kept) handle.unref();
  return { give: (number, socket) => give(known, pipe, number, socket) };
}

const kept: Handle[] = [];

const handleOf = (socket: Socket): Handle | undefined =>
  (socket as unknown as { _handle?: Handle | null })._handle ?? undefined;

function give(known: Internals, pipe: Handle, number: number, socket: Socket): Promise<boolean> {
  const handle = handleOf(socket);
  if (!handle) return Promise.resolve(false);
  return new Promise((resolve) => {
    const request = new known.WriteWrap();
    request.oncomplete = (status) => {
      // The other side has its own; this closes ours.
      if (status === 0) socket.destroy();
      resolve(status === 0);
    };
    if (pipe.writeUtf8String(request, `${number}`, handle) !== 0) resolve(false);
  });
}

/**
 * The end that takes.
 * @param taken with the number that the socket was given under; it is paused, and absent where this
 * side could not open one more
 * @returns false where this Node cannot do it
 */
export function takeSockets(
  path: string,
  taken: (number: number, socket: Socket | undefined) => void,
): Promise<boolean> {
  const known = internals();
  if (!known) return Promise.resolve(false);
  const pipe = new known.Pipe(known.ipc);
  return new Promise((resolve) => {
    const request = new known.PipeConnectWrap();
    request.oncomplete = (status) => {
      if (status !== 0) return resolve(false);
      pipe.onread = (data?: ArrayBuffer): void => {
        const handle = pipe.pendingHandle;
        pipe.pendingHandle = null;
        if (!data) return;
        const number = Number(Buffer.from(data).toString('latin1'));
        if (!handle) return taken(number, undefined);
        const options = {
          handle,
          pauseOnCreate: true,
          readable: true,
          writable: true,
        } as unknown as SocketConstructorOpts;
        taken(number, new Socket(options));
      };
      resolve(pipe.readStart() === 0);
    };
    if (pipe.connect(request, path) !== 0) resolve(false);
  });
}
