/** Lists in `-S`: `tag`, `[a && b]` for all of it, `{a || b}` for some of it. */
import type { Logical, SelectionText } from './selection-text.ts';
import type { CellTest, SelectField, Unread } from './selection-value.ts';

type Join = 'all' | 'any';

const CLOSES = { '[': ']', '{': '}' } as const;
const JOINS: Readonly<Partial<Record<Logical, Join>>> = {
  '&&': 'all',
  ',': 'all',
  '||': 'any',
  '#': 'any',
};
const ENDS: readonly Logical[] = [']', '}', '&&', ',', '||', '#'];

/** @param not whether the list must be another one. */
export function listTest(text: SelectionText, field: SelectField, not: boolean): CellTest | Unread {
  const read = readList(text, field);
  if (read === undefined) {
    text.said.push(`Failed to parse string list value for selection field ${field.name}.`);
    return 'syntax';
  }
  const { items, join, exact } = read;
  const test = (own: readonly string[]): boolean => {
    // A list without items is the list of the empty word.
    const words = own.length === 0 ? [''] : own;
    if (join === 'any') return items.some((item) => words.includes(item));
    const within = items.every((item) => words.includes(item));
    return within && (!exact || words.length === items.length);
  };
  return (cell) => test(cell.items ?? []) !== not;
}

interface Wanted {
  readonly items: readonly string[];
  readonly join: Join;
  /** Nothing else may be in the list. */
  readonly exact: boolean;
}

function readList(text: SelectionText, field: SelectField): Wanted | undefined {
  const open = text.logical(['[', '{']) as '[' | '{' | undefined;
  if (open === undefined) {
    const item = text.word();
    if (item !== undefined) return { items: [item], join: 'any', exact: false };
    text.said.push(`Failed to parse string list value for selection field ${field.name}.`);
    return undefined;
  }
  const items: string[] = [];
  let join: Join | undefined;
  while (text.rest !== '') {
    text.skipSpace();
    const item = text.word(ENDS);
    if (item === undefined) {
      text.said.push(`Failed to parse string list value for selection field ${field.name}.`);
      return undefined;
    }
    const end = text.logical(ENDS);
    items.push(item);
    if (end === undefined) return failed(text, 'Invalid operator in selection list.');
    if (end === ']' || end === '}') {
      if (end !== CLOSES[open]) {
        return failed(text, `List ended with incorrect character, expecting '${CLOSES[open]}'.`);
      }
      return { items, join: join ?? (open === '[' ? 'all' : 'any'), exact: open === '[' };
    }
    if (join !== undefined && join !== JOINS[end]) {
      return failed(text, 'Only one type of logical operator allowed in selection list at a time.');
    }
    join = JOINS[end];
  }
  return failed(text, `Missing list end for selection field ${field.name}`);
}

function failed(text: SelectionText, why: string): undefined {
  text.said.push(why);
}
