import { useCallback, useRef } from 'react';
import type { Palette } from '../viz/draw-strip.ts';
import { readPalette } from '../viz/read-palette.ts';
import { useShownTheme } from './use-theme.ts';

/**
 * Reads the colours of an element once for a theme: to read them takes longer than to draw, and
 * what moves is drawn many times a second. Another function with another theme.
 */
export function usePalette(): (element: HTMLElement) => Palette {
  const theme = useShownTheme();
  const known = useRef<{ readonly theme: string; readonly palette: Palette }>(undefined);
  return useCallback(
    (element) => {
      if (known.current?.theme !== theme) known.current = { theme, palette: readPalette(element) };
      return known.current.palette;
    },
    [theme],
  );
}
