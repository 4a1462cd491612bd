/** Where a lab keeps what it says of LVM's settings, and how fast its mirrors are copied. */
import { ok, type Result } from '../base/result.ts';
import type { VolumeError } from '../contract/errors.ts';
import type { CopyLimits, LabSettings, SettingsState } from '../contract/settings.ts';

export interface SettingsStore {
  readonly settings: LabSettings;
  readonly limits: CopyLimits;
  /** @param value undefined: nothing is said of it any more */
  set(path: string, value: number | string | undefined): Promise<Result<void, VolumeError>>;
  keepLimits(limits: CopyLimits): Promise<Result<void, VolumeError>>;
}

/** Gone with the engine. */
export class MemorySettings implements SettingsStore {
  settings: LabSettings = {};
  limits: CopyLimits = {};

  set(path: string, value: number | string | undefined): Promise<Result<void, VolumeError>> {
    this.settings = withSetting(this.settings, path, value);
    return Promise.resolve(ok());
  }

  keepLimits(limits: CopyLimits): Promise<Result<void, VolumeError>> {
    this.limits = limits;
    return Promise.resolve(ok());
  }
}

/** Tells what was kept. */
export class ToldSettings implements SettingsStore {
  constructor(
    private readonly store: SettingsStore,
    private readonly changed: (state: SettingsState) => void,
  ) {}

  get settings(): LabSettings {
    return this.store.settings;
  }

  get limits(): CopyLimits {
    return this.store.limits;
  }

  get state(): SettingsState {
    const { all } = this.limits;
    return { lvm: this.settings, ...(all === undefined ? {} : { copyLimit: all }) };
  }

  async set(path: string, value: number | string | undefined): Promise<Result<void, VolumeError>> {
    return this.told(await this.store.set(path, value));
  }

  async keepLimits(limits: CopyLimits): Promise<Result<void, VolumeError>> {
    return this.told(await this.store.keepLimits(limits));
  }

  private told(done: Result<void, VolumeError>): Result<void, VolumeError> {
    if (done.ok) this.changed(this.state);
    return done;
  }
}

/** Sorted by path. */
export function withSetting(
  settings: LabSettings,
  path: string,
  value: number | string | undefined,
): LabSettings {
  const others = Object.entries(settings).filter(([one]) => one !== path);
  const all = value === undefined ? others : [...others, [path, value] as const];
  return Object.fromEntries(all.sort(([a], [b]) => (a < b ? -1 : 1)));
}
