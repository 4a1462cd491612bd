/** What moves, above the strips of a group: regions on their way, the front, and where it goes. */
import { useEffect, useMemo, useRef, type ReactElement } from 'react';
import type { MirrorState } from '../../core/contract/mirrors.ts';
import type { VgState } from '../../core/contract/state.ts';
import { mirrorOf } from '../state/running-moves.ts';
import { useStudio } from '../state/store.ts';
import { drawMove, type MovePaint } from '../viz/draw-move.ts';
import { BAR_HEIGHT, type Palette } from '../viz/draw-strip.ts';
import { inNextFrame } from '../viz/frame-loop.ts';
import type { Strip } from '../viz/layout-extents.ts';
import { layoutMove, type OnStrip, type PieceLayout } from '../viz/layout-move.ts';
import {
  followedMove,
  frontAt,
  isMoving,
  MOST_TRAVELLING,
  settledMove,
  stillMove,
  travelling,
  type MoveMotion,
} from '../viz/move-motion.ts';
import type { Move } from '../viz/moves.ts';
import { ownerColours } from '../viz/owner-colour.ts';
import { usePalette } from '../widgets/use-palette.ts';
import { useParts } from './run-text.ts';

interface Props {
  readonly vg: VgState;
  readonly move: Move;
  readonly strips: readonly Strip[];
  /** Regions are seen to travel; otherwise they are just there. */
  readonly moves: boolean;
}

/** Nothing of a move whose devices are not there. */
export function MoveLayer({ vg, move, strips, moves }: Props): ReactElement | null {
  const mirror = useStudio(({ lab }) => lab && mirrorOf(lab, move));
  const layout = useLayout(vg, move, strips, mirror);
  if (!mirror || !layout) return null;
  return <Layer vg={vg} layout={layout} mirror={mirror} moves={moves} />;
}

/** Regions change many times while they lie where they lie. */
function useLayout(
  vg: VgState,
  move: Move,
  strips: readonly Strip[],
  mirror: MirrorState | undefined,
): PieceLayout | undefined {
  const shape = mirror && `${mirror.start} ${mirror.length} ${mirror.perCell} ${mirror.regionSize}`;
  const latest = useRef(mirror);
  latest.current = mirror;
  return useMemo(
    () =>
      shape === undefined || !latest.current
        ? undefined
        : layoutMove(move, latest.current, vg.extentSize, strips),
    [vg, move, strips, shape],
  );
}

interface LayerProps {
  readonly vg: VgState;
  readonly layout: PieceLayout;
  readonly mirror: MirrorState;
  readonly moves: boolean;
}

function Layer({ vg, layout, mirror, moves }: LayerProps): ReactElement {
  const box = useDrawing(vg, layout, mirror, moves);
  return (
    <div className="move-layer" ref={box} aria-hidden="true">
      {[...layout.strips.keys()].map((id) => (
        <canvas key={id} data-over={id} />
      ))}
      <svg>
        <line className="way" />
        {Array.from({ length: MOST_TRAVELLING }, (_, index) => (
          <rect key={index} rx={2} />
        ))}
      </svg>
    </div>
  );
}

/** Between two pictures of what only ages, in milliseconds: more of them nobody sees. */
const APART = 30;

interface Shown {
  readonly of: PieceLayout;
  readonly by: ReturnType<typeof usePalette>;
  readonly scene: Scene;
}

function useDrawing(vg: VgState, layout: PieceLayout, mirror: MirrorState, moves: boolean) {
  const box = useRef<HTMLDivElement>(null);
  const motion = useRef<MoveMotion>(stillMove(mirror));
  const scene = useRef<Shown>(undefined);
  const paletteOf = usePalette();
  const parts = useParts(vg);
  useEffect(() => {
    const element = box.current;
    if (!element) return undefined;
    if (scene.current?.of !== layout || scene.current.by !== paletteOf) {
      const labels = new Map([...parts].map(([name, { top }]) => [name, top]));
      const paint = { palette: paletteOf(element), colours: ownerColours(vg), labels };
      scene.current = { of: layout, by: paletteOf, scene: new Scene(element, layout, paint) };
    }
    const shown = scene.current.scene;
    motion.current = followedMove(motion.current, mirror, performance.now());
    let drop = (): void => undefined;
    let drawn = -Infinity;
    const draw = (): void => {
      const now = moves ? performance.now() : Infinity;
      if (now - drawn >= APART || !moves) {
        drawn = now;
        motion.current = settledMove(motion.current, now);
        shown.draw(motion.current, now);
      }
      if (isMoving(motion.current, now)) drop = inNextFrame(draw);
    };
    drop = inNextFrame(draw);
    return () => {
      drop();
    };
  }, [vg, parts, mirror, layout, paletteOf, moves]);
  return box;
}

interface Over {
  readonly strip: Strip;
  readonly context: CanvasRenderingContext2D | null;
  /** Of the strip's bar, from the layer's corner, in pixels. */
  readonly left: number;
  readonly top: number;
}

/** How high a region is that travels, in pixels; and how wide. */
const HIGH = 14;
const WIDEST = 48;
const NARROWEST = 5;

/** Elements of the layer with their places, looked up once for a layout. */
class Scene {
  private readonly over = new Map<string, Over>();
  private readonly way: SVGLineElement | null;
  private readonly travellers: readonly SVGRectElement[];
  private readonly ratio = window.devicePixelRatio;

  constructor(
    element: HTMLElement,
    private readonly layout: PieceLayout,
    private readonly paint: MovePaint,
  ) {
    const corner = element.getBoundingClientRect();
    const strips = element.parentElement;
    for (const [id, strip] of layout.strips) {
      const canvas = element.querySelector<HTMLCanvasElement>(`[data-over="${CSS.escape(id)}"]`);
      const below = strips?.querySelector(`[data-strip="${CSS.escape(id)}"]`);
      const place = below?.getBoundingClientRect();
      if (!canvas || !place) continue;
      const [left, top] = [place.left - corner.left, place.top - corner.top];
      canvas.width = Math.ceil(strip.end * this.ratio);
      canvas.height = BAR_HEIGHT * this.ratio;
      Object.assign(canvas.style, {
        width: `${strip.end}px`,
        height: `${BAR_HEIGHT}px`,
        left: `${left}px`,
        top: `${top}px`,
      });
      this.over.set(id, { strip, context: canvas.getContext('2d'), left, top });
    }
    this.way = element.querySelector('line');
    this.travellers = [...element.querySelectorAll('rect')];
  }

  draw(motion: MoveMotion, now: number): void {
    const { layout, paint, ratio } = this;
    for (const { strip, context } of this.over.values()) {
      if (context) drawMove(context, strip, layout, motion, now, paint, ratio);
    }
    this.drawWay(motion, now);
    this.drawTravellers(motion, now, paint.palette);
  }

  private drawWay(motion: MoveMotion, now: number): void {
    const front = this.layout.at(frontAt(motion, now));
    const [from, to] = [front && this.point(front.from), front && this.point(front.to)];
    this.way?.classList.toggle('hidden', !from || !to);
    if (!from || !to) return;
    const down = to.y > from.y;
    const ends = {
      ...{ x1: from.x, y1: from.y + (down ? BAR_HEIGHT / 2 : -BAR_HEIGHT / 2) },
      ...{ x2: to.x, y2: to.y + (down ? -BAR_HEIGHT / 2 : BAR_HEIGHT / 2) },
    };
    for (const [name, value] of Object.entries(ends)) this.way?.setAttribute(name, String(value));
  }

  private drawTravellers(motion: MoveMotion, now: number, palette: Palette): void {
    const underWay = travelling(motion, now);
    const cells = new Map(this.layout.cells.map((place) => [place.cell, place]));
    for (const [index, rect] of this.travellers.entries()) {
      const one = underWay[index];
      const place = one && cells.get(one.cell);
      const [from, to] = [place && this.point(place.from), place && this.point(place.to)];
      rect.classList.toggle('hidden', !place || !from || !to);
      if (!place || !from || !to) continue;
      const part = eased(one.part);
      const width = Math.min(WIDEST, Math.max(NARROWEST, place.from.width));
      const x = from.x + (to.x - from.x) * part + (place.from.width - width) / 2;
      const y = from.y + (to.y - from.y) * part - HIGH / 2;
      rect.setAttribute('x', String(x));
      rect.setAttribute('y', String(y));
      rect.setAttribute('width', String(width));
      rect.setAttribute('height', String(HIGH));
      rect.style.fill = palette.owners[this.paint.colours.get(place.owner) ?? 0] ?? '';
    }
  }

  /** The middle of the bar; undefined where its strip is not there. */
  private point({ pvId, x }: OnStrip): { readonly x: number; readonly y: number } | undefined {
    const over = this.over.get(pvId);
    return over && { x: over.left + x, y: over.top + BAR_HEIGHT / 2 };
  }
}

/** Slow at both ends. */
const eased = (part: number): number => part * part * (3 - 2 * part);
