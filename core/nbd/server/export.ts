/** What a server offers. */
import { SECTOR } from '../../base/units.ts';
import type { BlockDevice } from '../../block/device.ts';
import { EXPORT_FLAG } from '../protocol.ts';

export interface NbdExport {
  /** What clients ask for; up to 4096 bytes as UTF-8. */
  readonly name: string;
  /** Its size may grow while it is exported: clients that connect then are told the new one. */
  readonly device: BlockDevice;
  /** Nothing is written, even if the device could be. */
  readonly readOnly: boolean;
  /** For people; may be empty. */
  readonly description: string;
}

export const isReadOnly = (one: NbdExport): boolean => one.readOnly || one.device.readOnly;

/** What it can do, as the protocol tells it. */
export function exportFlags(one: NbdExport, structured: boolean): number {
  const { hasFlags, flush, fua, canMultiConnect, readOnly, trim, writeZeroes } = EXPORT_FLAG;
  // Every connection submits to one device, so that a flush of one covers the writes of all.
  const always = hasFlags | flush | fua | canMultiConnect;
  const more = isReadOnly(one) ? readOnly : trim | writeZeroes;
  return always | more | (structured ? EXPORT_FLAG.dontFragment : 0);
}

/** Sectors as 64 bits of bytes. */
export function putBytes(view: DataView, at: number, count: number): void {
  const perHigh = 2 ** 32 / SECTOR;
  view.setUint32(at, Math.floor(count / perHigh));
  view.setUint32(at + 4, (count % perHigh) * SECTOR);
}

/** An empty name stands for the only one there is. */
export function findExport(exports: readonly NbdExport[], name: string): NbdExport | undefined {
  const [only] = exports;
  return (
    exports.find((one) => one.name === name) ??
    (name === '' && exports.length === 1 ? only : undefined)
  );
}
