/** The device tree between two of its states: what moves, how far it has come, where all stands. */
import { easeCubicInOut } from 'd3';
import type { TreeDisk } from './device-cards.ts';
import type { Frame, Move } from './device-motion.ts';
import { layoutDeviceTree, linked, type Card, type DeviceTree } from './layout-device-tree.ts';

/** The change a card is in the middle of. */
export interface CardMotion {
  readonly move: Move;
  /** 0 to 1: of the card itself, or of its inactive slot, its gate, its two tables. */
  readonly part: number;
  /** 0 to 1: of the gate that opens after a swap. */
  readonly gate: number;
  /** The card as it was. */
  readonly was: Card;
}

export interface MovingCard extends Card {
  readonly motion?: CardMotion;
}

export interface MovingTree extends DeviceTree {
  readonly cards: readonly MovingCard[];
}

/** More cards than this are drawn as they are: nobody could follow one of them. */
const MOST_CARDS = 200;

/**
 * The picture of a frame. In stages: room is made before something comes, and closes after it has
 * gone; a swap first changes the cards, then opens the gate.
 */
export function treeAt(frame: Frame, disks: readonly TreeDisk[], widthPx: number): MovingTree {
  const after = layoutDeviceTree(frame.after, disks, widthPx, frame.places);
  const { step, progress } = frame;
  if (!step || after.cards.length > MOST_CARDS) return after;
  const before = layoutDeviceTree(frame.before, disks, widthPx, frame.places);
  const [place, part, gate] = stages(step.move, progress);
  const known = new Map(before.cards.map((card) => [keyOf(card), card]));
  const now = new Set(after.cards.map(keyOf));
  const gone = before.cards.filter((card) => !now.has(keyOf(card)));
  const about = `device ${step.after?.devno ?? step.before?.devno ?? ''}`;
  const cards = [...gone, ...after.cards].map((card): MovingCard => {
    const was = known.get(keyOf(card)) ?? card;
    const placed = between(was, card, place);
    return keyOf(card) === about
      ? { ...placed, motion: { move: step.move, part, gate, was } }
      : placed;
  });
  const devices = step.after ? frame.after : frame.before;
  return {
    ...linked(devices, cards),
    cards,
    width: Math.max(before.width, after.width),
    height: Math.max(before.height, after.height),
  };
}

/** The number, which a rename keeps. */
export const keyOf = ({ kind, devno }: Card): string => `${kind} ${devno}`;

/** Of `progress`: how far places, the content and the gate have come. */
function stages(
  move: Move,
  progress: number,
): readonly [place: number, part: number, gate: number] {
  switch (move) {
    case 'appear':
    case 'load':
      return [stage(progress, 0, 0.5), stage(progress, 0.35, 1), 0];
    case 'vanish':
    case 'clear':
      return [stage(progress, 0.4, 1), stage(progress, 0, 0.55), 0];
    case 'swap':
      return [stage(progress, 0.4, 0.7), stage(progress, 0, 0.6), stage(progress, 0.65, 1)];
    default:
      return [stage(progress, 0, 1), stage(progress, 0, 1), stage(progress, 0, 1)];
  }
}

const stage = (progress: number, from: number, to: number): number =>
  easeCubicInOut(Math.min(1, Math.max(0, (progress - from) / (to - from))));

const between = (from: Card, to: Card, share: number): Card => ({
  ...to,
  x: from.x + (to.x - from.x) * share,
  y: from.y + (to.y - from.y) * share,
});
