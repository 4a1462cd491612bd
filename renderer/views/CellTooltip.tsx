/** What a cell of a map is, beside it. */
import type { ReactElement } from 'react';
import { placeOfCell, type CellRows, type RegionLayout, type Spot } from '../viz/layout-regions.ts';

interface Props {
  readonly layout: CellRows & Pick<RegionLayout, 'width' | 'laneHeight'>;
  readonly spot: Spot;
  readonly text: string;
}

export function CellTooltip({ layout, spot, text }: Props): ReactElement | null {
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
