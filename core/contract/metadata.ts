/** On-disk metadata laid open: structures field by field, areas text by text, files of backups. */

/** One field of an on-disk structure. */
export interface FieldState {
  /** As the reference names it: `device_size`, `raw_locn[0].offset`. */
  readonly name: string;
  /** Bytes from the start of the device. */
  readonly offset: number;
  /** Bytes. */
  readonly size: number;
  /** Its bytes in the order of the disk, two digits each, a blank between: `00 f0 0f 00`. */
  readonly hex: string;
  /** What they mean: numbers decimal, checksums and flags as `0x...`, texts as they are. */
  readonly value: string;
  /** Why a reader refuses it, in a clause. */
  readonly fault?: string;
}

/** A fixed structure at the start of a PV or of a metadata area (reference 1.2, 1.5). */
export interface StructureState {
  readonly kind: 'label' | 'pv-header' | 'pv-extension' | 'mda-header';
  /** In the order of the disk. */
  readonly fields: readonly FieldState[];
}

/** A text in the circular buffer of an area (reference 1.6, 1.7). */
export interface TextState {
  /** `older`: no slot names it; it is there until something is written over it. */
  readonly kind: 'committed' | 'precommitted' | 'older';
  /** Bytes from the start of the area; 512 or more. A text that meets the end goes on at 512. */
  readonly offset: number;
  /** Bytes, with the NUL; of an older one that was written over, what is left. */
  readonly size: number;
  /** `none`: no slot has a checksum of an older text. */
  readonly checksum: 'ok' | 'wrong' | 'none';
  /** It begins like a text and ends like one; false for what is left of an overwritten one. */
  readonly whole: boolean;
  /** What it says of itself, where it can be read. */
  readonly vg?: string;
  readonly seqno?: number;
  /** The command that wrote it: `Write from vgcreate vg /dev/sda.`. A byte string. */
  readonly description?: string;
  /** Seconds since 1970. */
  readonly time?: number;
}

/** One metadata area of a PV. */
export interface MetadataAreaState {
  /** Bytes from the start of the device, as the PV header has it. */
  readonly start: number;
  /** Bytes, with its header. */
  readonly size: number;
  /** Set aside: it holds no valid text whatever its slots say. */
  readonly ignored: boolean;
  /** Absent where it could not be read. */
  readonly header?: StructureState;
  /** By offset. */
  readonly texts: readonly TextState[];
  /** Bytes of the buffer that were searched for older texts; less than all of a huge area. */
  readonly searched: number;
  /** Why a reader refuses the area, in a sentence. */
  readonly problem?: string;
}

/** The metadata of one disk. */
export interface PvMetadata {
  /** `/dev/sda`. */
  readonly device: string;
  /** Bytes. */
  readonly deviceSize: number;
  /** Label, PV header and extension; empty where no sector claims to be a label. */
  readonly structures: readonly StructureState[];
  readonly areas: readonly MetadataAreaState[];
  /** Why it is no PV, in a sentence. */
  readonly problem?: string;
}

/** The text that is valid for a group now, as it stands on a disk. */
export interface VgMetadata {
  readonly vg: string;
  readonly seqno: number;
  /** A byte string, without its NUL. */
  readonly text: string;
  /** The same version as vgcfgbackup would write it: what an archive is compared with. */
  readonly asBackup: string;
  /** The copy that was read. */
  readonly device: string;
  /** Bytes from the start of the device. */
  readonly offset: number;
}

/** A file of the lab's archive or backup folder (reference 3). */
export interface BackupFile {
  /** As `vgcfgrestore -f` takes it: `archive/vg_00003-1804289383.vg`. */
  readonly path: string;
  readonly kind: 'archive' | 'backup';
  readonly vg: string;
  /** Bytes. */
  readonly size: number;
  /** What its head says; absent where it has none that can be read. */
  readonly seqno?: number;
  /** Seconds since 1970. */
  readonly time?: number;
  /** `Created *before* executing 'lvremove vg/home'`. A byte string. */
  readonly description?: string;
}
