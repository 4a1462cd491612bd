/** Which labs are open in which windows: one window a lab. */
import { resolve } from 'node:path';
import type { EngineApi } from '../core/contract/api.ts';
import type { VolumeError } from '../core/contract/errors.ts';
import type { Result } from '../core/contract/units.ts';

/** A lab as a window needs it; LastingLab is one. */
export interface StudioLab {
  readonly api: EngineApi;
  /** Absolute, without symbolic links. */
  readonly directory: string;
  onReplaced(listener: () => void): void;
  close(): Promise<void>;
}

/** The part of a window that is used. */
export interface StudioWindow {
  readonly id: number;
  /** Shows the page; its calls arrive from here on. */
  load(): Promise<void>;
  reload(): void;
  focus(): void;
  /** Called once, when the window is gone. */
  onClosed(listener: () => void): void;
}

export interface StudiosOptions {
  /** The sample lab's folder, made when it is first asked for. */
  readonly sample: () => Promise<Result<string, VolumeError>>;
  readonly openLab: (directory: string) => Promise<Result<StudioLab, VolumeError>>;
  readonly createWindow: (lab: StudioLab) => Promise<StudioWindow>;
  /** Before a window is loaded again, because its lab has another engine. */
  readonly forget: (windowId: number) => void;
}

interface Studio {
  readonly lab: StudioLab;
  readonly window: StudioWindow;
}

export class Studios {
  private readonly open = new Map<string, Studio>();
  private readonly closing = new Set<Promise<void>>();
  /** Windows are opened one after the other, so that no lab is opened twice. */
  private last: Promise<unknown> = Promise.resolve();

  constructor(private readonly options: StudiosOptions) {}

  /** The engine that a window shows. */
  engineOf(windowId: number): EngineApi | undefined {
    return [...this.open.values()].find(({ window }) => window.id === windowId)?.lab.api;
  }

  /** Opens a lab in a window, or brings the window forward that has it. */
  show(lab: string | undefined): Promise<Result<void, VolumeError>> {
    const shown = this.last.then(() => this.showNow(lab));
    this.last = shown.catch(() => undefined);
    return shown;
  }

  /** Closes every lab; the windows go by themselves. */
  async closeAll(): Promise<void> {
    await this.last;
    for (const { lab } of this.open.values()) this.close(lab);
    this.open.clear();
    await Promise.all(this.closing);
  }

  private async showNow(named: string | undefined): Promise<Result<void, VolumeError>> {
    const { sample, openLab } = this.options;
    const directory = named === undefined ? await sample() : { ok: true as const, value: named };
    if (!directory.ok) return directory;
    const present = this.open.get(resolve(directory.value));
    if (present !== undefined) {
      present.window.focus();
      return { ok: true, value: undefined };
    }
    const lab = await openLab(directory.value);
    if (!lab.ok) return lab;
    await this.addWindow(lab.value);
    return { ok: true, value: undefined };
  }

  private async addWindow(lab: StudioLab): Promise<void> {
    const present = this.open.get(lab.directory);
    if (present !== undefined) {
      // The same lab under another name: we have just connected to ourselves.
      await lab.close();
      present.window.focus();
      return;
    }
    const window = await this.options.createWindow(lab);
    this.open.set(lab.directory, { lab, window });
    lab.onReplaced(() => {
      this.options.forget(window.id);
      window.reload();
    });
    window.onClosed(() => {
      if (this.open.delete(lab.directory)) this.close(lab);
    });
    await window.load();
  }

  private close(lab: StudioLab): void {
    const closing = lab.close().finally(() => this.closing.delete(closing));
    this.closing.add(closing);
  }
}
