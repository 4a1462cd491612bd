/** One device of the tree: its number, its live table, its state, and how it changes. */
import type { ReactElement } from 'react';
import { same, useStudio, type Subject } from '../state/store.ts';
import { BEHIND, LINE } from '../viz/device-cards.ts';
import type { Card } from '../viz/layout-device-tree.ts';
import { noteText, type Working } from '../viz/card-notes.ts';
import type { NoteNames, NoteText } from '../viz/mirror-notes.ts';
import { keyOf, type CardMotion, type MovingCard } from '../viz/moving-tree.ts';
import { Behind, CHARACTER, Face, FIRST_LINE, Gate, PADDING, shortened } from './card-parts.tsx';

interface Props {
  readonly card: MovingCard;
  readonly subject: Subject;
  readonly working: Working;
  readonly names: NoteNames;
  readonly lit: boolean;
  /** Of the origin of a snapshot that is selected, or the other way round. */
  readonly related: boolean;
  /** Seen from far away: names only. */
  readonly overview: boolean;
  readonly inTabOrder: boolean;
  readonly onFocus: (key: string) => void;
}

export function DeviceCard(props: Props): ReactElement {
  const { card, subject, working, names, lit, related, overview, inTabOrder, onFocus } = props;
  const select = useStudio((studio) => studio.select);
  const hover = useStudio((studio) => studio.hover);
  const selected = useStudio((studio) => same(studio.selected, subject));
  const choose = (): void => {
    select(subject);
  };
  const notes = textsOf(card, working, names);
  const marks = [
    lit ? 'lit' : '',
    related && !lit ? 'related' : '',
    selected ? 'selected' : '',
    card.suspended ? 'suspended' : '',
    card.failing ? 'failing' : '',
    notes.some(({ failed }) => failed) ? 'ailing' : '',
  ];
  return (
    <g
      className={['card', card.kind, ...marks].filter(Boolean).join(' ')}
      transform={`translate(${card.x},${card.y})`}
      opacity={opacityOf(card.motion)}
      role="button"
      tabIndex={inTabOrder ? 0 : -1}
      data-card={keyOf(card)}
      {...(card.motion ? { 'data-move': card.motion.move } : {})}
      onFocus={() => {
        onFocus(keyOf(card));
      }}
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
      <title>{describe(card, notes)}</title>
      {overview ? <FromAfar card={card} /> : <Near card={card} working={working} names={names} />}
    </g>
  );
}

function opacityOf(motion: CardMotion | undefined): number {
  if (motion?.move === 'appear') return motion.part;
  return motion?.move === 'vanish' ? 1 - motion.part : 1;
}

const textsOf = (card: Card, working: Working, names: NoteNames) =>
  card.notes.map((note) => noteText(note, { name: card.title, devno: card.devno }, working, names));

type NearProps = Pick<Props, 'card' | 'working' | 'names'>;

/** Everything, in whatever change it is. */
function Near({ card, working, names }: NearProps): ReactElement {
  const swaps = card.motion?.move === 'swap';
  return (
    <>
      <Slot card={card} />
      {swaps ? (
        <Swap card={card} motion={card.motion} working={working} names={names} />
      ) : (
        <Face card={card} notes={textsOf(card, working, names)} />
      )}
      <Marks card={card} />
      <Gate card={card} closed={closedOf(card)} />
    </>
  );
}

/** The inactive slot; while it empties, with what it held. A swap shows its own. */
function Slot({ card }: { card: MovingCard }): ReactElement | null {
  const { motion } = card;
  if (motion?.move === 'swap') return null;
  if (motion?.move === 'clear') return <Behind card={motion.was} out={1 - motion.part} />;
  if (card.inactive.length === 0) return null;
  const fresh = motion?.move === 'load' && motion.was.inactive.length === 0;
  return <Behind card={card} out={fresh ? motion.part : 1} />;
}

/** How far the waiting card steps aside before it comes to the front, in pixels. */
const ASIDE = 10;

/** The cards change places: the one behind steps out and in front, the old one fades behind it. */
function Swap({ card, motion, working, names }: NearProps & { motion: CardMotion }): ReactElement {
  const { part, was } = motion;
  const behind = part < 0.5;
  const left = 1 - part;
  // Its lines begin where they were read while the card waited.
  const from = was.inactive.length > 0 ? was.faceHeight + 2 * LINE - FIRST_LINE : BEHIND;
  const x = BEHIND * left + Math.sin(part * Math.PI) * ASIDE;
  const old = (
    <g opacity={behind ? 1 : left * 2}>
      <Face card={was} notes={textsOf(was, working, names)} />
    </g>
  );
  const fresh = (
    <g className={behind ? 'waiting' : ''} transform={`translate(${x},${from * left})`}>
      <Face card={card} notes={textsOf(card, working, names)} />
    </g>
  );
  return behind ? stacked(fresh, old) : stacked(old, fresh);
}

const stacked = (lower: ReactElement, upper: ReactElement): ReactElement => (
  <>
    {lower}
    {upper}
  </>
);

/** 0: open, 1: closed. */
function closedOf({ suspended, motion }: MovingCard): number {
  if (!motion || motion.was.suspended === suspended) return suspended ? 1 : 0;
  const share = motion.move === 'swap' ? motion.gate : motion.part;
  return suspended ? share : 1 - share;
}

/** A name that can be read from far away; that it is suspended is said by its edge. */
function FromAfar({ card }: { card: MovingCard }): ReactElement {
  const room = (card.width - 2 * PADDING) / (2 * CHARACTER);
  return (
    <>
      <rect width={card.width} height={card.faceHeight} rx={4} />
      <text x={PADDING} y={card.faceHeight / 2 + 7} className="afar">
        {shortened(card.title.replace('/dev/', ''), room)}
      </text>
    </>
  );
}

/** What is not always so, at the lower right edge. */
function Marks({ card }: { card: MovingCard }): ReactElement | null {
  const marks = [
    card.openCount > 0 ? `open ${card.openCount}` : '',
    card.inFlight > 0 ? `${card.inFlight} in flight` : '',
    card.readOnly ? 'read-only' : '',
  ];
  const text = marks.filter(Boolean).join(' · ');
  if (text === '') return null;
  return (
    <text x={card.width - PADDING} y={card.faceHeight + LINE - 4} className="marks">
      {text}
    </text>
  );
}

function describe(card: MovingCard, notes: readonly NoteText[]): string {
  const state = card.suspended ? 'suspended' : 'active';
  const open = `${state}, open ${card.openCount} times`;
  const what = card.kind === 'disk' ? 'disk' : open;
  const waiting = card.inactive.length > 0 ? `; inactive table: ${card.inactive.join('; ')}` : '';
  const said = [card.lines.join('; '), ...notes.map(({ text }) => text)].join('; ');
  return `${card.title} (${card.devno}), ${what}: ${said}${waiting}`;
}
