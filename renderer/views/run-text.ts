/** Runs of the extent map in words: for labels, tooltips and screen readers. */
import { useMemo } from 'react';
import type { VgState } from '../../core/contract/state.ts';
import type { Extents, Sectors } from '../../core/contract/units.ts';
import { useStudio, type Subject } from '../state/store.ts';
import { pvSubject, vgKey } from '../state/subjects.ts';
import type { Run, RunMove } from '../viz/layout-extents.ts';
import { belongsTo, partName, partsOf, type Part } from '../viz/mirror-parts.ts';
import { sizeText } from '../widgets/size-text.ts';

/** The volume of a run of this group; its PV where it is free. */
export const subjectOf = ({ owner, pv, pvId }: Run, group: string): Subject =>
  owner ? { kind: 'lv', id: `${group}/${owner.lv}` } : pvSubject({ device: pv, id: pvId });

/** What the selection calls a group. */
export const useVgKey = (vg: VgState): string =>
  useStudio(({ lab }) => (lab ? vgKey(lab, vg) : vg.name));

/** Whether a subject is the volume that owns a run of `group`, or a mirror that it is a part of. */
export function covers(
  subject: Subject | undefined,
  { owner }: Run,
  group: string,
  parts: ReadonlyMap<string, Part>,
): boolean {
  if (!owner || subject?.kind !== 'lv' || !subject.id.startsWith(`${group}/`)) return false;
  return belongsTo(parts, owner.lv, subject.id.slice(group.length + 1));
}

/** Name without its group, as there is one group to a map. */
export const labelOf = ({ owner }: Run): string => owner?.lv ?? 'free';

/** The parts of mirrors in a group. */
export const useParts = (vg: VgState): ReadonlyMap<string, Part> =>
  useMemo(() => partsOf(vg), [vg]);

/** `leg 0 of mir`. */
export const partWords = (part: Part): string => `${partName(part)} of ${part.top}`;

/**
 * `home, linear: PE 0-29 of /dev/sda, 30 PE · 120.00 MiB`.
 * @param parts of mirrors in the group
 */
export function describeRun(
  run: Run,
  extentSize: Sectors,
  parts: ReadonlyMap<string, Part>,
): string {
  const part = parts.get(run.owner?.lv ?? '');
  const last = (run.start + run.count - 1) as Extents;
  const kind = part ? partWords(part) : (run.owner?.type ?? '');
  const what = run.owner ? `${labelOf(run)}, ${kind}` : 'free';
  const moves = run.moves ? `, ${moveText(run.moves)}` : '';
  const size = `${run.count} PE · ${sizeText(run.count * extentSize)}`;
  return `${what}: PE ${run.start}-${last} of ${run.pv}${moves}, ${size}`;
}

const MOVES: Readonly<Record<RunMove['as'], string>> = {
  leaves: 'moves to',
  left: 'has moved to',
  awaited: 'is awaited from',
  arrived: 'has arrived from',
};

/** `moves to PE 5 of /dev/sdc`. */
export const moveText = ({ as, other }: RunMove): string =>
  `${MOVES[as]} PE ${other.start} of ${other.device}`;
