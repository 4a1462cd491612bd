/** The real device-mapper stack: every device once, with its tables and its state. */
import { useMemo, type ReactElement } from 'react';
import type { LabState } from '../../core/contract/state.ts';
import { useStudio, type Subject } from '../state/store.ts';
import { layoutDeviceTree, type Card } from '../viz/layout-device-tree.ts';
import { useWidth } from '../widgets/use-width.ts';
import { DeviceCard } from './DeviceCard.tsx';

export function DeviceTreeView(): ReactElement {
  const lab = useStudio((studio) => studio.lab);
  const [box, width] = useWidth();
  const devices = lab?.devices;
  const disks = lab?.disks;
  const tree = useMemo(
    () => layoutDeviceTree(devices ?? [], disks ?? [], width),
    [devices, disks, width],
  );
  const chosen = useChosen();
  const lit = (link: { from: string; to: string }): boolean =>
    chosen.has(link.from) || chosen.has(link.to);
  // Lit links last, so that no other runs over them.
  const links = tree.links.toSorted((a, b) => Number(lit(a)) - Number(lit(b)));
  return (
    <div className="device-tree" role="group" aria-label="Device tree" ref={box}>
      <svg width={tree.width} height={tree.height}>
        {links.map((link) => (
          <path
            key={`${link.from} ${link.to}`}
            d={link.path}
            className={lit(link) ? 'link lit' : 'link'}
          />
        ))}
        {tree.cards.map((card) => (
          <DeviceCard
            key={`${card.kind} ${card.id}`}
            card={card}
            subject={subjectOf(card, lab)}
            lit={chosen.has(card.id)}
          />
        ))}
      </svg>
    </div>
  );
}

/** Cards that the selection or the pointer is about: a volume and its device are one. */
function useChosen(): ReadonlySet<string> {
  const lab = useStudio((studio) => studio.lab);
  const selected = useStudio((studio) => studio.selected);
  const hovered = useStudio((studio) => studio.hovered);
  const names = [selected, hovered].flatMap((subject) => {
    if (!subject) return [];
    if (subject.kind !== 'lv') return [subject.id];
    const lvs = lab?.vgs.flatMap(({ lvs: all }) => all) ?? [];
    return lvs.filter((lv) => `${lv.vg}/${lv.name}` === subject.id).map((lv) => lv.dmName);
  });
  return new Set(names);
}

/** The most that is known about a card: a volume rather than its device, a PV than a disk. */
function subjectOf(card: Card, lab: LabState | undefined): Subject {
  const groups = lab?.vgs ?? [];
  const lv = groups.flatMap(({ lvs }) => lvs).find((one) => one.dmName === card.id);
  if (lv && card.kind === 'device') return { kind: 'lv', id: `${lv.vg}/${lv.name}` };
  if (card.kind === 'device') return { kind: 'device', id: card.id };
  const pvs = [...(lab?.orphans ?? []), ...groups.flatMap((vg) => vg.pvs)];
  const kind = pvs.some(({ device }) => device === card.id) ? 'pv' : 'disk';
  return { kind, id: card.id };
}
