/** What a group says of its space agrees with itself. */
import type { VgState } from '../../core/contract/state.ts';

/** No extent is used twice, and each PV counts as free what nobody uses. */
export function expectExactSpace({ lvs, pvs }: VgState): void {
  const used = new Map<string, Set<number>>(pvs.map(({ device }) => [device, new Set()]));
  for (const { name, segments } of lvs) {
    for (const { on, device, start, count } of segments.flatMap(({ areas }) => areas)) {
      if (on !== 'pv') continue;
      for (let extent: number = start; extent < start + count; extent++) {
        if (used.get(device)?.has(extent)) throw new Error(`${device}:${extent} is used twice`);
        used.get(device)?.add(extent);
      }
      if (count === 0) throw new Error(`${name} has an empty area`);
    }
  }
  for (const { device, freeCount, extentCount } of pvs) {
    const own = used.get(device)?.size ?? 0;
    if (own + freeCount !== extentCount)
      throw new Error(`${device}: ${own} + ${freeCount} extents`);
  }
}
