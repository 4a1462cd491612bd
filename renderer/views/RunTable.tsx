/** The extent map for keyboards and screen readers: the same runs, the same selection. */
import { memo, useMemo, useState, type ReactElement } from 'react';
import type { VgState } from '../../core/contract/state.ts';
import { same, useStudio } from '../state/store.ts';
import { runsOf, type Run } from '../viz/layout-extents.ts';
import { sizeText } from '../widgets/size-text.ts';
import {
  covers,
  moveText,
  roleWords,
  subjectOf,
  useParts,
  useRelatedNames,
  useSnapshotRoles,
  useVgKey,
  type Roles,
} from './run-text.ts';

/** Rows made at once: more are asked for, so that a large group does not stall the window. */
const ROWS = 200;

export const RunTable = memo(function RunTable({ vg }: { vg: VgState }): ReactElement {
  const [rows, setRows] = useState(ROWS);
  const parts = useParts(vg);
  const snapshots = useSnapshotRoles(vg);
  const runs = useMemo(() => vg.pvs.flatMap((pv) => runsOf(vg, pv)), [vg]);
  const selected = useStudio((studio) => studio.selected);
  const group = useVgKey(vg);
  const related = useRelatedNames(group);
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
            <RunRow
              key={`${run.pv} ${run.start}`}
              run={run}
              owner={run.owner && `${vg.name}/${run.owner.lv}`}
              type={typeWords(run, { parts, snapshots })}
              size={sizeText(run.count * vg.extentSize)}
              group={group}
              covered={covers(selected, run, group, parts)}
              related={run.owner !== undefined && related.has(run.owner.lv)}
              pressed={same(selected, subjectOf(run, group))}
            />
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

function typeWords(run: Run, roles: Roles): string {
  const words = [run.owner?.type, ...roleWords(run, roles), run.moves && moveText(run.moves)];
  return words.filter(Boolean).join(', ');
}

interface RowProps {
  readonly run: Run;
  /** `vg/home`; absent: free. */
  readonly owner: string | undefined;
  readonly type: string;
  readonly size: string;
  readonly group: string;
  /** What is selected owns it; and is its owner itself. */
  readonly covered: boolean;
  /** What is selected is a snapshot of its owner, or the other way round. */
  readonly related: boolean;
  readonly pressed: boolean;
}

/** Runs are made anew with every state of a group, and few of them are other ones than before. */
const isSame = ({ run: a, ...mine }: RowProps, { run: b, ...theirs }: RowProps): boolean =>
  a.start === b.start &&
  a.count === b.count &&
  a.pvId === b.pvId &&
  a.pv === b.pv &&
  (Object.keys(mine) as (keyof typeof mine)[]).every((key) => mine[key] === theirs[key]);

const RunRow = memo(function RunRow(props: RowProps): ReactElement {
  const { run, owner, type, size, group, covered, related, pressed } = props;
  const select = useStudio((studio) => studio.select);
  const hover = useStudio((studio) => studio.hover);
  const subject = subjectOf(run, group);
  return (
    <tr
      className={covered ? 'selected' : related ? 'related' : ''}
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
      <td className="number">{size}</td>
      <td>
        {owner === undefined ? (
          'free'
        ) : (
          <button
            type="button"
            className="link"
            aria-pressed={pressed}
            onClick={() => {
              select(subject);
            }}
          >
            {owner}
          </button>
        )}
      </td>
      <td>{type}</td>
    </tr>
  );
}, isSame);
