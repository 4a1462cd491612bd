/** The threads of this process that serve clients of exports. */
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Incoming, ServerThreads } from '../engine/exports.ts';
import type { OpenDevice } from '../dm/open-device.ts';
import { EngineSide } from '../nbd/thread/engine-side.ts';
import { NbdConnection } from './nbd-listen.ts';
import { giveSockets, type SocketGiver } from './pass-socket.ts';
import { portChannel } from './port-channel.ts';

/** Two serve nbdcopy, with four connections, a third faster than one; more gained nothing. */
const MOST = 4;

/** What a thread is started with. */
export interface ThreadData {
  /** Of the socket through which connections come. */
  readonly path: string;
}

interface ServerThread {
  readonly side: EngineSide;
  readonly giver: SocketGiver;
  /** Clients on their way to it. */
  coming: number;
}

/**
 * @param build the folder of all programs
 * @param defect is told why a thread could not be started, or ended
 */
export function serverThreads(
  build: string,
  defect: (error: unknown, method: string) => void,
): ServerThreads {
  return new WorkerThreads(join(build, 'server-thread.mjs'), (error) =>
    defect(error, 'a server thread'),
  );
}

/** Begun when they are needed; they last as long as the process, and do not keep it alive. */
class WorkerThreads implements ServerThreads {
  private starting: Promise<void> | undefined;
  private running: readonly ServerThread[] = [];
  private lastClient = 0;

  /** @param program what a thread runs */
  constructor(
    private readonly program: string,
    private readonly defect: (error: unknown) => void,
  ) {}

  warm(): void {
    void this.start();
  }

  async serve(incoming: Incoming, device: OpenDevice, name: string, keptReadOnly: boolean) {
    if (!(incoming instanceof NbdConnection)) return undefined;
    await this.start();
    const [first, ...others] = this.running;
    if (!first) return undefined;
    const load = ({ side, coming }: ServerThread): number => side.load + coming;
    const idlest = others.reduce((best, one) => (load(one) < load(best) ? one : best), first);
    const client = ++this.lastClient;
    idlest.coming++;
    const given = await idlest.giver.give(client, incoming.socket);
    idlest.coming--;
    return given ? idlest.side.serve(client, device, name, keptReadOnly) : undefined;
  }

  private start(): Promise<void> {
    return (this.starting ??= this.startAll());
  }

  /** Where one cannot be started, whoever asks serves clients in its own thread. */
  private async startAll(): Promise<void> {
    const count = Math.min(MOST, availableParallelism());
    await Promise.all(Array.from({ length: count }, () => this.startOne().catch(this.defect)));
  }

  private async startOne(): Promise<void> {
    const folder = await mkdtemp(join(tmpdir(), 'lvstudio-thread-'));
    const path = join(folder, 's');
    let worker: Worker | undefined;
    try {
      const giver = await giveSockets(path, () => {
        worker = this.startWorker(path);
        return ended(worker);
      });
      if (!worker) return;
      if (!giver) return void worker.terminate();
      const side = new EngineSide(portChannel(worker));
      // Listening to it has kept the process alive again.
      worker.unref();
      const thread = { side, giver, coming: 0 };
      this.running = [...this.running, thread];
      worker.once('exit', () => {
        this.running = this.running.filter((one) => one !== thread);
        side.lost();
      });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  private startWorker(path: string): Worker {
    const workerData: ThreadData = { path };
    const worker = new Worker(this.program, { workerData });
    worker.on('error', this.defect);
    return worker;
  }
}

const ended = (worker: Worker): Promise<void> =>
  new Promise((resolve) => {
    worker.once('exit', () => resolve());
  });
