/** The extent map for keyboards and screen readers: the same runs, the same selection. */
import { useState, type ReactElement } from 'react';
import type { VgState } from '../../core/contract/state.ts';
import { same, useStudio } from '../state/store.ts';
import { runsOf, type Run } from '../viz/layout-extents.ts';
import { sizeText } from '../widgets/size-text.ts';
import { subjectOf, useVgKey } from './run-text.ts';

/** Rows made at once: more are asked for, so that a large group does not stall the window. */
const ROWS = 200;

export function RunTable({ vg }: { vg: VgState }): ReactElement {
  const [rows, setRows] = useState(ROWS);
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
            <RunRow key={`${run.pv} ${run.start}`} run={run} vg={vg} />
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
}

function RunRow({ run, vg }: { run: Run; vg: VgState }): ReactElement {
  const select = useStudio((studio) => studio.select);
  const hover = useStudio((studio) => studio.hover);
  const selected = useStudio((studio) => studio.selected);
  const subject = subjectOf(run, useVgKey(vg));
  const own = run.owner !== undefined;
  return (
    <tr
      className={own && same(selected, subject) ? 'selected' : ''}
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
      <td>{run.owner?.type ?? ''}</td>
    </tr>
  );
}
