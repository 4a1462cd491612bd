/** Wheel, dragging, and the point that stays where it is while a drawing grows. */
import { useEffect, useLayoutEffect, useRef, type PointerEvent, type RefObject } from 'react';
import { within } from '../viz/zoom.ts';

type Box = RefObject<HTMLDivElement | null>;

/** How much a wheel's pixel counts. */
const WHEEL = 0.002;

/** Ctrl and wheel, or a pinch, zoom at the pointer; everything else at the middle. */
export function useZoomInput(box: Box, scale: number, zoom: (scale: number) => void): void {
  const pointer = useRef<{ readonly x: number; readonly y: number }>(undefined);
  useEffect(() => {
    const element = box.current;
    const turn = (event: WheelEvent): void => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      const { left, top } = (event.currentTarget as Element).getBoundingClientRect();
      pointer.current = { x: event.clientX - left, y: event.clientY - top };
      zoom(within(scale * Math.exp(-event.deltaY * WHEEL)));
    };
    // React's own listener could not keep the page from zooming.
    element?.addEventListener('wheel', turn, { passive: false });
    return () => element?.removeEventListener('wheel', turn);
  }, [box, scale, zoom]);
  const shown = useRef(scale);
  useLayoutEffect(() => {
    const element = box.current;
    const grown = scale / shown.current;
    shown.current = scale;
    if (!element || grown === 1) return;
    const middle = { x: element.clientWidth / 2, y: element.clientHeight / 2 };
    const { x, y } = pointer.current ?? middle;
    pointer.current = undefined;
    element.scrollLeft = (element.scrollLeft + x) * grown - x;
    element.scrollTop = (element.scrollTop + y) * grown - y;
  }, [box, scale]);
}

/** Draws the paper along, from where there is no card. */
export function dragPaper(event: PointerEvent<HTMLDivElement>): void {
  const paper = event.currentTarget;
  const onCard = event.target instanceof Element && event.target.closest('[role="button"]');
  if (event.button !== 0 || event.pointerType === 'touch' || onCard) return;
  const from = { x: event.clientX + paper.scrollLeft, y: event.clientY + paper.scrollTop };
  const bars = paper.getBoundingClientRect();
  const inside = { x: event.clientX - bars.left, y: event.clientY - bars.top };
  if (inside.x > paper.clientWidth || inside.y > paper.clientHeight) return;
  const move = ({ clientX, clientY }: globalThis.PointerEvent): void => {
    paper.scrollLeft = from.x - clientX;
    paper.scrollTop = from.y - clientY;
  };
  const end = (): void => {
    window.removeEventListener('pointermove', move);
    window.removeEventListener('pointerup', end);
    window.removeEventListener('pointercancel', end);
  };
  window.addEventListener('pointermove', move);
  window.addEventListener('pointerup', end);
  window.addEventListener('pointercancel', end);
}
