/** The real device-mapper stack: every device once, with its tables and its state. */
import { useLayoutEffect, useMemo, useState, type ReactElement, type RefObject } from 'react';
import { ToggleButton } from 'react-aria-components';
import { mirrorKey, rateOf } from '../state/copy-rates.ts';
import { belowOf } from '../state/mirrors.ts';
import { aBoolean, numberWithin, oneOf } from '../state/remember.ts';
import { useStudio } from '../state/store.ts';
import { isLost } from '../state/subjects.ts';
import { lostDisk, type TreeDisk } from '../viz/device-cards.ts';
import { failedLinks, type NoteNames } from '../viz/mirror-notes.ts';
import { keyOf, treeAt, type MovingTree } from '../viz/moving-tree.ts';
import { cardAfter } from '../viz/walk-cards.ts';
import { LARGEST, OVERVIEW, scaleOf, SMALLEST, type Zoom } from '../viz/zoom.ts';
import { MotionToggle } from '../widgets/PictureTools.tsx';
import { useReducedMotion } from '../widgets/use-reduced-motion.ts';
import { useRemembered } from '../widgets/use-remembered.ts';
import { useSize } from '../widgets/use-size.ts';
import { ZoomPane } from '../widgets/ZoomPane.tsx';
import { subjectOf, useChosen, useRelated } from './card-subject.ts';
import { shortPace } from './mirror-words.ts';
import { DeviceCard } from './DeviceCard.tsx';
import { useDeviceMotion } from './use-device-motion.ts';

const readZoom = (stored: unknown): Zoom | undefined =>
  oneOf(['fit'])(stored) ?? numberWithin(SMALLEST, LARGEST)(stored);

export function DeviceTreeView(): ReactElement {
  const disks = useDisks();
  const [box, pane] = useSize();
  const [wraps, setWraps] = useRemembered('tree.wraps', aBoolean, true);
  const [moves, setMoves] = useRemembered('tree.moves', aBoolean, true);
  const [zoom, setZoom] = useRemembered<Zoom>('tree.zoom', readZoom, 1);
  const reduced = useReducedMotion();
  const frame = useDeviceMotion(moves && !reduced);
  const width = wraps ? pane.width : Infinity;
  const tree = useMemo(() => treeAt(frame, disks, width), [frame, disks, width]);
  const scale = scaleOf(zoom, tree, pane);
  const [at, setAt] = useState<string>();
  const tools = (
    <>
      <ToggleButton className="quiet toggle" isSelected={wraps} onChange={setWraps}>
        Wrap ranks
      </ToggleButton>
      <MotionToggle on={moves} onChange={setMoves} />
    </>
  );
  return (
    <ZoomPane
      label="Device tree"
      drawing={tree}
      scale={scale}
      onZoom={setZoom}
      tools={tools}
      box={box}
      onKeyDown={(event) => {
        const from = tree.cards.find((card) => keyOf(card) === at);
        const next = from && cardAfter(tree.cards, from, event.key);
        if (!next) return;
        event.preventDefault();
        elementOf(box, keyOf(next))?.focus();
      }}
    >
      <Drawing tree={tree} overview={scale < OVERVIEW} box={box} at={at} onFocus={setAt} />
    </ZoomPane>
  );
}

/**
 * With the places of those that are missing, behind the others. A disk that is made of partitions
 * is not drawn beside them, unless somebody uses it as a whole.
 */
function useDisks(): readonly TreeDisk[] {
  const lab = useStudio((studio) => studio.lab);
  const [disks, vgs, devices] = [lab?.disks, lab?.vgs, lab?.devices];
  return useMemo(() => {
    const lost = (vgs ?? []).flatMap(({ pvs }) => pvs.filter(isLost));
    const used = new Set((devices ?? []).flatMap(({ deps }) => deps));
    const drawn = (disks ?? []).filter(({ unfit, devno }) => !unfit || used.has(devno));
    return [...drawn, ...lost.map(lostDisk)];
  }, [disks, vgs, devices]);
}

interface DrawingProps {
  readonly tree: MovingTree;
  readonly overview: boolean;
  readonly box: RefObject<HTMLDivElement | null>;
  /** Key of the card that Tab leads to. */
  readonly at: string | undefined;
  readonly onFocus: (key: string) => void;
}

function Drawing({ tree, overview, box, at, onFocus }: DrawingProps): ReactElement {
  const lab = useStudio((studio) => studio.lab);
  const chosen = useChosen();
  useSelectedInView(box);
  const lit = (link: { from: string; to: string }): boolean =>
    chosen.has(link.from) ||
    chosen.has(link.to) ||
    (related.has(link.from) && related.has(link.to));
  const mirrors = lab?.mirrors ?? [];
  const working = { mirrors, snapshots: lab?.snapshots ?? [] };
  const related = useRelated();
  const names = useNames();
  const failed = failedLinks(mirrors);
  const devnos = new Map(tree.cards.map(({ id, devno }) => [id, devno]));
  const classOf = (link: { from: string; to: string }): string => {
    const broken = failed.has(`${link.from} ${devnos.get(link.to) ?? ''}`);
    return ['link', lit(link) ? 'lit' : '', broken ? 'broken' : ''].filter(Boolean).join(' ');
  };
  // Lit links last, so that no other runs over them.
  const links = tree.links.toSorted((a, b) => Number(lit(a)) - Number(lit(b)));
  const keys = tree.cards.map(keyOf);
  const stop = at !== undefined && keys.includes(at) ? at : keys[0];
  return (
    <>
      {links.map((link) => (
        <path key={`${link.from} ${link.to}`} d={link.path} className={classOf(link)} />
      ))}
      {tree.cards.map((card) => (
        <DeviceCard
          key={keyOf(card)}
          card={card}
          subject={subjectOf(card, lab)}
          working={working}
          names={names}
          lit={chosen.has(card.id)}
          related={related.has(card.id)}
          overview={overview}
          inTabOrder={keyOf(card) === stop}
          onFocus={onFocus}
        />
      ))}
    </>
  );
}

/** What cards call what is below them, and how fast they say that it is copied. */
function useNames(): NoteNames {
  const { lab, copySamples, timeMicros } = useStudio();
  return {
    nameOf: (devno) => (lab ? belowOf(lab, devno).device : devno),
    paceOf: (mirror) => shortPace(mirror, rateOf(copySamples, mirrorKey(mirror), timeMicros)),
  };
}

function elementOf(box: RefObject<HTMLDivElement | null>, key: string): SVGElement | undefined {
  const cards = box.current?.querySelectorAll<SVGElement>('[data-card]') ?? [];
  return [...cards].find((card) => card.dataset['card'] === key);
}

/** What was selected elsewhere comes into sight. */
function useSelectedInView(box: RefObject<HTMLDivElement | null>): void {
  const selected = useStudio((studio) => studio.selected);
  useLayoutEffect(() => {
    const card = box.current?.querySelector('.card.selected');
    card?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [box, selected]);
}
