/** `-S`: which rows a report shows (reference 12.3). */
import { err, ok, type Result } from '../base/result.ts';
import { fieldNamed, isHelp, type Subject } from './choose-fields.ts';
import { fieldHelp } from './field-help.ts';
import type { Field } from './fields.ts';
import { selectionWords } from './selection-help.ts';
import { SelectionText, type Logical } from './selection-text.ts';
import { readTest, type CellTest } from './selection-value.ts';
import type { Cell } from './value.ts';

/** The cell of a field in the row at hand. */
export type CellOf = (field: Field) => Cell;

export interface Selection {
  /** Fields it looks at. */
  readonly fields: readonly Field[];
  readonly matches: (cellOf: CellOf) => boolean;
}

type Node = (cellOf: CellOf) => boolean;

export const selectionHelp = (subject: Subject): readonly string[] => [
  ...fieldHelp(subject, true),
  ' ',
  ...selectionWords(subject),
];

/**
 * @param now seconds since 1970, for words such as `today`.
 * @returns undefined for a selection of everything; on refusal the lines that LVM prints.
 */
export function parseSelection(
  kind: Subject,
  text: string,
  now: number,
): Result<Selection | undefined, readonly string[]> {
  if (text === '' || text.toLowerCase() === 'all') return ok(undefined);
  const parser = new Parser(kind, new SelectionText(text), now);
  const matches = parser.whole();
  return matches ? ok({ fields: parser.fields, matches }) : err(parser.said);
}

/** Deeper than any selection that somebody writes; a text is not to exhaust the stack. */
const DEEPEST = 200;

class Parser {
  readonly fields: Field[] = [];
  private depth = 0;

  constructor(
    private readonly kind: Subject,
    private readonly text: SelectionText,
    private readonly now: number,
  ) {}

  get said(): readonly string[] {
    return this.text.said;
  }

  whole(): Node | undefined {
    const node = this.either();
    if (!node) return undefined;
    this.text.skipSpace();
    if (this.text.rest === '') return node;
    this.text.said.push('Expecting logical operator');
    return this.syntaxError(this.text.rest);
  }

  private either(): Node | undefined {
    return this.joined(
      ['||', '#'],
      () => this.both(),
      (nodes) => (cells) => nodes.some((node) => node(cells)),
    );
  }

  private both(): Node | undefined {
    return this.joined(
      ['&&', ','],
      () => this.single(),
      (nodes) => (cells) => nodes.every((node) => node(cells)),
    );
  }

  private joined(
    operators: readonly Logical[],
    read: () => Node | undefined,
    join: (nodes: readonly Node[]) => Node,
  ): Node | undefined {
    const nodes: Node[] = [];
    do {
      const node = read();
      if (!node) return undefined;
      nodes.push(node);
    } while (this.text.logical(operators));
    return nodes.length === 1 ? nodes[0] : join(nodes);
  }

  private single(): Node | undefined {
    const sign = this.text.logical(['!', '(']);
    if (sign === undefined) return this.comparison();
    if (sign === '!' && !this.text.logical(['('])) {
      return this.expected('left');
    }
    if (++this.depth > DEEPEST) return this.syntaxError(this.text.rest);
    const node = this.either();
    this.depth--;
    if (!node) return undefined;
    if (!this.text.logical([')'])) return this.expected('right');
    return sign === '!' ? (cells) => !node(cells) : node;
  }

  private expected(side: 'left' | 'right'): undefined {
    this.text.skipSpace();
    const where = `'${this.text.rest}'`;
    this.text.said.push(`Syntax error: ${side} parenthesis expected at ${where}`);
  }

  private syntaxError(where: string): undefined {
    this.text.said.push(
      `Selection syntax error at '${where}'.`,
      "Use 'help' for selection to get more help.",
    );
  }

  private comparison(): Node | undefined {
    this.text.skipSpace();
    const here = this.text.rest;
    const field = this.field();
    if (!field) return this.syntaxError(here);
    const behind = this.text.rest;
    const compare = this.text.compare();
    if (compare === undefined) {
      this.text.said.push(
        ...selectionWords(this.kind),
        `Unrecognised comparison operator: ${behind}`,
      );
      return this.syntaxError(here);
    }
    const test = readTest(this.text, { field, compare, here, now: this.now });
    if (test === 'syntax') return this.syntaxError(here);
    if (test === 'refused') return undefined;
    this.text.skipSpace();
    this.fields.push(field);
    return nodeOf(field, test);
  }

  private field(): Field | undefined {
    const { said } = this.text;
    const name = this.text.fieldName();
    if (name === '') {
      said.push('Expecting field name');
      return undefined;
    }
    const field = fieldNamed(this.kind, name);
    if (field && !isHelp(field)) return field;
    said.push(...fieldHelp(this.kind, true), ' ');
    said.push(
      field ? `Selection field is uncomparable: ${name}.` : `Unrecognised selection field: ${name}`,
    );
    return undefined;
  }
}

const nodeOf =
  (field: Field, test: CellTest): Node =>
  (cellOf) =>
    test(cellOf(field));
