import type { Sectors } from './units.ts';

/** Where an export is reached. */
export type ExportPlace =
  | { readonly kind: 'unix'; readonly path: string }
  /** On this machine alone: `host` is one of its loopback addresses. */
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number };

/** A program that is connected to an export. */
export interface ExportClient {
  /** 1, 2, ... in the order they came; none is used again. */
  readonly id: number;
  /** As far as the socket tells: `127.0.0.1:4711`, or `#3` of a Unix socket. */
  readonly name: string;
  /** Microseconds since the engine started. */
  readonly sinceMicros: number;
  readonly readRequests: number;
  readonly writeRequests: number;
  /** Bytes. */
  readonly read: number;
  readonly written: number;
}

/** How another program uses an export. */
export interface ExportUse {
  /** A clause: `mount its file system without root`. */
  readonly what: string;
  /** For a shell, one line each. */
  readonly lines: readonly string[];
}

/** A volume that programs reach over NBD. */
export interface ExportState {
  /** As it was named when the export began: `vg/home`. It is the name of the export, too. */
  readonly volume: string;
  /** Absent: a mapped device that is no logical volume; `volume` is its name. */
  readonly lvId?: string;
  readonly size: Sectors;
  readonly readOnly: boolean;
  readonly place: ExportPlace;
  /** As the NBD project writes addresses: `nbd+unix:///vg/home?socket=/lab/vg-home.nbd`. */
  readonly uri: string;
  readonly clients: readonly ExportClient[];
  readonly uses: readonly ExportUse[];
}

/** Why a volume is not exported. */
export type ExportError =
  | { readonly code: 'export-refused'; readonly volume: string; readonly why: string }
  | { readonly code: 'not-exported'; readonly volume: string };

/** Asked before programs lose a volume that they use. */
export interface ExportQuestion {
  readonly code: 'end-export';
  readonly volume: string;
  readonly clients: number;
}
