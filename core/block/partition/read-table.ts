/** The partitions of a disk: those that Linux would show, and what it does not say aloud. */
import { ok, type Result } from '../../base/result.ts';
import { sectors } from '../../base/units.ts';
import { readSectors, type BlockDevice, type IoError } from '../device.ts';
import { readGpt } from './gpt.ts';
import { flagsHold, mbrEntries, PROTECTIVE, readMbr } from './mbr.ts';
import type { MbrEntry, RawPartition, RawTable } from './mbr.ts';
import type { Partition, PartitionOddity, PartitionTable } from './types.ts';

/** Where a GPT begins. */
const GPT_AT = 1;

/** A look at a disk's first sector, and at what follows from it. */
export interface TableFound {
  /** Absent: the disk has none, or none that Linux would look into. */
  readonly table?: PartitionTable;
  /** LVM keeps away from the whole disk. It looks less closely than the kernel. */
  readonly barred: boolean;
}

/** @returns an error only where the first sector cannot be read */
export async function readPartitionTable(
  device: BlockDevice,
): Promise<Result<TableFound, IoError>> {
  if (device.size === 0) return ok({ barred: false });
  const sector = await readSectors(device, sectors(0), sectors(1));
  if (!sector.ok) return sector;
  const entries = mbrEntries(sector.value);
  if (!entries) return ok({ barred: false });
  const barred = flagsHold(entries) && entries.some(({ size }) => size > 0);
  const found = await look(device, entries);
  if (!found) return ok({ barred });
  const fitted = fit(found.raw.found, device.size, found.kind);
  const oddities = [...found.raw.oddities, ...fitted.oddities];
  return ok({ table: { kind: found.kind, partitions: fitted.partitions, oddities }, barred });
}

type Kind = PartitionTable['kind'];

/** An entry that points at a GPT goes before all, whatever stands beside it. */
async function look(
  device: BlockDevice,
  entries: readonly MbrEntry[],
): Promise<{ readonly kind: Kind; readonly raw: RawTable } | undefined> {
  const guards = entries.filter(({ type }) => type === PROTECTIVE);
  if (guards.some(({ start }) => start === GPT_AT)) {
    return { kind: 'gpt', raw: await readGpt(device) };
  }
  if (!flagsHold(entries)) return undefined;
  const [guard] = guards;
  if (guard) {
    const { start } = guard;
    return { kind: 'gpt', raw: { found: [], oddities: [{ kind: 'gpt-elsewhere', start }] } };
  }
  if (entries.every(({ size }) => size === 0)) return undefined;
  return { kind: 'mbr', raw: await readMbr(device, entries) };
}

/** Holds partitions against the disk, as Linux does before it adds them. */
function fit(
  found: readonly RawPartition[],
  end: number,
  kind: Kind,
): Pick<PartitionTable, 'partitions' | 'oddities'> {
  const oddities: PartitionOddity[] = [];
  const partitions: Partition[] = [];
  for (const { number, start, size, extended } of found) {
    if (size <= 0) {
      // One sector less than it starts at is how an empty one is written.
      if (size < 0) oddities.push({ kind: 'ends-before-start', number });
      continue;
    }
    // An entry of a GPT that leaves the disk is not used; one of an MBR is cut off.
    if (start >= end || (kind === 'gpt' && start + size > end)) {
      oddities.push({ kind: 'beyond-end', number, start });
      continue;
    }
    if (start + size > end) oddities.push({ kind: 'cut-off', number, size });
    partitions.push({
      number,
      start: sectors(start),
      size: sectors(Math.min(size, end - start)),
      ...(extended && { extended }),
    });
  }
  partitions.sort((a, b) => a.number - b.number);
  return { partitions, oddities: [...oddities, ...overlaps(partitions)] };
}

/** Each with the nearest one before it that it runs into: enough to tell, and not all pairs. */
function overlaps(partitions: readonly Partition[]): readonly PartitionOddity[] {
  const inOrder = partitions.filter(({ extended }) => !extended);
  inOrder.sort((a, b) => a.start - b.start || a.number - b.number);
  const told: PartitionOddity[] = [];
  let reach: Partition | undefined;
  for (const one of inOrder) {
    if (reach && one.start < reach.start + reach.size) {
      told.push({ kind: 'overlap', one: reach.number, other: one.number });
    }
    if (!reach || one.start + one.size > reach.start + reach.size) reach = one;
  }
  return told;
}
