/** The parts of a device's card, in its own coordinates: face, inactive slot, gate. */
import type { ReactElement } from 'react';
import { BEHIND, LINE } from '../viz/device-cards.ts';
import type { Card } from '../viz/layout-device-tree.ts';
import type { NoteText } from '../viz/mirror-notes.ts';
import { CardIcon, ICON_ROOM } from './CardIcon.tsx';

/** Width of a character of a table line, and the room beside it, in pixels. */
export const CHARACTER = 6.4;
export const PADDING = 10;
/** Base of the first table line on a face. */
export const FIRST_LINE = 40;
const TITLE_CHARACTER = 7.3;
/** Characters of a name that stay: parts of one volume differ at the end. */
const NAME_END = 9;
const NOTE_CHARACTER = 6;
const NUMBER_ROOM = 44;

interface FaceProps {
  readonly card: Card;
  /** What its notes say now. */
  readonly notes: readonly NoteText[];
}

/** The card in front: name, number, live table, and what it is to mirrors. */
export function Face({ card, notes }: FaceProps): ReactElement {
  return (
    <>
      <rect width={card.width} height={card.faceHeight} rx={4} />
      {card.lost && <Cross card={card} />}
      <text x={PADDING} y={20} className="title">
        {shortenedName(card.title, titleRoom(card) / TITLE_CHARACTER)}
      </text>
      <text x={card.width - PADDING} y={card.kind === 'disk' ? FIRST_LINE : 20} className="devno">
        {card.lost ? '' : card.devno}
      </text>
      <Table lines={card.lines} card={card} x={PADDING} y={FIRST_LINE} />
      {notes.map((note, index) => (
        <Note key={index} card={card} note={note} line={card.lines.length + index} />
      ))}
    </>
  );
}

interface NoteProps {
  readonly card: Card;
  readonly note: NoteText;
  /** Lines above it. */
  readonly line: number;
}

function Note({ card, note: { text, failed, icon }, line }: NoteProps): ReactElement {
  const y = FIRST_LINE + line * LINE;
  const left = PADDING + (icon ? ICON_ROOM : 0);
  return (
    <>
      {icon && <CardIcon icon={icon} x={PADDING} y={y} />}
      <text x={left} y={y} className={failed ? 'note failed' : 'note'}>
        {shortened(text, (card.width - left - PADDING) / NOTE_CHARACTER)}
      </text>
    </>
  );
}

/** Nobody is there: not by colour alone. */
const Cross = ({ card: { width, faceHeight } }: { card: Card }): ReactElement => (
  <path className="cross" d={`M0,0 L${width},${faceHeight} M${width},0 L0,${faceHeight}`} />
);

/** On the narrow card of a disk the number stands a line lower. */
const titleRoom = ({ kind, width }: Card): number =>
  width - 2 * PADDING - (kind === 'disk' ? 0 : NUMBER_ROOM);

interface TableProps {
  readonly lines: readonly string[];
  readonly card: Card;
  readonly x: number;
  readonly y: number;
}

function Table({ lines, card, x, y }: TableProps): ReactElement {
  return (
    <>
      {lines.map((line, index) => (
        <text key={index} x={x} y={y + index * LINE} className="table">
          {shortened(line, (card.width - 2 * PADDING) / CHARACTER)}
        </text>
      ))}
    </>
  );
}

/**
 * The inactive slot: a second card that looks out below and beside the live one.
 *
 * @param out 0: hidden behind the live card, 1: where it waits
 */
export function Behind({ card, out }: { card: Card; out: number }): ReactElement {
  const below = card.height - card.faceHeight - BEHIND;
  return (
    <g opacity={out}>
      <rect
        className="behind"
        x={BEHIND * out}
        y={BEHIND * out}
        width={card.width}
        height={card.faceHeight + below * out}
        rx={4}
      />
      <g opacity={Math.max(0, 2 * out - 1)} transform={`translate(0,${-below * (1 - out)})`}>
        <text x={PADDING + BEHIND} y={card.faceHeight + LINE} className="slot">
          inactive table
        </text>
        <Table
          lines={card.inactive}
          card={card}
          x={PADDING + BEHIND}
          y={card.faceHeight + 2 * LINE}
        />
      </g>
    </g>
  );
}

/**
 * A gate across the entrance, of two wings.
 *
 * @param closed 0: open, and not there; 1: no I/O passes
 */
export function Gate({ card, closed }: { card: Card; closed: number }): ReactElement | null {
  if (closed === 0) return null;
  const wing = (card.width / 2) * closed;
  return (
    <g className="gate">
      <line x1={0} x2={wing} y1={-5} y2={-5} />
      <line x1={card.width - wing} x2={card.width} y1={-5} y2={-5} />
      <line x1={0} x2={0} y1={-10} y2={0} />
      <line x1={card.width} x2={card.width} y1={-10} y2={0} />
      <text x={card.width / 2} y={-10} opacity={Math.max(0, 2 * closed - 1)}>
        suspended{card.queued > 0 ? `, ${card.queued} wait` : ''}
      </text>
    </g>
  );
}

/** `vg-mir_mim…issing_0_0`. */
function shortenedName(name: string, characters: number): string {
  const room = Math.floor(characters);
  if (name.length <= room) return name;
  return `${name.slice(0, Math.max(1, room - NAME_END - 1))}…${name.slice(-NAME_END)}`;
}

export function shortened(text: string, characters: number): string {
  const room = Math.floor(characters);
  return text.length > room ? `${text.slice(0, room - 1)}…` : text;
}
