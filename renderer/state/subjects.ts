/** What a selection means in the lab. */
import type { LabState, LvState, PvState, VgState } from '../../core/contract/state.ts';
import { uuidText } from '../widgets/uuid-text.ts';
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

/**
 * What a group is known by: its name, or its id where another one has the same name, as clones
 * have. No command line takes the id but vgrename's: that is LVM's way out of it, too.
 */
export const vgKey = (lab: LabState, { name, id }: Pick<VgState, 'name' | 'id'>): string =>
  lab.vgs.some((other) => other.name === name && other.id !== id) ? uuidText(id) : name;

export const isTwin = (lab: LabState, vg: VgState): boolean => vgKey(lab, vg) !== vg.name;

export const vgSubject = (lab: LabState, vg: Pick<VgState, 'name' | 'id'>): Subject => ({
  kind: 'vg',
  id: vgKey(lab, vg),
});

export const lvSubject = (lab: LabState, vg: VgState, lv: Pick<LvState, 'name'>): Subject => ({
  kind: 'lv',
  id: `${vgKey(lab, vg)}/${lv.name}`,
});

/** By the id of the volume, whatever it is named by now. */
export function volumeSubject(lab: LabState, lvId: string): Subject | undefined {
  for (const vg of lab.vgs) {
    const lv = vg.lvs.find(({ id }) => id === lvId);
    if (lv) return lvSubject(lab, vg, lv);
  }
  return undefined;
}

const vgOfKey = (lab: LabState, key: string | undefined): VgState | undefined =>
  lab.vgs.find((vg) => vgKey(lab, vg) === key);

/** The volume that a subject names, or whose device it names. */
export function lvOf(lab: LabState, subject: Subject | undefined): LvState | undefined {
  const vg = vgOf(lab, subject);
  if (subject?.kind === 'device') return vg?.lvs.find(({ dmName }) => dmName === subject.id);
  if (subject?.kind !== 'lv') return undefined;
  const name = subject.id.slice(subject.id.indexOf('/') + 1);
  return vg?.lvs.find((lv) => lv.name === name);
}

const isNamed = ({ device, id }: PvState, subject: Subject): boolean =>
  device === subject.id || id === subject.id;

/** The PV that a subject names, of a group or an orphan. */
export const pvOf = (lab: LabState, subject: Subject | undefined): PvState | undefined =>
  subject?.kind === 'pv'
    ? [...lab.vgs.flatMap(({ pvs }) => pvs), ...lab.orphans].find((pv) => isNamed(pv, subject))
    : undefined;

/** What a person calls it: of some the id is no name. */
export function nameOf(lab: LabState, subject: Subject): string {
  const pv = pvOf(lab, subject);
  if (pv) return pv.device;
  const vg = subject.kind === 'vg' || subject.kind === 'lv' ? vgOf(lab, subject) : undefined;
  if (!vg || !isTwin(lab, vg)) return subject.id;
  return `${subject.id.replace(vgKey(lab, vg), vg.name)} (${vg.id.slice(0, 6)})`;
}

/** The group that the selection is in. */
export function vgOf(lab: LabState, subject: Subject | undefined): VgState | undefined {
  switch (subject?.kind) {
    case 'vg':
      return vgOfKey(lab, subject.id);
    case 'lv':
      return vgOfKey(lab, subject.id.split('/')[0]);
    case 'pv':
      return lab.vgs.find(({ pvs }) => pvs.some((pv) => isNamed(pv, subject)));
    case 'device':
      return lab.vgs.find(({ lvs }) => lvs.some(({ dmName }) => dmName === subject.id));
    default:
      return undefined;
  }
}
