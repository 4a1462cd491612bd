/** A run of extents dragged off its strip, onto another one or to another place of the same. */
import { useEffect, useRef, type MouseEvent, type PointerEvent } from 'react';
import type { VgState } from '../../core/contract/state.ts';
import { useMoves, type DropPlace, type MarkedRun } from '../state/moves.ts';
import { dropPlace } from '../viz/drop-place.ts';
import { runAt, type Strip } from '../viz/layout-extents.ts';

/** Pixels that a pointer goes before it is a drag, and no click with an unsteady hand. */
const SLACK = 5;

interface Grip {
  readonly x: number;
  readonly y: number;
  readonly run: MarkedRun;
  /** Extents of the run before the pointer. */
  readonly grab: number;
}

/** @param strips of the whole group: those that a run can be dropped on */
export function useStripDrag(vg: VgState, strip: Strip, strips: readonly Strip[]) {
  const grip = useRef<Grip>(undefined);
  /** The click that ends a drag is none. */
  const dropped = useRef(false);
  const dragging = useMoves(({ drag }) => drag?.run.pvId === strip.pv.id);
  const end = (): void => {
    grip.current = undefined;
    useMoves.getState().dragTo(undefined);
  };
  useEscape(dragging, end);
  return {
    dragging,
    wasDropped: (): boolean => dropped.current,
    handlers: {
      onPointerDown: (event: PointerEvent): void => {
        dropped.current = false;
        grip.current = event.button === 0 ? gripAt(vg, strip, event) : undefined;
      },
      onPointerMove: (event: PointerEvent): void => {
        const held = grip.current;
        if (!held) return;
        const far = Math.hypot(event.clientX - held.x, event.clientY - held.y) >= SLACK;
        if (!dragging && !far) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        const over = placeUnder(event, held, strips);
        useMoves.getState().dragTo({ run: held.run, ...(over ? { over } : {}) });
      },
      onPointerUp: (): void => {
        const { drag, propose } = useMoves.getState();
        dropped.current = drag !== undefined;
        end();
        if (!drag?.over) return;
        const { device, first } = drag.over;
        const { run } = drag;
        const to = { device, ...(first === undefined ? {} : { first }) };
        const from = { device: run.device, first: run.first, count: run.count };
        // What cannot be dropped there is proposed all the same: the engine says why not.
        propose({ kind: 'run', ...from, to });
      },
      onPointerCancel: end,
    },
  };
}

const offsetIn = (event: MouseEvent): number =>
  event.clientX - event.currentTarget.getBoundingClientRect().left;

/** What lies under the pointer: the marked extents if it is on them, else the run. */
function gripAt(vg: VgState, strip: Strip, event: PointerEvent): Grip | undefined {
  const x = offsetIn(event);
  const run = strip.runs[runAt(strip.runs, x)];
  if (!run?.owner || strip.pv.missing) return undefined;
  const extent = (x * strip.pv.extentCount) / Math.max(1, strip.end);
  const { marked } = useMoves.getState();
  const onMarked =
    marked?.pvId === strip.pv.id && marked.first <= extent && extent < marked.first + marked.count;
  const { pv: device, pvId, start: first, count } = run;
  const own = onMarked ? marked : { vg: vg.name, device, pvId, first, count };
  return { x: event.clientX, y: event.clientY, run: own, grab: extent - own.first };
}

function placeUnder(
  event: PointerEvent,
  { run, grab }: Grip,
  strips: readonly Strip[],
): DropPlace | undefined {
  const under = document.elementFromPoint(event.clientX, event.clientY);
  const element = under?.closest<HTMLElement>('[data-strip]');
  const { strip: pvId, device } = element?.dataset ?? {};
  if (!element || pvId === undefined || device === undefined) return undefined;
  const strip = strips.find(({ pv }) => pv.id === pvId);
  if (!strip) return { pvId, device, why: 'it is in another group' };
  return dropPlace(strip, run, event.clientX - element.getBoundingClientRect().left, grab);
}

function useEscape(active: boolean, act: () => void): void {
  useEffect(() => {
    if (!active) return undefined;
    const listen = (event: KeyboardEvent): void => {
      if (event.key === 'Escape') act();
    };
    window.addEventListener('keydown', listen);
    return () => {
      window.removeEventListener('keydown', listen);
    };
  });
}
