/** One PV of the extent map, painted on a canvas; arrows go from run to run. */
import { useEffect, useMemo, useRef, useState, type KeyboardEvent, type ReactElement } from 'react';
import type { MoveWish } from '../../core/contract/moves.ts';
import type { VgState } from '../../core/contract/state.ts';
import { lackingVolumes } from '../state/mirrors.ts';
import { useMoves, type MarkedRun } from '../state/moves.ts';
import { useStudio } from '../state/store.ts';
import { drawStrip, STRIP_HEIGHT, type RunStyle } from '../viz/draw-strip.ts';
import { inNextFrame } from '../viz/frame-loop.ts';
import { runAt, type Run, type Strip } from '../viz/layout-extents.ts';
import { marked } from '../viz/mark-runs.ts';
import { partName, type Part } from '../viz/mirror-parts.ts';
import { ownerColours } from '../viz/owner-colour.ts';
import { readPalette } from '../viz/read-palette.ts';
import { useShownTheme } from '../widgets/use-theme.ts';
import { covers, describeRun, subjectOf, useParts, useVgKey } from './run-text.ts';
import { StripMarks } from './StripMarks.tsx';
import { useStripDrag } from './use-strip-drag.ts';

interface Props {
  readonly vg: VgState;
  readonly strip: Strip;
  /** Of all PVs of the group. */
  readonly strips: readonly Strip[];
}

export function ExtentStrip({ vg, strip, strips }: Props): ReactElement {
  const select = useStudio((studio) => studio.select);
  const hover = useStudio((studio) => studio.hover);
  const group = useVgKey(vg);
  const parts = useParts(vg);
  const styles = useStyles(vg, group, strip);
  const canvas = useDrawing(strip, styles);
  const [pointed, setPointed] = useState<number>();
  const [focused, setFocused] = useState(0);
  const [anchor, setAnchor] = useState(0);
  const { mark, propose } = useMoves.getState();
  const { dragging, wasDropped, handlers } = useStripDrag(vg, strip, strips);
  const at = Math.min(focused, strip.runs.length - 1);
  const current = strip.runs[at];
  const shown = pointed === undefined ? undefined : strip.runs[pointed];
  const point = (index: number | undefined): void => {
    setPointed(index);
    const run = index === undefined ? undefined : strip.runs[index];
    hover(run && subjectOf(run, group));
  };
  const extend = (from: number, to: number): void => {
    const run = marked(strip.runs, from, to);
    const { device, id: pvId } = strip.pv;
    setAnchor(from);
    setFocused(to);
    mark(run && { vg: vg.name, device, pvId, ...run });
  };
  const choose = (index: number): void => {
    const run = strip.runs[index];
    if (!run) return;
    extend(index, index);
    select(subjectOf(run, group));
  };
  const move = (): void => {
    const wish = runWish(strip, useMoves.getState().marked, marked(strip.runs, at, at));
    if (wish) propose(wish);
  };
  const words = (run: Run): string => describeRun(run, vg.extentSize, parts);
  const under = (event: { clientX: number; currentTarget: Element }): number =>
    runAt(strip.runs, event.clientX - event.currentTarget.getBoundingClientRect().left);
  return (
    <div className="strip-canvas">
      <canvas
        ref={canvas}
        className={dragging ? 'dragging' : ''}
        data-strip={strip.pv.id}
        data-device={strip.pv.device}
        role="slider"
        tabIndex={0}
        aria-label={`Extents of ${strip.pv.device}`}
        aria-valuemin={0}
        aria-valuemax={strip.pv.extentCount}
        aria-valuenow={current?.start ?? 0}
        aria-valuetext={current ? words(current) : 'no extents'}
        {...handlers}
        onClick={(event) => {
          if (wasDropped()) return;
          if (event.shiftKey) extend(anchor, under(event));
          else choose(under(event));
        }}
        onMouseMove={(event) => {
          point(under(event));
        }}
        onMouseLeave={() => {
          point(undefined);
        }}
        onBlur={() => {
          point(undefined);
        }}
        onKeyDown={(event) => {
          if (event.key === 'm' && !event.ctrlKey && !event.metaKey && !event.altKey) {
            event.preventDefault();
            move();
          }
          const next = keyTarget(event, at, strip.runs.length);
          if (next === undefined) return;
          event.preventDefault();
          setFocused(next);
          point(next);
          if (event.key === 'Enter' || event.key === ' ') choose(next);
          else if (event.shiftKey) extend(anchor, next);
          else setAnchor(next);
        }}
      />
      <StripMarks strip={strip} />
      {shown && !dragging && (
        <div
          className={shown.x > strip.end / 2 ? 'tooltip left' : 'tooltip'}
          style={{ left: shown.x > strip.end / 2 ? shown.x + shown.width : shown.x }}
          aria-hidden="true"
        >
          {words(shown)}
        </div>
      )}
    </div>
  );
}

/** The marked extents of this strip, else those of the run that has the focus. */
function runWish(
  { pv: { device, id } }: Strip,
  picked: MarkedRun | undefined,
  focused: { readonly first: number; readonly count: number } | undefined,
): MoveWish | undefined {
  const run = picked?.pvId === id ? picked : focused;
  if (!run) return undefined;
  return { kind: 'run', device, first: run.first, count: run.count, to: { device: '' } };
}

/** Where a key leads from run `at`; undefined: not a key of the map. */
function keyTarget(event: KeyboardEvent, at: number, count: number): number | undefined {
  switch (event.key) {
    case 'ArrowRight':
      return Math.min(count - 1, at + 1);
    case 'ArrowLeft':
      return Math.max(0, at - 1);
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    case 'Enter':
    case ' ':
      return at;
    default:
      return undefined;
  }
}

function useStyles(vg: VgState, group: string, strip: Strip): readonly RunStyle[] {
  const selected = useStudio((studio) => studio.selected);
  const hovered = useStudio((studio) => studio.hovered);
  const parts = useParts(vg);
  // As a text: mirrors are told of several times a second, and rarely is another leg out of sync.
  const lacking = useStudio(({ lab }) => (lab ? lackingVolumes(lab).join(' ') : ''));
  return useMemo(() => {
    const colours = ownerColours(vg);
    const out = new Set(lacking.split(' '));
    const devices = new Map(vg.lvs.map(({ name, dmName }) => [name, dmName]));
    return strip.runs.map((run): RunStyle => {
      const name = run.owner?.lv;
      // A PV is not its free extents: selecting it must not mark them.
      if (name === undefined) return { label: 'free', colour: -1, selected: false, hovered: false };
      const part = parts.get(name);
      return {
        label: part ? part.top : name,
        ...(part ? { part: partName(part) } : {}),
        ...textureOf(part, out.has(devices.get(name) ?? '')),
        colour: colours.get(name) ?? 0,
        selected: covers(selected, run, group, parts),
        hovered: covers(hovered, run, group, parts),
      };
    });
  }, [vg, group, strip, parts, lacking, selected, hovered]);
}

function textureOf(part: Part | undefined, lacking: boolean): Pick<RunStyle, 'texture'> {
  if (part?.as === 'log') return { texture: 'log' };
  return lacking ? { texture: 'lacking' } : {};
}

/** Paints in the next frame whenever what is shown has changed. */
function useDrawing(strip: Strip, styles: readonly RunStyle[]) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const theme = useShownTheme();
  useEffect(() => {
    const element = canvas.current;
    if (!element) return undefined;
    return inNextFrame(() => {
      const ratio = window.devicePixelRatio;
      element.width = Math.ceil(strip.end * ratio);
      element.height = STRIP_HEIGHT * ratio;
      element.style.width = `${strip.end}px`;
      element.style.height = `${STRIP_HEIGHT}px`;
      const context = element.getContext('2d');
      if (context) drawStrip(context, strip, styles, readPalette(element), ratio);
    });
  }, [strip, styles, theme]);
  return canvas;
}
