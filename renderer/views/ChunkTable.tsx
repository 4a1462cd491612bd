/** The exception map for keyboards and screen readers: runs of chunks, and the last exceptions. */
import { useState, type ReactElement } from 'react';
import type { SnapshotState } from '../../core/contract/snapshots.ts';
import { chunkRuns, chunksOf, sectorsOfCell } from '../viz/chunk-cells.ts';
import { rangeText } from './number-words.ts';
import { ageWords, KIND_WORDS } from './snapshot-words.ts';

/** Rows made at once. */
const ROWS = 100;

interface Props {
  readonly snapshot: SnapshotState;
  readonly name: string;
}

export function ChunkTable({ snapshot, name }: Props): ReactElement {
  const [open, setOpen] = useState(false);
  return (
    <details
      className="region-table"
      onToggle={(event) => {
        setOpen(event.currentTarget.open);
      }}
    >
      <summary>Chunks of {name} as tables</summary>
      {open && <Runs snapshot={snapshot} name={name} />}
      {open && <Recent snapshot={snapshot} name={name} />}
    </details>
  );
}

function Head({ titles }: { titles: readonly (readonly [string, boolean])[] }): ReactElement {
  return (
    <thead>
      <tr>
        {titles.map(([title, number]) => (
          <th key={title} scope="col" className={number ? 'number' : ''}>
            {title}
          </th>
        ))}
      </tr>
    </thead>
  );
}

const RUN_TITLES = [
  ['Chunks', true],
  ['Sectors', true],
  ['State', false],
  ['Kept', true],
  ['Age', false],
] as const;

function Runs({ snapshot, name }: Props): ReactElement {
  const [rows, setRows] = useState(ROWS);
  const runs = chunkRuns(snapshot);
  const more = runs.length - rows;
  return (
    <>
      <table className="runs" aria-label={`Chunks of ${name}`}>
        <Head titles={RUN_TITLES} />
        <tbody>
          {runs.slice(0, rows).map(({ first, last, kind, age, kept }) => (
            <tr key={first}>
              <td className="number">
                {rangeText(chunksOf(snapshot, first)[0], chunksOf(snapshot, last)[1])}
              </td>
              <td className="number">
                {rangeText(sectorsOfCell(snapshot, first)[0], sectorsOfCell(snapshot, last)[1])}
              </td>
              <td>{KIND_WORDS[kind]}</td>
              <td className="number">{kept.toLocaleString('en')}</td>
              <td>{age === undefined ? '' : ageWords(age)}</td>
            </tr>
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
          Show more chunks ({more} rows left)
        </button>
      )}
    </>
  );
}

const RECENT_TITLES = [
  ['Chunk of the origin', true],
  ['Chunk of the store', true],
] as const;

function Recent({ snapshot: { recent }, name }: Props): ReactElement | null {
  if (recent.length === 0) return null;
  return (
    <table className="runs" aria-label={`Last exceptions of ${name}, newest first`}>
      <Head titles={RECENT_TITLES} />
      <tbody>
        {recent.map(({ oldChunk, newChunk }) => (
          <tr key={newChunk}>
            <td className="number">{oldChunk.toLocaleString('en')}</td>
            <td className="number">{newChunk.toLocaleString('en')}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
