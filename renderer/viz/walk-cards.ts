/** From card to card by arrow keys: along a line, and to what is nearest in the line next to it. */
import type { Card } from './layout-device-tree.ts';

/** The card that `key` leads to; undefined: not a key that walks, or nothing lies there. */
export function cardAfter(cards: readonly Card[], from: Card, key: string): Card | undefined {
  const line = lineOf(cards, from.line);
  const at = line.findIndex(({ x }) => x === from.x);
  switch (key) {
    case 'ArrowRight':
      return line[at + 1];
    case 'ArrowLeft':
      return line[at - 1];
    case 'Home':
      return line[0];
    case 'End':
      return line.at(-1);
    case 'ArrowUp':
      return nearest(lineOf(cards, from.line - 1), from);
    case 'ArrowDown':
      return nearest(lineOf(cards, from.line + 1), from);
    default:
      return undefined;
  }
}

const lineOf = (cards: readonly Card[], line: number): readonly Card[] =>
  cards.filter((card) => card.line === line).toSorted((a, b) => a.x - b.x);

function nearest(line: readonly Card[], to: Card): Card | undefined {
  const middle = ({ x, width }: Card): number => x + width / 2;
  const away = (card: Card): number => Math.abs(middle(card) - middle(to));
  return line.toSorted((a, b) => away(a) - away(b))[0];
}
