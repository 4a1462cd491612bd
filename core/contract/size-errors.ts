import type { Sectors } from './units.ts';

/** Refusals of what is larger than can be counted. Devices are paths. */
export type SizeError =
  /** More extents than 32 bits count. `vg`: the group it was to join; absent: it is in one. */
  | {
      readonly code: 'pv-extents-exceeded';
      readonly device: string;
      readonly extentSize: Sectors;
      readonly vg?: string;
    }
  /** `count`: all extents there would be; `device`: the PV to be added, if it is that. */
  | {
      readonly code: 'vg-extents-exceeded';
      readonly vg: string;
      readonly count: number;
      readonly device?: string;
    }
  /** More sectors than can be counted exactly here. `device`: the PV that would bring them. */
  | { readonly code: 'vg-too-large'; readonly vg: string; readonly device: string };
