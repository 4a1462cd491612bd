/** What the fixed parts of a PV say: its label and the headers of its metadata areas. */
import type { LvmId } from '../../base/ids.ts';
import type { Sectors } from '../../base/units.ts';

/** A run of the device. `size` 0 in a data area means "to the end". */
export interface DiskRange {
  readonly start: Sectors;
  readonly size: Sectors;
}

/** The label sector with the PV header and its extension (reference 1.2). */
export interface PvLabel {
  readonly pvId: LvmId;
  /** Size of the device when the PV was made. */
  readonly deviceSize: Sectors;
  /** Sector the label was found in, 0..3. */
  readonly labelSector: number;
  readonly dataAreas: readonly DiskRange[];
  readonly metadataAreas: readonly DiskRange[];
  /** 0 = no extension. */
  readonly extensionVersion: number;
  /** Bit 0: the PV is in a group. */
  readonly extensionFlags: number;
  readonly bootloaderAreas: readonly DiskRange[];
}

/** Where a copy of the text lies in its area; offsets and size in bytes, size with its NUL. */
export interface TextLocation {
  /** From the area's start; 512 or more. */
  readonly offset: number;
  readonly size: number;
  readonly checksum: number;
}

/** The header of one metadata area (reference 1.5). */
export interface AreaHeader {
  readonly start: Sectors;
  readonly size: Sectors;
  readonly committed?: TextLocation;
  readonly precommitted?: TextLocation;
  readonly ignored: boolean;
}
