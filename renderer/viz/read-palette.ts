import type { Palette } from './draw-strip.ts';
import { OWNER_COLOURS } from './owner-colour.ts';

/** What tokens.css means on an element in its present theme: a canvas knows no custom property. */
export function readPalette(element: HTMLElement): Palette {
  const computed = getComputedStyle(element);
  const before = element.style.color;
  const colour = (token: string): string => {
    element.style.color = `var(--${token})`;
    return computed.color;
  };
  const owners = Array.from({ length: OWNER_COLOURS }, (_, index) => colour(`owner-${index}`));
  const palette: Palette = {
    surface: colour('surface'),
    line: colour('line'),
    edge: colour('edge'),
    text: colour('text'),
    quiet: colour('quiet'),
    ring: colour('ring'),
    danger: colour('danger'),
    owners,
    store: colour('store'),
    storeEdge: colour('store-edge'),
    font: computed.fontFamily,
  };
  element.style.color = before;
  return palette;
}
