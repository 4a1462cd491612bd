/** The order in which LVM goes through groups that nobody named: the one found last comes first. */
import type { Scan, ScannedVg } from './scan-types.ts';

/** A group is found with the first disk that has its metadata. */
export function inLvmOrder({ vgs, pvs }: Pick<Scan, 'vgs' | 'pvs'>): readonly ScannedVg[] {
  if (vgs.length < 2) return vgs;
  const places = new Map(pvs.map(({ path }, index) => [path, index]));
  const found = ({ devices }: ScannedVg): number =>
    [...devices.values()].reduce(
      (first, { path, areas }) =>
        areas.length === 0 ? first : Math.min(first, places.get(path) ?? Infinity),
      Infinity,
    );
  return vgs
    .map((vg) => ({ vg, at: found(vg) }))
    .toSorted((a, b) => b.at - a.at)
    .map(({ vg }) => vg);
}
