/** What the cards of the device tree stand for in the lab. */
import { useMemo } from 'react';
import type { LabState } from '../../core/contract/state.ts';
import { relatedDevices } from '../state/snapshots.ts';
import { useStudio, type Subject } from '../state/store.ts';
import { lvOf, lvSubject } from '../state/subjects.ts';
import type { Card } from '../viz/layout-device-tree.ts';

/** Cards that the selection or the pointer is about: a volume and its device are one. */
export function useChosen(): ReadonlySet<string> {
  const lab = useStudio((studio) => studio.lab);
  const selected = useStudio((studio) => studio.selected);
  const hovered = useStudio((studio) => studio.hovered);
  const names = [selected, hovered].flatMap((subject) => {
    if (!subject) return [];
    if (subject.kind !== 'lv' || !lab) return [subject.id];
    return lvOf(lab, subject)?.dmName ?? [];
  });
  return new Set(names);
}

/** Cards of the volumes that stand with the selection: an origin, its snapshots, their layers. */
export function useRelated(): ReadonlySet<string> {
  const names = useStudio(({ lab, selected }) =>
    lab ? relatedDevices(lab, selected).join(' ') : '',
  );
  return useMemo(() => new Set(names.split(' ')), [names]);
}

/** The most that is known about a card: a volume rather than its device, a PV than a disk. */
export function subjectOf(card: Card, lab: LabState | undefined): Subject {
  const groups = lab?.vgs ?? [];
  for (const vg of groups) {
    const lv = vg.lvs.find(({ dmName, active }) => active && dmName === card.id);
    if (lab && lv && card.kind === 'device') return lvSubject(lab, vg, lv);
  }
  if (card.kind === 'device') return { kind: 'device', id: card.id };
  const pvs = [...(lab?.orphans ?? []), ...groups.flatMap((vg) => vg.pvs)];
  const isPv = pvs.some(({ device, id }) => device === card.id || id === card.id);
  const kind = isPv ? 'pv' : 'disk';
  return { kind, id: card.id };
}
