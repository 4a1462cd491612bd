/** Runs of the extent map in words: for labels, tooltips and screen readers. */
import { useMemo } from 'react';
import type { VgState } from '../../core/contract/state.ts';
import type { Extents, Sectors } from '../../core/contract/units.ts';
import { relatedVolumes } from '../state/snapshots.ts';
import { useStudio, type Subject } from '../state/store.ts';
import { pvSubject, vgKey } from '../state/subjects.ts';
import type { Run, RunMove } from '../viz/layout-extents.ts';
import { belongsTo, partName, partsOf, type Part } from '../viz/mirror-parts.ts';
import { snapshotRoles, type SnapshotRoles } from '../viz/snapshot-links.ts';
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

/** What volumes are to snapshots. */
export const useSnapshotRoles = (vg: VgState): SnapshotRoles =>
  useMemo(() => snapshotRoles(vg), [vg]);

/** Names of the volumes of a group that stand with the selection. */
export function useRelatedNames(group: string): ReadonlySet<string> {
  const ids = useStudio(({ lab, selected }) =>
    lab ? relatedVolumes(lab, selected).join(' ') : '',
  );
  return useMemo(() => {
    const own = ids.split(' ').filter((id) => id.startsWith(`${group}/`));
    return new Set(own.map((id) => id.slice(group.length + 1)));
  }, [ids, group]);
}

/** What volumes are to others. */
export interface Roles {
  readonly parts: ReadonlyMap<string, Part>;
  readonly snapshots: SnapshotRoles;
}

/** `mirror`, `leg 0 of mir`; `linear, COW store of home`; empty of what is free. */
export function roleWords({ owner }: Run, { parts, snapshots }: Roles): readonly string[] {
  const part = parts.get(owner?.lv ?? '');
  const snapshot = snapshots.get(owner?.lv ?? '');
  return [...(part ? [partWords(part)] : []), ...(snapshot ? [snapshot.words] : [])];
}

/** `leg 0 of mir`. */
const partWords = (part: Part): string => `${partName(part)} of ${part.top}`;

/**
 * `home, linear: PE 0-29 of /dev/sda, 30 PE · 120.00 MiB`.
 * @param roles of the volumes of the group
 */
export function describeRun(run: Run, extentSize: Sectors, roles: Roles): string {
  const last = (run.start + run.count - 1) as Extents;
  const words = roleWords(run, roles);
  const type = run.owner?.type ?? '';
  const kind = roles.parts.has(run.owner?.lv ?? '')
    ? words.join(', ')
    : [type, ...words].join(', ');
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
