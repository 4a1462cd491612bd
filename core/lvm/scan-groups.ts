/** The newest version of every group among the texts that were found. */
import type { LvmId } from '../base/ids.ts';
import type { VolumeGroup } from './format/model.ts';
import type { FoundPv } from './scan-pv.ts';

/** One sound text and the disk it was on. */
export interface Copy {
  readonly pv: FoundPv;
  readonly vg: VolumeGroup;
  readonly checksum: number;
}

/** A group by its id: names may be shared, and change. */
export interface Group {
  readonly vg: VolumeGroup;
  /** The first copy with the highest sequence number. */
  readonly newest: Copy;
  /** All of them, in the order of the disks. */
  readonly copies: readonly Copy[];
}

/** Sorted by name, then by id. */
export function newestGroups(pvs: readonly FoundPv[]): readonly Group[] {
  const byId = new Map<LvmId, Copy[]>();
  for (const copy of pvs.flatMap(copiesOf)) {
    const copies = byId.get(copy.vg.id) ?? [];
    copies.push(copy);
    byId.set(copy.vg.id, copies);
  }
  const groups = [...byId.values()].flatMap((copies) => {
    const [first] = copies;
    if (!first) return [];
    const newest = copies.reduce((a, b) => (b.vg.seqno > a.vg.seqno ? b : a), first);
    return [{ vg: newest.vg, newest, copies }];
  });
  return groups.sort((a, b) => compare(a.vg.name, b.vg.name) || compare(a.vg.id, b.vg.id));
}

function copiesOf(pv: FoundPv): readonly Copy[] {
  return pv.areas.flatMap(({ vg, header }) =>
    vg ? [{ pv, vg, checksum: header?.committed?.checksum ?? 0 }] : [],
  );
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
