import { useLayoutEffect, useRef, useState, type RefObject } from 'react';

/** In pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** The room inside an element, without its scroll bars, as it is now. */
export function useSize(): [RefObject<HTMLDivElement | null>, Size] {
  const box = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState<Size>({ width: 800, height: 600 });
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return undefined;
    const observer = new ResizeObserver(() => {
      setSize({ width: element.clientWidth, height: element.clientHeight });
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
    };
  }, []);
  return [box, size];
}
