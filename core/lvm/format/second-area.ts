/** Is there a metadata area at the end of a disk whose label is lost? (reference 11.5) */
import { bytesToByteString, view } from '../../base/bytes.ts';
import { SECTOR } from '../../base/units.ts';
import type { PvckSaid } from '../../contract/pvck.ts';
import { AREA_MAGIC } from './raw-area.ts';

const MIB = 2 ** 20;

/** Where LVM would have put it. Bytes from the device's start; undefined: too small for one. */
export function secondAreaPlace(
  deviceSize: number,
): { readonly offset: number; readonly size: number } | undefined {
  if (deviceSize < 2 * MIB) return undefined;
  const offset = deviceSize - (deviceSize % MIB) - MIB;
  return { offset, size: deviceSize - offset };
}

export const hasAreaMagic = (data: Uint8Array): boolean =>
  bytesToByteString(data.subarray(4, 20)) === AREA_MAGIC;

/**
 * Believed only where all of it fits, the group of the text included: else it is an older PV's, and
 * now part of the data.
 * @param data the area from its start. @param vgId as the text has it, with dashes.
 */
export function judgeSecondArea(data: Uint8Array, offset: number, vgId: string): PvckSaid {
  const fields = view(data);
  if (fields.getUint32(20, true) !== 1) {
    return { kind: 'second-skipped', why: 'wrong mda_header.version' };
  }
  if (fields.getBigUint64(24, true) !== BigInt(offset)) {
    return { kind: 'second-skipped', why: 'wrong mda_header.start' };
  }
  for (let at = SECTOR; at < data.length / 2; at += SECTOR) {
    const head = bytesToByteString(data.subarray(at, at + SECTOR / 2)).replace(/\0[^]*$/, '');
    if (head.includes(vgId)) return { kind: 'second-found', offset, size: data.length };
  }
  return { kind: 'second-skipped', why: 'no matching VG UUID in metadata area' };
}
