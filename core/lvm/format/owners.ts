/** The rule that makes data safe: every physical extent exists and has at most one owner. */
import type { VolumeGroup } from './model.ts';
import { pvRunsOf } from './pv-map.ts';

export interface OwnerFault {
  readonly code: 'pe-outside' | 'pe-shared';
  readonly lv: string;
  readonly sentence: string;
}

/** Linux refuses to read a group in which this finds anything. */
export function ownerFaults(vg: VolumeGroup): readonly OwnerFault[] {
  const runs = pvRunsOf(vg);
  return vg.pvs.flatMap((pv) => {
    const faults: OwnerFault[] = [];
    let last: { readonly lv: string; readonly end: number } | undefined;
    for (const { start, count, lv, exact } of runs.get(pv.id) ?? []) {
      if (!exact) continue;
      const end = start + count;
      if (end > pv.peCount) {
        const sentence = `${lv} has extents up to ${end} of ${pv.section}, which has ${pv.peCount}`;
        faults.push({ code: 'pe-outside', lv, sentence });
      }
      if (last && start < last.end) {
        const sentence = `${lv} and ${last.lv} share extent ${start} of ${pv.section}`;
        faults.push({ code: 'pe-shared', lv, sentence });
      }
      if (!last || end > last.end) last = { lv, end };
    }
    return faults;
  });
}
