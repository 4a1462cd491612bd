/** The region map for keyboards and screen readers: the same regions, in runs. */
import { useState, type ReactElement } from 'react';
import type { MirrorState } from '../../core/contract/mirrors.ts';
import type { LabState } from '../../core/contract/state.ts';
import { cellRuns, regionsOf, sectorsOf, type CellRun } from '../viz/region-cells.ts';
import { extentsOf, LETTER_WORDS } from './mirror-words.ts';
import { rangeText } from './number-words.ts';

/** Rows made at once. */
const ROWS = 100;

interface Props {
  readonly lab: LabState;
  readonly mirror: MirrorState;
  readonly name: string;
}

export function RegionTable({ lab, mirror, name }: Props): ReactElement {
  const [open, setOpen] = useState(false);
  const [rows, setRows] = useState(ROWS);
  const runs = open ? cellRuns(mirror.cells) : [];
  const more = runs.length - rows;
  return (
    <details
      className="region-table"
      onToggle={(event) => {
        setOpen(event.currentTarget.open);
      }}
    >
      <summary>Regions of {name} as a table</summary>
      <table className="runs" aria-label={`Regions of ${name}`}>
        <thead>
          <tr>
            {['Regions', 'Sectors', 'LE'].map((title) => (
              <th key={title} scope="col" className="number">
                {title}
              </th>
            ))}
            <th scope="col">State</th>
            <th scope="col">Legs with the data</th>
          </tr>
        </thead>
        <tbody>
          {runs.slice(0, rows).map((run) => (
            <Row key={run.first} lab={lab} mirror={mirror} run={run} />
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
          Show more regions ({more} rows left)
        </button>
      )}
    </details>
  );
}

interface RowProps {
  readonly lab: LabState;
  readonly mirror: MirrorState;
  readonly run: CellRun;
}

function Row({ lab, mirror, run: { letter, first, last } }: RowProps): ReactElement {
  const [from, to] = [regionsOf(mirror, first)[0], regionsOf(mirror, last)[1]];
  const [start, end] = [sectorsOf(mirror, first)[0], sectorsOf(mirror, last)[1]];
  const [low, high] = [extentsOf(lab, mirror, first)?.[0], extentsOf(lab, mirror, last)?.[1]];
  return (
    <tr>
      <td className="number">{rangeText(from, to)}</td>
      <td className="number">{rangeText(start, end)}</td>
      <td className="number">
        {low === undefined || high === undefined ? '' : rangeText(low, high)}
      </td>
      <td>{LETTER_WORDS[letter] ?? letter}</td>
      <td>{holders(mirror, letter)}</td>
    </tr>
  );
}

/** `0, 1`; of what is not in sync the primary alone. */
function holders({ legs, primary }: MirrorState, letter: string): string {
  if (letter === 'n' || letter === 'r') return String(primary);
  return legs.flatMap(({ dropped }, leg) => (dropped ? [] : [String(leg)])).join(', ');
}
