/** What pvck finds, asks and refuses while it repairs a PV. Offsets and sizes in bytes. */

/** Why nothing was written. */
export type PvckRefusal =
  | { readonly kind: 'file-needed' }
  | { readonly kind: 'file-needed-for-header' }
  | { readonly kind: 'file-invalid' }
  | { readonly kind: 'file-unreadable'; readonly file: string }
  | { readonly kind: 'file-empty'; readonly file: string }
  | { readonly kind: 'file-too-small' }
  /** What pvck printed, instead of the file it wrote. */
  | { readonly kind: 'file-of-output' }
  | { readonly kind: 'file-without-group' }
  | { readonly kind: 'id-of-settings-unknown'; readonly pvId: string }
  | { readonly kind: 'id-of-label-unknown'; readonly pvId: string }
  | { readonly kind: 'name-unknown'; readonly device: string }
  | { readonly kind: 'id-elsewhere'; readonly pvId: string; readonly device: string }
  | { readonly kind: 'no-label' }
  | { readonly kind: 'no-areas' }
  | { readonly kind: 'no-area'; readonly area: number }
  | {
      readonly kind: 'second-differs';
      readonly what: 'offset' | 'size';
      readonly set: number;
      readonly found: number;
    }
  | {
      readonly kind: 'text-too-large';
      readonly size: number;
      readonly area: number;
      readonly max: number;
    };

/** What was found, and what is written. */
export type PvckSaid =
  /** Each a clause of LVM's about one field. */
  | { readonly kind: 'checks'; readonly checks: readonly string[] }
  | { readonly kind: 'no-label'; readonly device: string }
  | { readonly kind: 'no-former-areas' }
  | { readonly kind: 'no-areas' }
  | { readonly kind: 'no-areas-to-repair' }
  | { readonly kind: 'id-differs'; readonly found: string; readonly set: string }
  | { readonly kind: 'size-differs'; readonly set: number; readonly found: number }
  | { readonly kind: 'second-found'; readonly offset: number; readonly size: number }
  | { readonly kind: 'second-skipped'; readonly why: string }
  | {
      readonly kind: 'label';
      readonly crc: number;
      readonly pvId?: string;
      readonly deviceSize?: number;
    }
  | {
      readonly kind: 'layout';
      readonly dataOffset: number;
      readonly first: { readonly offset: number; readonly size: number };
      readonly second: { readonly offset: number; readonly size: number };
    }
  | {
      readonly kind: 'text';
      readonly area: number;
      readonly at: number;
      readonly length: number;
      readonly crc: number;
    }
  | { readonly kind: 'area-header'; readonly area: number; readonly at: number };

/** Asked before each part; `area`: whether the PV is to have one at all. */
export type PvckQuestion = {
  readonly code: 'pvck';
  readonly ask: 'header' | 'metadata' | 'label' | 'area';
  readonly device: string;
};
