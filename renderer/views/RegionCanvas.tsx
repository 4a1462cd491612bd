/** The region map of one mirror, painted on a canvas; arrows go from cell to cell. */
import { useCallback, useMemo, useRef, useState, type MouseEvent, type ReactElement } from 'react';
import type { MirrorState } from '../../core/contract/mirrors.ts';
import type { LabState } from '../../core/contract/state.ts';
import { belowOf } from '../state/mirrors.ts';
import { same, useStudio, type Subject } from '../state/store.ts';
import { drawRegions, type RegionMarks } from '../viz/draw-regions.ts';
import {
  layoutRegions,
  spotAfter,
  spotAt,
  type RegionLayout,
  type Spot,
} from '../viz/layout-regions.ts';
import type { Lane } from '../viz/region-cells.ts';
import {
  followedRegions,
  isMoving,
  settledRegions,
  stillRegions,
  type RegionMotion,
} from '../viz/region-motion.ts';
import { usePlaying, type Draw, type Film } from '../widgets/use-playing.ts';
import { CellTooltip } from './CellTooltip.tsx';
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

const FILM: Film<MirrorState, RegionMotion> = {
  still: stillRegions,
  followed: followedRegions,
  settled: settledRegions,
  isMoving,
};

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
  const draw = useCallback<Draw<RegionMotion>>(
    (context, motion, now, palette, ratio) =>
      drawRegions(context, layout, motion, now, marks, palette, ratio),
    [layout, marks],
  );
  const canvas = usePlaying(FILM, mirror, layout, draw, moves);
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
      {shown && <CellTooltip layout={layout} spot={shown} text={words(shown)} />}
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
