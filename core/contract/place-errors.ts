import type { Extents, Sectors } from './units.ts';

/** A PV that was named as a place and cannot be one. */
export interface UnusablePv {
  readonly device: string;
  readonly why: 'full' | 'not-allocatable';
}

/** Why a volume cannot have the size that is wanted, or finds no place on the PVs it may use. */
export type PlaceError =
  /** Two ranges of one PV that share extents; first and last extent of each. */
  | {
      readonly code: 'pv-range-twice';
      readonly device: string;
      readonly range: { readonly first: number; readonly last: number };
      readonly twice: { readonly first: number; readonly last: number };
    }
  | { readonly code: 'pe-range-unreadable'; readonly text: string }
  | { readonly code: 'pe-range-outside'; readonly first: number; readonly last: number }
  /** Fewer free extents in the whole group than wanted. */
  | {
      readonly code: 'vg-short';
      readonly vg: string;
      readonly needed: Extents;
      readonly free: Extents;
    }
  /** Fewer free extents on the PVs that were named than wanted. */
  | { readonly code: 'pvs-short'; readonly needed: Extents; readonly free: Extents }
  /** Enough is free, but not where the policy allows it. */
  | {
      readonly code: 'no-suitable-extents';
      readonly lv: string;
      readonly contiguous: boolean;
      /** Absent: there is nothing at all. */
      readonly more?: Extents;
    }
  | { readonly code: 'no-allocatable-pvs'; readonly unusable: readonly UnusablePv[] }
  | { readonly code: 'stripes-exceed-pvs'; readonly stripes: number; readonly pvs: number }
  | { readonly code: 'stripes-invalid'; readonly stripes: number }
  | {
      readonly code: 'stripe-size-invalid';
      readonly size: Sectors;
      readonly command: string;
    }
  /** More extents than 32 bits count. */
  | { readonly code: 'volume-too-large'; readonly size: Sectors; readonly extentSize: Sectors }
  | { readonly code: 'size-zero'; readonly command: string }
  /** A percentage of what there is comes to nothing. */
  | { readonly code: 'size-comes-to-zero'; readonly rounded?: true }
  /** %ORIGIN where there is no origin. */
  | { readonly code: 'size-of-no-origin'; readonly isNew: boolean }
  | { readonly code: 'stripes-unsaid' }
  /** %LV of a volume that is still to be made. */
  | { readonly code: 'size-of-new-lv'; readonly ofOrigin?: true }
  | {
      readonly code: 'not-larger';
      readonly extents: Extents;
      readonly existing: Extents;
      /** Only after rounding to whole stripes. */
      readonly rounded?: boolean;
    }
  | {
      readonly code: 'not-smaller';
      readonly extents: Extents;
      readonly existing: Extents;
      /** Only after rounding to whole stripes. */
      readonly rounded: boolean;
    }
  | { readonly code: 'reduce-to-nothing'; readonly vg: string; readonly lv: string };

/** Said of the settings by which PVs are chosen. */
export type PlaceNotice =
  /** `allocation/cling_tag_list` is not of the kind that it should be. */
  | {
      readonly code: 'cling-list-odd';
      readonly why: 'integer' | 'float' | 'empty-string' | 'empty-list';
    }
  /** One of its entries counts for nothing. */
  | {
      readonly code: 'cling-tag-ignored';
      readonly why: 'no-string' | 'empty' | 'no-at' | 'no-tag';
      readonly text: string;
    };
