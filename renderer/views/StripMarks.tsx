/** Over one strip of the extent map: the extents that are marked, and where a drag would let go. */
import type { ReactElement } from 'react';
import { useMoves } from '../state/moves.ts';
import { dropWords } from '../viz/drop-place.ts';
import type { Strip } from '../viz/layout-extents.ts';

export function StripMarks({ strip }: { readonly strip: Strip }): ReactElement | null {
  const marked = useMoves(({ marked: run }) => (run?.pvId === strip.pv.id ? run : undefined));
  const drag = useMoves(({ drag: one }) => (one?.over?.pvId === strip.pv.id ? one : undefined));
  const held = useMoves(({ drag: one }) => (one?.run.pvId === strip.pv.id ? one.run : undefined));
  const perExtent = strip.end / Math.max(1, strip.pv.extentCount);
  const place = (first: number, count: number) => ({
    left: first * perExtent,
    width: Math.max(3, count * perExtent),
  });
  const over = drag?.over;
  const whole = { left: 0, width: strip.end };
  return (
    <div className="strip-marks" aria-hidden="true">
      {marked && <div className="marked" style={place(marked.first, marked.count)} />}
      {held && <div className="grabbed" style={place(held.first, held.count)} />}
      {drag && over && (
        <div
          className={over.why === undefined ? 'drop' : 'drop refused'}
          style={over.first === undefined ? whole : place(over.first, drag.run.count)}
        >
          <span>{dropWords(over, drag.run)}</span>
        </div>
      )}
    </div>
  );
}
