/** The number that the device of a volume always has, where its metadata says so. */
import type { ConfigEntry, LogicalVolume } from './model.ts';

/** Of all mapped devices of a lab. */
const MAJOR = 253n;
/** Linux keeps minor numbers in 20 bits. */
export const MAX_MINOR = 2 ** 20 - 1;

/** Undefined: the lowest that is free when it comes up. */
export function minorOf(lv: LogicalVolume): number | undefined {
  if (!lv.status.includes('FIXED_MINOR')) return undefined;
  const entry = lv.extra.find(({ name }) => name === 'minor');
  const value = entry?.kind === 'value' ? entry.value : undefined;
  if (value?.kind !== 'int' || value.value < 0n || value.value > MAX_MINOR) return undefined;
  return Number(value.value);
}

/** @param minor undefined: it is to have none. */
export function withMinor(lv: LogicalVolume, minor: number | undefined): LogicalVolume {
  const status = lv.status.filter((word) => word !== 'FIXED_MINOR');
  const extra = lv.extra.filter(({ name }) => name !== 'major' && name !== 'minor');
  if (minor === undefined) return { ...lv, status, extra };
  const int = (name: string, value: bigint): ConfigEntry => ({
    kind: 'value',
    name,
    value: { kind: 'int', value },
  });
  return {
    ...lv,
    // LVM writes it in front of VISIBLE.
    status: status.flatMap((word) => (word === 'VISIBLE' ? ['FIXED_MINOR', word] : [word])),
    extra: [int('major', MAJOR), int('minor', BigInt(minor)), ...extra],
  };
}
