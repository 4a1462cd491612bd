/** The extent map for keyboards and screen readers: the same runs, the same selection. */
import { memo, useState, type ReactElement } from 'react';
import type { VgState } from '../../core/contract/state.ts';
import { same, useStudio } from '../state/store.ts';
import { runsOf, type Run } from '../viz/layout-extents.ts';
import type { Part } from '../viz/mirror-parts.ts';
import { sizeText } from '../widgets/size-text.ts';
import { covers, moveText, partWords, subjectOf, useParts, useVgKey } from './run-text.ts';

/** Rows made at once: more are asked for, so that a large group does not stall the window. */
const ROWS = 200;

export const RunTable = memo(function RunTable({ vg }: { vg: VgState }): ReactElement {
  const [rows, setRows] = useState(ROWS);
  const parts = useParts(vg);
  const runs = vg.pvs.flatMap((pv) => runsOf(vg, pv));
  const more = runs.length - rows;
  return (
    <>
      <table className="runs" aria-label={`Runs of ${vg.name}`}>
        <thead>
          <tr>
            <th scope="col">PV</th>
            <th scope="col" className="number">
              First PE
            </th>
            <th scope="col" className="number">
              Last PE
            </th>
            <th scope="col" className="number">
              Size
            </th>
            <th scope="col">Owner</th>
            <th scope="col">Type</th>
          </tr>
        </thead>
        <tbody>
          {runs.slice(0, rows).map((run) => (
            <RunRow key={`${run.pv} ${run.start}`} run={run} parts={parts} vg={vg} />
          ))}
        </tbody>
      </table>
      {more > 0 && (
        <button
          type="button"
          onClick={() => {
            setRows(rows + ROWS);
          }}
        >
          Show more runs ({more} left)
        </button>
      )}
    </>
  );
});

interface RowProps {
  readonly run: Run;
  readonly parts: ReadonlyMap<string, Part>;
  readonly vg: VgState;
}

function RunRow({ run, parts, vg }: RowProps): ReactElement {
  const select = useStudio((studio) => studio.select);
  const hover = useStudio((studio) => studio.hover);
  const selected = useStudio((studio) => studio.selected);
  const group = useVgKey(vg);
  const part = parts.get(run.owner?.lv ?? '');
  const subject = subjectOf(run, group);
  return (
    <tr
      className={covers(selected, run, group, parts) ? 'selected' : ''}
      onMouseEnter={() => {
        hover(subject);
      }}
      onMouseLeave={() => {
        hover(undefined);
      }}
    >
      <td>{run.pv}</td>
      <td className="number">{run.start}</td>
      <td className="number">{run.start + run.count - 1}</td>
      <td className="number">{sizeText(run.count * vg.extentSize)}</td>
      <td>
        {run.owner ? (
          <button
            type="button"
            className="link"
            aria-pressed={same(selected, subject)}
            onClick={() => {
              select(subject);
            }}
          >
            {vg.name}/{run.owner.lv}
          </button>
        ) : (
          'free'
        )}
      </td>
      <td>
        {part ? `${run.owner?.type ?? ''}, ${partWords(part)}` : (run.owner?.type ?? '')}
        {run.moves && `, ${moveText(run.moves)}`}
      </td>
    </tr>
  );
}
