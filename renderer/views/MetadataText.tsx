/** A metadata text: coloured by its parts, searched, copied exactly as it is. */
import { useMemo, useRef, useState, type ReactElement, type RefObject } from 'react';
import { Button, Input, SearchField } from 'react-aria-components';
import { linesOf, readable, tokensOf, type MetadataLine } from '../viz/metadata-lines.ts';
import { CopyButton } from '../widgets/CopyButton.tsx';
import { VirtualLines } from '../widgets/VirtualLines.tsx';
import { useFind } from '../widgets/use-find.ts';

interface Props {
  readonly label: string;
  /** A byte string. */
  readonly text: string;
  /** Where it comes from, in a line. */
  readonly about: string;
}

export function MetadataText({ label, text, about }: Props): ReactElement {
  const lines = useMemo(() => linesOf(readable(text)), [text]);
  const [wanted, setWanted] = useState('');
  const matches = useMemo(() => matchesOf(lines, wanted), [lines, wanted]);
  const [at, setAt] = useState(0);
  const current = matches.length === 0 ? undefined : matches[at % matches.length];
  const step = (by: number): void => {
    if (matches.length > 0) setAt((at + by + matches.length) % matches.length);
  };
  return (
    <div className="metadata-text">
      <div className="view-bar">
        <TextSearch
          label={`Search in the ${label.toLowerCase()}`}
          wanted={wanted}
          found={matches.length === 0 ? '0' : `${(at % matches.length) + 1} of ${matches.length}`}
          onChange={(next) => {
            setWanted(next);
            setAt(0);
          }}
          onStep={step}
        />
        <span className="about">{about}</span>
        <span className="spring" />
        <CopyButton title="Copy" what={`The ${label.toLowerCase()}`} text={() => text} />
      </div>
      <VirtualLines
        label={label}
        count={lines.length}
        at={current}
        line={(index) => (
          <Line
            line={lines[index]}
            wanted={wanted}
            current={index === current}
            number={index + 1}
          />
        )}
      />
    </div>
  );
}

/** Indices of lines that hold the text, in any case. */
function matchesOf(lines: readonly MetadataLine[], wanted: string): readonly number[] {
  const low = wanted.toLowerCase();
  if (low === '') return [];
  return lines.flatMap(({ text }, index) => (text.toLowerCase().includes(low) ? [index] : []));
}

interface SearchProps {
  readonly label: string;
  readonly wanted: string;
  readonly found: string;
  readonly onChange: (wanted: string) => void;
  /** To the next match, or the one before. */
  readonly onStep: (by: number) => void;
}

function TextSearch({ label, wanted, found, onChange, onStep }: SearchProps): ReactElement {
  const input: RefObject<HTMLInputElement | null> = useRef(null);
  useFind(input);
  return (
    <SearchField
      className="filter"
      aria-label={label}
      value={wanted}
      onChange={onChange}
      onKeyDown={(event) => {
        if (event.key === 'Enter') onStep(event.shiftKey ? -1 : 1);
        else event.continuePropagation();
      }}
    >
      <Input ref={input} placeholder="Search" aria-keyshortcuts="Control+F" />
      <span className="count" aria-live="polite">
        {wanted === '' ? '' : found}
      </span>
      {wanted !== '' && <Button aria-label="Clear the search">×</Button>}
    </SearchField>
  );
}

interface LineProps {
  readonly line: MetadataLine | undefined;
  readonly wanted: string;
  readonly current: boolean;
  readonly number: number;
}

/** Indented for the eye alone: on the disk the lines begin at the margin. */
function Line({ line, wanted, current, number }: LineProps): ReactElement | null {
  if (!line) return null;
  return (
    <>
      <span className="line-number" aria-hidden="true">
        {number}
      </span>
      <span
        className={current ? 'code current' : 'code'}
        style={{ paddingLeft: `${line.depth * 2}ch` }}
      >
        {tokensOf(line).map(({ kind, text }, index) => (
          <span key={index} className={kind}>
            {marked(text, wanted)}
          </span>
        ))}
      </span>
    </>
  );
}

function marked(text: string, wanted: string): ReactElement | string {
  const from = wanted === '' ? -1 : text.toLowerCase().indexOf(wanted.toLowerCase());
  if (from < 0) return text;
  const to = from + wanted.length;
  return (
    <>
      {text.slice(0, from)}
      <mark>{text.slice(from, to)}</mark>
      {text.slice(to)}
    </>
  );
}
