/** Where a lab keeps what it says of LVM's settings. */
import { ok, type Result } from '../base/result.ts';
import type { VolumeError } from '../contract/errors.ts';
import type { LabSettings } from '../contract/settings.ts';

export interface SettingsStore {
  readonly settings: LabSettings;
  /** @param value undefined: nothing is said of it any more */
  set(path: string, value: number | string | undefined): Promise<Result<void, VolumeError>>;
}

/** Gone with the engine. */
export class MemorySettings implements SettingsStore {
  settings: LabSettings = {};

  set(path: string, value: number | string | undefined): Promise<Result<void, VolumeError>> {
    this.settings = withSetting(this.settings, path, value);
    return Promise.resolve(ok());
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
