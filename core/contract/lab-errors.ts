import type { ExportError } from './exports.ts';
import type { JobError } from './jobs.ts';
import type { Sectors } from './units.ts';

/** Refusals that concern a lab, its disks and what is exported, of which LVM knows nothing. */
export type LabError =
  | JobError
  | ExportError
  | { readonly code: 'lab'; readonly directory: string; readonly why: string }
  /** `by`: names of mapped devices that somebody has open, or that are no volumes of LVM. */
  | { readonly code: 'disk-in-use'; readonly device: string; readonly by: readonly string[] }
  /** Named where only the disk that it is on can be: what concerns the image. */
  | { readonly code: 'disk-is-partition'; readonly device: string; readonly disk: string }
  /** It is not broken, or mended, so; `why` is a clause. */
  | { readonly code: 'fault-refused'; readonly device: string; readonly why: string };

/** Asked before what a sandbox holds goes into its image, or is lost. */
export interface SandboxQuestion {
  readonly code: 'apply-sandbox' | 'discard-sandbox';
  readonly disks: readonly {
    readonly device: string;
    /** Absent where the sandbox cannot be opened. */
    readonly changed?: Sectors;
  }[];
  /** Volumes with extents on them: `vg/home`. */
  readonly volumes: readonly string[];
}

/** Somebody else wrote to the image, or it is not the file any more that was opened. */
export interface ImageNotice {
  readonly code: 'image-changed';
  readonly device: string;
  readonly image: string;
  /** A clause: `was replaced by another file`. */
  readonly why: string;
}
