/** The region map of one mirror, painted on a canvas; arrows go from cell to cell. */
import { useEffect, useMemo, useRef, useState, type MouseEvent, type ReactElement } from 'react';
import type { MirrorState } from '../../core/contract/mirrors.ts';
import type { LabState } from '../../core/contract/state.ts';
import { belowOf } from '../state/mirrors.ts';
import { same, useStudio, type Subject } from '../state/store.ts';
import { drawRegions, type RegionMarks } from '../viz/draw-regions.ts';
import { inNextFrame } from '../viz/frame-loop.ts';
import {
  layoutRegions,
  placeOfCell,
  spotAfter,
  spotAt,
  type RegionLayout,
  type Spot,
} from '../viz/layout-regions.ts';
import type { Lane } from '../viz/region-cells.ts';
import { followedRegions, isMoving, settledRegions, stillRegions } from '../viz/region-motion.ts';
import { sized } from '../widgets/use-painting.ts';
import { usePalette } from '../widgets/use-palette.ts';
import { describeCell } from './mirror-words.ts';

interface Props {
  readonly lab: LabState;
  readonly mirror: MirrorState;
  readonly name: string;
  /** Pixels that there is room for. */
  readonly width: number;
  /** Changes age before the eyes; otherwise they are just there. */
  readonly moves: boolean;
}

export function RegionCanvas({ lab, mirror, name, width, moves }: Props): ReactElement {
  const select = useStudio((studio) => studio.select);
  const hover = useStudio((studio) => studio.hover);
  const layout = useLayout(mirror, width);
  const [pointed, setPointed] = useState<Spot>();
  const [focused, setFocused] = useState<Spot>({ lane: 0, cell: 0 });
  const at = kept(focused, layout);
  const shown = pointed && kept(pointed, layout);
  const lanes = useMarkedLanes(lab, mirror, layout.lanes);
  const marks = useMarks(lanes, shown);
  const canvas = useDrawing(mirror, layout, marks, moves);
  const point = (spot: Spot | undefined): void => {
    setPointed(spot);
    hover(spot && subjectOfLane(lab, mirror, layout.lanes[spot.lane]));
  };
  const choose = (spot: Spot): void => {
    setFocused(spot);
    const subject = subjectOfLane(lab, mirror, layout.lanes[spot.lane]);
    if (subject) select(subject);
  };
  const words = ({ lane, cell }: Spot): string =>
    describeCell(lab, mirror, layout.lanes[lane] ?? { kind: 'log' }, cell);
  return (
    <div className="region-canvas">
      <canvas
        ref={canvas}
        role="slider"
        tabIndex={0}
        aria-label={`Regions of ${name}`}
        aria-valuemin={0}
        aria-valuemax={Math.max(0, mirror.cells.length - 1)}
        aria-valuenow={at.cell}
        aria-valuetext={words(at)}
        onClick={(event) => {
          const spot = under(layout, event);
          if (spot) choose(spot);
        }}
        onMouseMove={(event) => {
          point(under(layout, event));
        }}
        onMouseLeave={() => {
          point(undefined);
        }}
        onBlur={() => {
          point(undefined);
        }}
        onKeyDown={(event) => {
          const enters = event.key === 'Enter' || event.key === ' ';
          const next = enters ? at : spotAfter(layout, at, event.key);
          if (!next) return;
          event.preventDefault();
          setFocused(next);
          point(next);
          if (enters) choose(next);
        }}
      />
      {shown && <Tooltip layout={layout} spot={shown} text={words(shown)} />}
    </div>
  );
}

function Tooltip({ layout, spot, text }: { layout: RegionLayout; spot: Spot; text: string }) {
  const place = placeOfCell(layout, spot.lane, spot.cell);
  if (!place) return null;
  const right = place.x > layout.width / 2;
  const left = right ? place.x + layout.cellWidth : place.x;
  return (
    <div
      className={right ? 'tooltip left' : 'tooltip'}
      style={{ left, top: place.y + layout.laneHeight + 4 }}
      aria-hidden="true"
    >
      {text}
    </div>
  );
}

/** Also after the mirror has become smaller. */
const kept = ({ lane, cell }: Spot, { lanes, bands }: RegionLayout): Spot => ({
  lane: Math.min(lane, lanes.length - 1),
  cell: Math.min(cell, (bands.at(-1)?.to ?? 1) - 1),
});

function under(layout: RegionLayout, event: MouseEvent): Spot | undefined {
  const { left, top } = event.currentTarget.getBoundingClientRect();
  return spotAt(layout, event.clientX - left, event.clientY - top);
}

/** Regions change many times while they lie where they lie. */
function useLayout(mirror: MirrorState, width: number): RegionLayout {
  const { cells, legs, perCell, regions } = mirror;
  const shape = `${cells.length} ${legs.length} ${perCell} ${regions} ${width}`;
  const last = useRef<{ readonly shape: string; readonly layout: RegionLayout }>(undefined);
  if (last.current?.shape !== shape) {
    last.current = { shape, layout: layoutRegions(mirror, width) };
  }
  return last.current.layout;
}

function subjectOfLane(lab: LabState, mirror: MirrorState, lane?: Lane): Subject | undefined {
  if (!lane) return undefined;
  const { log } = mirror;
  const devno = lane.kind === 'leg' ? mirror.legs[lane.leg]?.devno : devnoOf(log);
  return devno && belowOf(lab, devno).subject;
}

const devnoOf = (log: MirrorState['log']) => (log.kind === 'disk' ? log.devno : undefined);

/** The same object while nothing else is marked. */
function useMarks(lanes: ReadonlySet<number>, spot: Spot | undefined): RegionMarks {
  const { lane, cell } = spot ?? {};
  return useMemo(
    () => (lane === undefined || cell === undefined ? { lanes } : { lanes, spot: { lane, cell } }),
    [lanes, lane, cell],
  );
}

/** Lanes whose device is selected, or pointed at in another view. */
function useMarkedLanes(
  lab: LabState,
  mirror: MirrorState,
  lanes: readonly Lane[],
): ReadonlySet<number> {
  const selected = useStudio((studio) => studio.selected);
  const hovered = useStudio((studio) => studio.hovered);
  return useMemo(() => {
    const found = lanes.flatMap((lane, index) => {
      const subject = subjectOfLane(lab, mirror, lane);
      return same(subject, selected) || same(subject, hovered) ? [index] : [];
    });
    return new Set(found);
  }, [lab, mirror, lanes, selected, hovered]);
}

/** Between two pictures of what only ages, in milliseconds: more of them nobody sees. */
const APART = 40;

/** Paints whenever something has changed, and on for as long as it ages. */
function useDrawing(mirror: MirrorState, layout: RegionLayout, marks: RegionMarks, moves: boolean) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const motion = useRef(stillRegions(mirror));
  const paletteOf = usePalette();
  useEffect(() => {
    const element = canvas.current;
    if (!element) return undefined;
    const palette = paletteOf(element);
    motion.current = followedRegions(motion.current, mirror, performance.now());
    let drop = (): void => undefined;
    let drawn = -Infinity;
    const draw = (): void => {
      const now = moves ? performance.now() : Infinity;
      if (now - drawn < APART) {
        drop = inNextFrame(draw);
        return;
      }
      drawn = now;
      motion.current = settledRegions(motion.current, now);
      const context = sized(element, layout.width, layout.height);
      const ratio = window.devicePixelRatio;
      if (context) drawRegions(context, layout, motion.current, now, marks, palette, ratio);
      if (isMoving(motion.current, now)) drop = inNextFrame(draw);
    };
    drop = inNextFrame(draw);
    return () => {
      drop();
    };
  }, [mirror, layout, marks, paletteOf, moves]);
  return canvas;
}
