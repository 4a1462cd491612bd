/**
 * A lab that stays open when the engine that had it ends. A command finds the engine of another
 * command, which closes the lab the moment it is done; what was not begun there is done here.
 */
import { ok } from '../base/result.ts';
import type { Result } from '../base/result.ts';
import type { EngineApi } from '../contract/api.ts';
import type { VolumeError } from '../contract/errors.ts';
import { openLab } from './open-lab.ts';
import type { LabHost, OpenLab } from './open-lab.ts';
import { WireError } from './wire-client.ts';

/** How long another process may take to close the lab, and how often to look. */
const CLOSING_MILLIS = 60_000;
const LOOK_MILLIS = 25;

export class LastingLab {
  /**
   * The same object for the whole time. Its subscriptions are those of the present engine: after
   * it was replaced, begin again with `state()`.
   */
  readonly api: EngineApi;
  private readonly replaced = new Set<() => void>();
  private closed = false;
  private reopening: Promise<void> | undefined;
  private readonly over = new WeakSet<OpenLab>();

  private constructor(
    private readonly host: LabHost,
    private session: OpenLab,
  ) {
    this.api = this.facade();
    this.watch(session);
  }

  static async open(directory: string, host: LabHost): Promise<Result<LastingLab, VolumeError>> {
    const session = await openLab(directory, host);
    return session.ok ? ok(new LastingLab(host, session.value)) : session;
  }

  /** Sentences about images that are there and cannot be opened. */
  get unopened(): readonly string[] {
    return this.session.unopened;
  }

  /** Absolute, without symbolic links. */
  get directory(): string {
    return this.session.directory;
  }

  /** Whether the present engine is in this process. */
  get own(): boolean {
    return this.session.own;
  }

  /**
   * Another engine has the lab now, and event numbers begin anew. With a listener
   * the lab is opened again as soon as its engine ends, without one when the next call is made.
   */
  onReplaced(listener: () => void): void {
    this.replaced.add(listener);
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.reopening?.catch(() => undefined);
    await this.session.close();
  }

  private watch(session: OpenLab): void {
    void session.ended.then(() => {
      this.over.add(session);
      // A failure is kept for the next call, which tries again and tells it.
      if (this.replaced.size > 0 && !this.closed) this.reopen(session).catch(() => undefined);
    });
  }

  private async run<T>(call: (api: EngineApi) => Promise<T>): Promise<T> {
    const deadline = performance.now() + CLOSING_MILLIS;
    for (;;) {
      const { session } = this;
      try {
        if (session.isClosing) await session.ended;
        if (this.over.has(session)) await this.reopen(session);
        return await call(this.session.api);
      } catch (error) {
        const again = error instanceof WireError && error.code === 'closing';
        if (!again || this.closed || performance.now() > deadline) throw error;
        await session.ended;
      }
    }
  }

  /** Once for all who ask while it is going on. */
  private reopen(ended: OpenLab): Promise<void> {
    if (this.session !== ended) return Promise.resolve();
    this.reopening ??= this.replace().finally(() => {
      this.reopening = undefined;
    });
    return this.reopening;
  }

  private async replace(): Promise<void> {
    const deadline = performance.now() + CLOSING_MILLIS;
    for (;;) {
      const next = await openLab(this.session.directory, this.host);
      if (!next.ok) throw new LabGone(next.error);
      const why = await turnedAway(next.value);
      if (why === undefined) {
        this.session = next.value;
        this.watch(next.value);
        for (const listener of this.replaced) listener();
        return;
      }
      if (this.closed || performance.now() > deadline) throw why;
      await new Promise((resolve) => setTimeout(resolve, LOOK_MILLIS));
    }
  }

  private facade(): EngineApi {
    return {
      state: () => this.run((api) => api.state()),
      preview: (argv) => this.run((api) => api.preview(argv)),
      command: (argv, options) => this.run((api) => api.command(argv, options)),
      read: (volume, offset, length) => this.run((api) => api.read(volume, offset, length)),
      write: (volume, offset, data) => this.run((api) => api.write(volume, offset, data)),
      vgMetadata: (vg) => this.run((api) => api.vgMetadata(vg)),
      pvMetadata: (device) => this.run((api) => api.pvMetadata(device)),
      proposeMoves: (wish) => this.run((api) => api.proposeMoves(wish)),
      reportFields: () => this.run((api) => api.reportFields()),
      backupFiles: () => this.run((api) => api.backupFiles()),
      backupText: (path) => this.run((api) => api.backupText(path)),
      subscribe: (listener) => this.session.api.subscribe(listener),
    };
  }
}

/** Whether the engine we found is still the one that is closing. */
async function turnedAway(session: OpenLab): Promise<WireError | undefined> {
  if (session.own) return undefined;
  try {
    await session.api.state();
    return undefined;
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    await session.close();
    return error;
  }
}

/** The lab cannot be opened again after its engine ended. */
export class LabGone extends Error {
  override readonly name = 'LabGone';

  constructor(readonly error: VolumeError) {
    super('the lab cannot be opened again');
  }
}
