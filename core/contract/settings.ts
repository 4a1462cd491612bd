/**
 * What a lab says of LVM's settings, as lvm.conf would: by path (`activation/monitoring`), numbers
 * and words.
 */
export type LabSettings = Readonly<Record<string, number | string>>;

/** How many regions of a mirror are copied a second at most, 0 or more; 0: none. */
export interface CopyLimits {
  /** Of every mirror without a limit of its own; absent: as many as can. */
  readonly all?: number;
  /** By UUID of the mirror's mapped device. */
  readonly own?: Readonly<Record<string, number>>;
}

/** What a lab keeps beside its disks, as a screen shows it. */
export interface SettingsState {
  readonly lvm: LabSettings;
  /** Regions a second; absent: as many as can. */
  readonly copyLimit?: number;
}
