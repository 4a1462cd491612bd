/** One device of the tree: its number, its live table, and the table that waits behind it. */
import type { ReactElement } from 'react';
import { useStudio, type Subject } from '../state/store.ts';
import { BEHIND, LINE } from '../viz/device-cards.ts';
import type { Card } from '../viz/layout-device-tree.ts';

interface Props {
  readonly card: Card;
  readonly subject: Subject;
  readonly lit: boolean;
}

/** Width of a character of a table line, and the room beside it, in pixels. */
const CHARACTER = 6.4;
const PADDING = 10;
const NUMBER_ROOM = 44;

export function DeviceCard({ card, subject, lit }: Props): ReactElement {
  const select = useStudio((studio) => studio.select);
  const hover = useStudio((studio) => studio.hover);
  const choose = (): void => {
    select(subject);
  };
  return (
    <g
      className={`card ${card.kind} ${lit ? 'lit' : ''} ${card.suspended ? 'suspended' : ''}`}
      transform={`translate(${card.x},${card.y})`}
      role="button"
      tabIndex={0}
      onClick={choose}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' && event.key !== ' ') return;
        event.preventDefault();
        choose();
      }}
      onMouseEnter={() => {
        hover(subject);
      }}
      onMouseLeave={() => {
        hover(undefined);
      }}
    >
      <title>{describe(card)}</title>
      {card.inactive.length > 0 && <Behind card={card} />}
      <rect width={card.width} height={card.faceHeight} rx={4} />
      <text x={PADDING} y={20} className="title">
        {shortened(card.title, titleRoom(card) / 7)}
      </text>
      <text x={card.width - PADDING} y={card.kind === 'disk' ? 40 : 20} className="devno">
        {card.devno}
      </text>
      {card.lines.map((line, index) => (
        <text key={index} x={PADDING} y={40 + index * LINE} className="table">
          {shortened(line, (card.width - 2 * PADDING) / CHARACTER)}
        </text>
      ))}
      {card.suspended && <Gate card={card} />}
      <Marks card={card} />
    </g>
  );
}

/** On the narrow card of a disk the number stands a line lower. */
const titleRoom = ({ kind, width }: Card): number =>
  width - 2 * PADDING - (kind === 'disk' ? 0 : NUMBER_ROOM);

/** The inactive slot: a second card that looks out below and beside the live one. */
function Behind({ card }: { card: Card }): ReactElement {
  return (
    <>
      <rect
        className="behind"
        x={BEHIND}
        y={BEHIND}
        width={card.width}
        height={card.height - BEHIND}
        rx={4}
      />
      <text x={PADDING + BEHIND} y={card.faceHeight + LINE} className="slot">
        inactive table
      </text>
      {card.inactive.map((line, index) => (
        <text
          key={index}
          x={PADDING + BEHIND}
          y={card.faceHeight + (index + 2) * LINE}
          className="table"
        >
          {shortened(line, (card.width - 2 * PADDING) / CHARACTER)}
        </text>
      ))}
    </>
  );
}

/** A closed gate across the entrance: no I/O passes. */
function Gate({ card }: { card: Card }): ReactElement {
  return (
    <g className="gate">
      <line x1={0} x2={card.width} y1={-5} y2={-5} />
      <line x1={0} x2={0} y1={-10} y2={0} />
      <line x1={card.width} x2={card.width} y1={-10} y2={0} />
      <text x={card.width / 2} y={-9}>
        suspended{card.queued > 0 ? `, ${card.queued} wait` : ''}
      </text>
    </g>
  );
}

/** What is not always so, at the lower right edge. */
function Marks({ card }: { card: Card }): ReactElement | null {
  const marks = marksOf(card);
  if (marks === '') return null;
  return (
    <text x={card.width - PADDING} y={card.faceHeight + 12} className="marks">
      {marks}
    </text>
  );
}

const marksOf = ({ openCount, readOnly, inFlight }: Card): string =>
  [
    openCount > 0 ? `open ${openCount}` : '',
    inFlight > 0 ? `${inFlight} in flight` : '',
    readOnly ? 'read-only' : '',
  ]
    .filter(Boolean)
    .join(' · ');

function shortened(text: string, characters: number): string {
  const room = Math.floor(characters);
  return text.length > room ? `${text.slice(0, room - 1)}…` : text;
}

function describe(card: Card): string {
  const state = card.suspended ? 'suspended' : 'active';
  const open = `${state}, open ${card.openCount} times`;
  const what = card.kind === 'disk' ? 'disk' : open;
  const waiting = card.inactive.length > 0 ? `; inactive table: ${card.inactive.join('; ')}` : '';
  return `${card.title} (${card.devno}), ${what}: ${card.lines.join('; ')}${waiting}`;
}
