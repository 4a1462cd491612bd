/** What a selection means in the lab. */
import type { LabState, PvState, VgState } from '../../core/contract/state.ts';
import type { Subject } from './store.ts';

/** Kind and id with a colon between: what a list knows a row by. */
export const keyOf = ({ kind, id }: Subject): string => `${kind}:${id}`;

export function subjectOf(key: string): Subject {
  const [kind, ...id] = key.split(':');
  return { kind: kind as Subject['kind'], id: id.join(':') };
}

/** No disk carries it: its device has no path. */
export const isLost = ({ device }: Pick<PvState, 'device'>): boolean => !device.startsWith('/');

/** Several PVs that are lost have one name, `[unknown]`: those are known by their id. */
export const pvSubject = (pv: Pick<PvState, 'device' | 'id'>): Subject => ({
  kind: 'pv',
  id: isLost(pv) ? pv.id : pv.device,
});

/** The PV that a subject names, of a group or an orphan. */
export const pvOf = (lab: LabState, subject: Subject | undefined): PvState | undefined =>
  subject?.kind === 'pv'
    ? [...lab.vgs.flatMap(({ pvs }) => pvs), ...lab.orphans].find(
        (pv) => pv.device === subject.id || pv.id === subject.id,
      )
    : undefined;

/** The group that the selection is in. */
export function vgOf(lab: LabState, subject: Subject | undefined): VgState | undefined {
  switch (subject?.kind) {
    case 'vg':
      return lab.vgs.find(({ name }) => name === subject.id);
    case 'lv':
      return lab.vgs.find(({ name }) => name === subject.id.split('/')[0]);
    case 'pv':
      return lab.vgs.find(({ name }) => name === pvOf(lab, subject)?.vg);
    case 'device':
      return lab.vgs.find(({ lvs }) => lvs.some(({ dmName }) => dmName === subject.id));
    default:
      return undefined;
  }
}
