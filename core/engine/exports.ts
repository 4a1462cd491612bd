/** The exports of a lab: which volumes other programs reach over NBD, and who they are. */
import { err, ok, type Result } from '../base/result.ts';
import type { VolumeError } from '../contract/errors.ts';
import type { ExportClient, ExportPlace, ExportState } from '../contract/exports.ts';
import type { OpenDevice } from '../dm/open-device.ts';
import type { Scheduler } from '../env/scheduler.ts';
import { dmName } from '../lvm/activate/names.ts';
import { parseAddress } from '../nbd/client/address.ts';
import { NBD_LIMITS } from '../nbd/server/limits.ts';
import { NbdServer } from '../nbd/server/server.ts';
import type { NbdSession } from '../nbd/server/session.ts';
import type { ClientApart } from '../nbd/thread/engine-side.ts';
import type { ByteStream } from '../nbd/stream.ts';
import { exportUri, exportUses } from '../report/export-words.ts';
import type { OpenedVolume, VolumeTarget } from './open-volume.ts';

/** Where an export is to be reached. */
export type WantedPlace = ExportPlace | { readonly kind: 'usual' };

export interface ExportListener {
  readonly place: ExportPlace;
  /** Takes no further connection; those that there are stay. */
  close(): Promise<void>;
}

/** A connection that nobody has read from. */
export interface Incoming {
  /** Who it is, as far as the socket tells. */
  readonly client: string;
  /** To serve it in this thread; asked for once. */
  stream(): ByteStream;
}

/** Threads that serve clients of volumes whose sectors lie in files. */
export interface ServerThreads {
  /** There will be clients soon. */
  warm(): void;
  /**
   * Gives a connection to one of them.
   * @param name of the export
   * @param keptReadOnly nothing is written, even if the device could be
   * @returns undefined where it cannot be: it is to be served in this thread
   */
  serve(
    incoming: Incoming,
    device: OpenDevice,
    name: string,
    keptReadOnly: boolean,
  ): Promise<ClientApart | undefined>;
}

/** What the engine needs of the world to be reached. */
export interface ExportHost {
  /**
   * @param name of the mapped device: the usual place is named after it
   * @param accept gets every connection
   * @returns why not, in a clause
   */
  listen(
    name: string,
    wanted: WantedPlace,
    accept: (incoming: Incoming) => void,
  ): Promise<Result<ExportListener, string>>;
  /** Absent: the engine's thread serves them all. */
  readonly threads?: ServerThreads;
}

export interface ExportWish {
  readonly target: VolumeTarget;
  readonly place: WantedPlace;
  readonly readOnly: boolean;
}

interface Exported extends OpenedVolume {
  readonly readOnly: boolean;
  /** Was seen to lie in files: a suspend, or a hole being punched, hides it for a while. */
  inFiles: boolean;
  listener?: ExportListener;
  readonly connected: Map<number, Connected>;
  /** Connections on their way to another thread. */
  readonly arriving: Set<Promise<void>>;
  /** Resolves once it has ended. */
  ending?: Promise<void>;
}

/** A client, whoever serves it. */
type Connected = ClientApart & Pick<NbdSession, 'client' | 'since'>;

export interface ExportsOptions {
  /** Absent where nothing outside can be reached. */
  readonly host: ExportHost | undefined;
  readonly scheduler: Scheduler;
  open(target: VolumeTarget): Promise<Result<OpenedVolume, VolumeError>>;
  /** Whether a mapped device has this name. */
  isDevice(name: string): boolean;
  /** They are others than before. */
  changed(): void;
}

/** How often the counters of a busy client are told anew. */
const TOLD_MICROS = 1_000_000;

const CLOSING = 'the lab is being closed';

export class Exports {
  private exported: readonly Exported[] = [];
  private readonly server: NbdServer;
  private lastClient = 0;
  private told = '[]';
  private ticking = false;
  private closing = false;

  constructor(private readonly options: ExportsOptions) {
    this.server = new NbdServer({ scheduler: options.scheduler });
  }

  get states(): readonly ExportState[] {
    return this.exported.flatMap((one) => (one.listener ? stateOf(one, one.listener) : []));
  }

  async start(wish: ExportWish): Promise<Result<ExportState, VolumeError>> {
    const { host } = this.options;
    const opened = await this.options.open(wish.target);
    if (!opened.ok) return opened;
    const { device, volume } = opened.value;
    const refuse = (why: string): Result<never, VolumeError> => {
      device.close();
      return err({ code: 'export-refused', volume, why });
    };
    if (!host) return refuse('nothing outside of this engine can be reached');
    if (this.isClosing()) return refuse(CLOSING);
    const twice = this.exported.some((one) => one.device.same(device));
    if (twice) return refuse('it is exported already');
    const readOnly = wish.readOnly || device.readOnly;
    const inFiles = liesInFiles(device);
    const one: Exported = {
      ...opened.value,
      readOnly,
      inFiles,
      connected: new Map(),
      arriving: new Set(),
    };
    // Before it listens: nobody else may begin the same meanwhile.
    this.exported = [...this.exported, one];
    if (inFiles) host.threads?.warm();
    const listener = await host.listen(device.name, wish.place, (incoming) => {
      const arrival = this.accept(one, incoming).finally(() => one.arriving.delete(arrival));
      one.arriving.add(arrival);
    });
    if (!listener.ok) {
      this.exported = this.exported.filter((other) => other !== one);
      return refuse(listener.error);
    }
    one.listener = listener.value;
    if (this.isClosing()) {
      await this.finish(one);
      return err({ code: 'export-refused', volume, why: CLOSING });
    }
    this.tell();
    return ok(stateOf(one, listener.value));
  }

  /** How many programs use an export; undefined where there is none. */
  clientsOf(volume: string): number | undefined {
    return this.find(volume)?.connected.size;
  }

  /** Whether an address is that of an export of this lab: as its disk it would lie on itself. */
  isOwn(text: string): boolean {
    const address = parseAddress(text);
    if (!address.ok) return false;
    return this.states.some(({ place }) =>
      address.value.kind === 'unix'
        ? place.kind === 'unix' && place.path === address.value.socket
        : place.kind === 'tcp' && place.port === address.value.port,
    );
  }

  /** Requests that have begun end, all is flushed, and the clients are sent away. */
  async end(volume: string): Promise<Result<void, VolumeError>> {
    const one = this.find(volume);
    if (!one) return err({ code: 'not-exported', volume });
    await this.finish(one);
    return ok();
  }

  /** Ends all of them, and begins none any more. */
  async close(): Promise<void> {
    this.closing = true;
    await Promise.all(this.exported.map((one) => this.finish(one)));
  }

  /** The volume may have got another name since. */
  private find(volume: string): Exported | undefined {
    const [vg = '', lv = ''] = volume.split('/');
    const named = lv === '' ? volume : dmName(vg, lv);
    const there = this.exported.filter(({ listener }) => listener);
    const found = there.find(({ device }) => device.name === named);
    // By now its old name may be another volume's.
    if (found || this.options.isDevice(named)) return found;
    return there.find((one) => one.volume === volume);
  }

  private get connections(): number {
    return this.exported.reduce(
      (sum, { connected, arriving }) => sum + connected.size + arriving.size,
      0,
    );
  }

  /** Whatever has happened since it was asked before. */
  private isClosing(): boolean {
    return this.closing;
  }

  /** One that does not listen yet finds out itself that it must not. */
  private finish(one: Exported): Promise<void> {
    const { listener } = one;
    if (listener) one.ending = this.finishNow(one, listener);
    return one.ending ?? Promise.resolve();
  }

  private async finishNow(one: Exported, listener: ExportListener): Promise<void> {
    delete one.listener;
    await listener.close();
    await Promise.all(one.arriving);
    await Promise.all([...one.connected.values()].map((session) => session.finish()));
    this.exported = this.exported.filter((other) => other !== one);
    one.device.close();
    this.tell();
  }

  private async accept(one: Exported, incoming: Incoming): Promise<void> {
    // Those in other threads and those in this one together.
    if (this.connections >= NBD_LIMITS.connections) return incoming.stream().destroy();
    const connected = (await this.serveApart(one, incoming)) ?? this.serveHere(one, incoming);
    if (!connected) return;
    const id = ++this.lastClient;
    one.connected.set(id, connected);
    void connected.ended.then(() => {
      one.connected.delete(id);
      this.tell();
    });
    this.tell();
    this.tick();
  }

  private serveHere(one: Exported, incoming: Incoming): Connected | undefined {
    const { device, readOnly, volume } = one;
    const offered = { name: volume, device, readOnly, description: '' };
    // A socket is the door to one volume: who may use it may not use the others.
    return this.server.serve(incoming.stream(), incoming.client, () => [offered]);
  }

  /** In a thread that reads the files itself, see core/nbd/thread. */
  private async serveApart(one: Exported, incoming: Incoming): Promise<Connected | undefined> {
    const { device, readOnly, volume } = one;
    const { host, scheduler } = this.options;
    one.inFiles ||= liesInFiles(device);
    if (!host?.threads || !one.inFiles) return undefined;
    const since = scheduler.now;
    const served = await host.threads.serve(incoming, device, volume, readOnly);
    return (
      served && {
        client: incoming.client,
        since,
        get traffic() {
          return served.traffic;
        },
        ended: served.ended,
        finish: () => served.finish(),
      }
    );
  }

  /** As long as somebody is there. */
  private tick(): void {
    if (this.ticking) return;
    this.ticking = true;
    this.options.scheduler.after(TOLD_MICROS, 'counters of exports', () => {
      this.ticking = false;
      this.tell();
      if (this.exported.some(({ connected }) => connected.size > 0)) this.tick();
    });
  }

  private tell(): void {
    const now = JSON.stringify(this.states);
    if (now === this.told) return;
    this.told = now;
    this.options.changed();
  }
}

function stateOf(one: Exported, { place }: ExportListener): ExportState {
  const { volume, lvId, device, readOnly } = one;
  return {
    volume,
    ...(lvId !== undefined && { lvId }),
    size: device.size,
    readOnly,
    place,
    uri: exportUri(volume, place),
    clients: [...one.connected].map(([id, session]) => clientOf(id, session)),
    uses: exportUses(volume, place),
  };
}

function clientOf(id: number, { client, since, traffic }: Connected): ExportClient {
  const { reads, writes, bytesRead, bytesWritten } = traffic;
  return {
    id,
    name: client,
    sinceMicros: since,
    readRequests: reads,
    writeRequests: writes,
    read: bytesRead,
    written: bytesWritten,
  };
}

/** Whether a thread that reads files could serve it as well as the engine's. */
function liesInFiles(device: OpenDevice): boolean {
  const lease = device.lease(() => undefined);
  lease?.giveBack();
  return lease !== undefined;
}
