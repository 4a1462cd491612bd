/** The real device-mapper stack: every device once, with its tables and its state. */
import type { ReactElement } from 'react';
import { useStudio, type Subject } from '../state/store.ts';
import { layoutDeviceTree, type Card } from '../viz/layout-device-tree.ts';
import { useWidth } from '../widgets/use-width.ts';

export function DeviceTreeView(): ReactElement {
  const lab = useStudio((studio) => studio.lab);
  const [box, width] = useWidth();
  const tree = layoutDeviceTree(lab?.devices ?? [], lab?.disks ?? [], width);
  const chosen = useChosen();
  return (
    <div className="device-tree" role="group" aria-label="Device tree" ref={box}>
      <svg width={tree.width} height={tree.height}>
        {tree.links.map((link) => {
          const lit = chosen.has(link.from) || chosen.has(link.to);
          const key = `${link.from} ${link.to}`;
          return <path key={key} d={link.path} className={lit ? 'link lit' : 'link'} />;
        })}
        {tree.cards.map((card) => (
          <CardView key={card.id} card={card} lit={chosen.has(card.id)} />
        ))}
      </svg>
    </div>
  );
}

/** Names of the cards that the selection or the pointer is about: a volume and its device are one. */
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

function CardView({ card, lit }: { card: Card; lit: boolean }): ReactElement {
  const { lab, select, hover } = useStudio();
  const lv = lab?.vgs.flatMap(({ lvs }) => lvs).find((one) => one.dmName === card.id);
  const subject: Subject = lv
    ? { kind: 'lv', id: `${lv.vg}/${lv.name}` }
    : { kind: card.kind === 'disk' ? diskKind(card.id) : 'device', id: card.id };
  const choose = (): void => {
    select(subject);
  };
  return (
    <g
      className={`card ${card.kind} ${lit ? 'lit' : ''} ${card.suspended ? 'suspended' : ''}`}
      transform={`translate(${card.x},${card.y})`}
      role="button"
      tabIndex={0}
      onClick={choose}
      onKeyDown={(event) => {
        if (event.key === 'Enter' || event.key === ' ') choose();
      }}
      onMouseEnter={() => {
        hover(subject);
      }}
      onMouseLeave={() => {
        hover(undefined);
      }}
    >
      {card.inactive.length > 0 && (
        <rect className="behind" x={6} y={-8} width={card.width} height={card.height} rx={4} />
      )}
      <rect width={card.width} height={card.height} rx={4} />
      <text x={10} y={20} className="title">
        {card.title}
      </text>
      <text x={card.width - 10} y={20} className="devno">
        {card.devno}
      </text>
      {card.lines.map((line, index) => (
        <text key={line} x={10} y={40 + index * 16} className="table">
          {line.length > 30 ? `${line.slice(0, 29)}…` : line}
          <title>{line}</title>
        </text>
      ))}
      {card.suspended && (
        <text x={10} y={card.height + 14} className="gate">
          suspended
        </text>
      )}
    </g>
  );

  function diskKind(path: string): 'pv' | 'disk' {
    const pvs = [...(lab?.orphans ?? []), ...(lab?.vgs ?? []).flatMap((vg) => vg.pvs)];
    return pvs.some(({ device }) => device === path) ? 'pv' : 'disk';
  }
}
