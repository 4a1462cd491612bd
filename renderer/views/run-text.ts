/** Runs of the extent map in words: for labels, tooltips and screen readers. */
import type { VgState } from '../../core/contract/state.ts';
import type { Extents, Sectors } from '../../core/contract/units.ts';
import { useStudio, type Subject } from '../state/store.ts';
import { pvSubject, vgKey } from '../state/subjects.ts';
import type { Run } from '../viz/layout-extents.ts';
import { sizeText } from '../widgets/size-text.ts';

/** The volume of a run of this group; its PV where it is free. */
export const subjectOf = ({ owner, pv, pvId }: Run, group: string): Subject =>
  owner ? { kind: 'lv', id: `${group}/${owner.lv}` } : pvSubject({ device: pv, id: pvId });

/** What the selection calls a group. */
export const useVgKey = (vg: VgState): string =>
  useStudio(({ lab }) => (lab ? vgKey(lab, vg) : vg.name));

/** Name without its group, as there is one group to a map. */
export const labelOf = ({ owner }: Run): string => owner?.lv ?? 'free';

/** `home, linear: PE 0-29 of /dev/sda, 30 PE · 120.00 MiB`. */
export function describeRun(run: Run, extentSize: Sectors): string {
  const last = (run.start + run.count - 1) as Extents;
  const what = run.owner ? `${labelOf(run)}, ${run.owner.type}` : 'free';
  const size = `${run.count} PE · ${sizeText(run.count * extentSize)}`;
  return `${what}: PE ${run.start}-${last} of ${run.pv}, ${size}`;
}
