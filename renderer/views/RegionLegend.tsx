/** What the cells of a region map mean, painted as they are painted there. */
import { useEffect, useRef, type ReactElement } from 'react';
import { drawCells } from '../viz/draw-regions.ts';
import { readPalette } from '../viz/read-palette.ts';
import type { CellKind } from '../viz/region-cells.ts';
import { useShownTheme } from '../widgets/use-theme.ts';
import { KIND_WORDS } from './mirror-words.ts';

const SIZE = 16;
const KINDS = Object.keys(KIND_WORDS) as readonly CellKind[];

export function RegionLegend(): ReactElement {
  return (
    <ul className="region-legend" aria-label="Legend">
      {KINDS.map((kind) => (
        <li key={kind}>
          <Sample kind={kind} /> {KIND_WORDS[kind]}
        </li>
      ))}
      <li>
        <span aria-hidden="true">▼</span> last read
      </li>
      <li>
        <span aria-hidden="true">★</span> primary
      </li>
    </ul>
  );
}

function Sample({ kind }: { kind: CellKind }): ReactElement {
  const canvas = useRef<HTMLCanvasElement>(null);
  const theme = useShownTheme();
  useEffect(() => {
    const element = canvas.current;
    if (!element) return;
    const ratio = window.devicePixelRatio;
    element.width = SIZE * ratio;
    element.height = SIZE * ratio;
    const context = element.getContext('2d');
    if (!context) return;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    const box = { x: 0, y: 0, width: SIZE, height: SIZE };
    drawCells(context, kind, [box], readPalette(element));
  }, [kind, theme]);
  return <canvas ref={canvas} aria-hidden="true" />;
}
