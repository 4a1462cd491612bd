/** What can be wrong with the device of a volume: its number, and how far it reads ahead. */

/** Its table would need a piece that is missing; `part`: the volume that misses it. */
interface IncompleteLv {
  readonly vg: string;
  readonly lv: string;
  readonly part: string;
}

/** Why a volume cannot have the device that it is to have, or not without it. */
export type DeviceError =
  /** Of a lab's disk whose image cannot be used: it may hold just what seems to be missing. */
  | { readonly code: 'disk-unusable'; readonly device: string; readonly why: string }
  | { readonly code: 'lv-inactive'; readonly vg: string; readonly lv: string }
  | BeyondVolume
  | { readonly code: 'activation-partial'; readonly vg: string; readonly lv: string }
  | { readonly code: 'refresh-partial'; readonly vg: string; readonly lv: string }
  | ({ readonly code: 'reload-partial' } & IncompleteLv)
  | ({ readonly code: 'monitor-partial' } & IncompleteLv)
  | {
      readonly code: 'lv-in-use';
      readonly vg: string;
      readonly lv: string;
      readonly openCount: number;
      /** Another mapped device stands on it. */
      readonly held?: true;
      /** Of a part of a mirror, its device: `vg-home_mlog (253:4)`. */
      readonly device?: string;
    }
  /** Another device has the minor number. `creating`: of a volume that there is not yet. */
  | {
      readonly code: 'minor-in-use';
      readonly vg: string;
      readonly lv: string;
      readonly minor: number;
      readonly creating?: true;
    }
  /** `max`: the highest that there is. */
  | { readonly code: 'minor-out-of-range'; readonly minor: number; readonly max: number }
  | { readonly code: 'minor-not-persistent'; readonly vg: string; readonly lv: string }
  /** Asked for with `-r`, which needs the volume to be up, */
  | { readonly code: 'resize-fs-inactive'; readonly vg: string; readonly lv: string }
  /** and a program that knows its file system. `device` as in /dev/mapper. */
  | { readonly code: 'resize-fs-unknown'; readonly device: string }
  | { readonly code: 'mirrors-vary' }
  | { readonly code: 'policies-unsupported' }
  /** In sectors, or `auto`. */
  | {
      readonly code: 'read-ahead-same';
      readonly vg: string;
      readonly lv: string;
      readonly readAhead: string;
    };

/** Said, although all went well. */
export type DeviceNotice =
  /** Its device still uses a disk on which the PV is no longer found. */
  | { readonly code: 'lv-on-lost-disk'; readonly vg: string; readonly lv: string }
  /** Sectors, a multiple of a page. */
  | { readonly code: 'read-ahead-rounded'; readonly readAhead: number }
  /** Numbers of mapped devices begin with the same one. */
  | { readonly code: 'major-ignored'; readonly major: number }
  /** One image is what a volume has anyway. */
  | { readonly code: 'mirrors-redundant' }
  /** Policies know how much. */
  | { readonly code: 'size-ignored' };

/** The device of an active volume cannot get another number. */
export type DeviceQuestion = {
  readonly code: 'deactivate-for-minor';
  readonly vg: string;
  readonly lv: string;
};

/** Bytes that a volume does not have were asked of it, or written to it. */
export interface BeyondVolume {
  readonly code: 'beyond-volume';
  /** `vg/home`. */
  readonly volume: string;
  /** Bytes, like all of it. */
  readonly size: number;
  readonly offset: number;
  /** Absent: all from there on. */
  readonly length?: number;
}
