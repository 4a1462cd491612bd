/** The place that a PV keeps free for a boot loader: `ba_start` and `ba_size` (reference 2.4). */
import { sectors } from '../../base/units.ts';
import type { DiskRange } from './disk-types.ts';
import type { ConfigEntry, PhysicalVolume } from './model.ts';

/** Undefined where there is none, or what the text says of it makes no sense. */
export function bootloaderOf({ extra }: PhysicalVolume): DiskRange | undefined {
  const [start, size] = [numberOf(extra, 'ba_start'), numberOf(extra, 'ba_size')];
  if (start === undefined || size === undefined || size === 0) return undefined;
  return { start: sectors(start), size: sectors(size) };
}

export const bootloaderEntries = ({ start, size }: DiskRange): readonly ConfigEntry[] => [
  { kind: 'value', name: 'ba_start', value: { kind: 'int', value: BigInt(start) } },
  { kind: 'value', name: 'ba_size', value: { kind: 'int', value: BigInt(size) } },
];

function numberOf(entries: readonly ConfigEntry[], name: string): number | undefined {
  const entry = entries.find((one) => one.name === name);
  if (entry?.kind !== 'value' || entry.value.kind !== 'int') return undefined;
  const value = Number(entry.value.value);
  return Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}
