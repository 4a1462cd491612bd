/**
 * The studio for a browser: the page over HTTP and the engine over a web socket, on loopback, for
 * whoever holds a ticket.
 */
import type { IncomingMessage, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import type { EngineApi } from '../../core/contract/api.ts';
import { MESSAGE_LIMIT } from '../../core/host/channel.ts';
import type { DefectReporter } from '../../core/host/wire-answer.ts';
import { serveConnection } from '../../core/host/wire-server.ts';
import type { Served } from '../../core/host/wire-server.ts';
import { listPageFiles } from '../page-files.ts';
import { pageHeaders } from '../page-policy.ts';
import { Admission } from './admission.ts';
import { answerPageRequest } from './page-server.ts';
import { webSocketChannel } from './web-socket-channel.ts';

/** Path of the web socket. */
export const SOCKET_PATH = '/engine';
/** A window that does not answer two of these in a row is gone. */
const HEARTBEAT_MILLIS = 15_000;

export interface BrowserHostOptions {
  readonly api: EngineApi;
  /** Folder of the built page. */
  readonly page: string;
  readonly defect: DefectReporter;
  /** Default 15 000. */
  readonly heartbeatMillis?: number;
}

export interface BrowserHost {
  /** A new address, good for one browser. */
  address(): string;
  /** One listener, called after each use of an address. */
  onAdmitted(listener: () => void): void;
  /** Drops all windows' connections: what they know is out of date. They connect again. */
  restartWindows(): void;
  /** Answers what is open, then ends. */
  close(): Promise<void>;
}

/** Listens on a free port of 127.0.0.1. */
export async function startBrowserHost(options: BrowserHostOptions): Promise<BrowserHost> {
  const files = await listPageFiles(options.page);
  // Commands without a window load the program, too, and do not wait for what they do not use.
  // A script with a code cache has no import().
  const { createServer } = process.getBuiltinModule('node:http');
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const admission = new Admission(port);
  const headers = pageHeaders([`ws://127.0.0.1:${port}`]);
  let listener = (): void => undefined;
  const admitted = (): void => listener();
  server.on('request', (request, response) => {
    answerPageRequest(request, response, { admission, files, headers, admitted }).catch(() => {
      response.destroy();
    });
  });
  const windows = new Windows(options);
  server.on('upgrade', (request, socket, head) => {
    const status = refusalOf(request, admission);
    if (status === undefined) windows.welcome(request, socket, head);
    else turnAway(socket, status);
  });
  return {
    address: () => `http://127.0.0.1:${port}/?ticket=${admission.issueTicket()}`,
    onAdmitted: (given) => {
      listener = given;
    },
    restartWindows: () => windows.restart(),
    close: async () => {
      await windows.close();
      await stop(server);
    },
  };
}

/** The same three questions as for a page, and the origin: other pages may try web sockets too. */
function refusalOf(request: IncomingMessage, admission: Admission): string | undefined {
  const { host, origin, cookie } = request.headers;
  if (!admission.isOurHost(host)) return '421 Misdirected Request';
  if (!admission.isOurOrigin(origin) || !admission.knows(cookie)) return '403 Forbidden';
  return request.url === SOCKET_PATH ? undefined : '404 Not Found';
}

function turnAway(socket: Duplex, status: string): void {
  socket.on('error', () => socket.destroy());
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

/** RFC 6455 7.4.1: the service restarts, come back. */
const SERVICE_RESTART = 1012;

/** How long a window may take to say goodbye. */
const GOODBYE_MILLIS = 500;

class Windows {
  private readonly sockets = new WebSocketServer({
    noServer: true,
    // In bytes; the messages of a window are ASCII but for names.
    maxPayload: MESSAGE_LIMIT,
    perMessageDeflate: false,
  });
  private readonly served = new Map<WebSocket, Served>();
  private readonly silent = new WeakSet<WebSocket>();
  private readonly heartbeat: ReturnType<typeof setInterval>;

  constructor(private readonly options: BrowserHostOptions) {
    const beat = options.heartbeatMillis ?? HEARTBEAT_MILLIS;
    this.heartbeat = setInterval(() => this.beat(), beat);
    this.heartbeat.unref();
  }

  welcome(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.sockets.handleUpgrade(request, socket, head, (opened) => this.serve(opened));
  }

  restart(): void {
    for (const socket of this.served.keys()) socket.close(SERVICE_RESTART);
  }

  async close(): Promise<void> {
    clearInterval(this.heartbeat);
    const open = [...this.served];
    const left = open.map(([socket]) => new Promise((resolve) => socket.once('close', resolve)));
    await Promise.all(open.map(([, served]) => served.finish()));
    const patience = new Promise((resolve) => setTimeout(resolve, GOODBYE_MILLIS).unref());
    await Promise.race([Promise.all(left), patience]);
    for (const socket of this.sockets.clients) socket.terminate();
    this.sockets.close();
  }

  private serve(socket: WebSocket): void {
    const { api, defect } = this.options;
    // What arrives broken or too long; the socket closes itself.
    socket.on('error', () => undefined);
    socket.on('pong', () => this.silent.delete(socket));
    this.served.set(socket, serveConnection(api, webSocketChannel(socket), defect));
    socket.on('close', () => this.served.delete(socket));
  }

  private beat(): void {
    for (const socket of this.sockets.clients) {
      if (this.silent.has(socket)) {
        socket.terminate();
        continue;
      }
      this.silent.add(socket);
      socket.ping();
    }
  }
}
