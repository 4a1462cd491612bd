/** `-S`: which rows a report shows (reference 12.3). */
import { err, ok, type Result } from '../base/result.ts';
import { fieldNamed, isHelp, type Subject } from './choose-fields.ts';
import { fieldHelp } from './field-help.ts';
import type { Field } from './fields.ts';
import { selectionWords } from './selection-help.ts';
import { SelectionText, type Logical } from './selection-text.ts';
import { readTest, type CellTest, type SelectField } from './selection-value.ts';
import type { Cell } from './value.ts';

/** The cell of a field in the row at hand. */
export type CellOf<F = Field> = (field: F) => Cell;

export interface Selection<F = Field> {
  /** Fields it looks at. */
  readonly fields: readonly F[];
  readonly matches: (cellOf: CellOf<F>) => boolean;
}

type Node<F> = (cellOf: CellOf<F>) => boolean;

/** What a selection may look at: the fields of a kind of report. */
export interface Selectable<F extends SelectField> {
  /** `help`: a field by name only, that has no value. */
  named(name: string): F | 'help' | undefined;
  /** Lines that name all fields. */
  help(): readonly string[];
  /** Lines about operands and operators. */
  words(): readonly string[];
}

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
  const named = (name: string): Field | 'help' | undefined => {
    const field = fieldNamed(kind, name);
    return field && isHelp(field) ? 'help' : field;
  };
  const help = (): readonly string[] => fieldHelp(kind, true);
  return readSelection({ named, help, words: () => selectionWords(kind) }, text, now);
}

/** The same for any fields. */
export function readSelection<F extends SelectField>(
  fields: Selectable<F>,
  text: string,
  now: number,
): Result<Selection<F> | undefined, readonly string[]> {
  if (text === '' || text.toLowerCase() === 'all') return ok(undefined);
  const parser = new Parser(fields, new SelectionText(text), now);
  const matches = parser.whole();
  return matches ? ok({ fields: parser.fields, matches }) : err(parser.said);
}

/** Deeper than any selection that somebody writes; a text is not to exhaust the stack. */
const DEEPEST = 200;

class Parser<F extends SelectField> {
  readonly fields: F[] = [];
  private depth = 0;

  constructor(
    private readonly selectable: Selectable<F>,
    private readonly text: SelectionText,
    private readonly now: number,
  ) {}

  get said(): readonly string[] {
    return this.text.said;
  }

  whole(): Node<F> | undefined {
    const node = this.either();
    if (!node) return undefined;
    this.text.skipSpace();
    if (this.text.rest === '') return node;
    this.text.said.push('Expecting logical operator');
    return this.syntaxError(this.text.rest);
  }

  private either(): Node<F> | undefined {
    return this.joined(
      ['||', '#'],
      () => this.both(),
      (nodes) => (cells) => nodes.some((node) => node(cells)),
    );
  }

  private both(): Node<F> | undefined {
    return this.joined(
      ['&&', ','],
      () => this.single(),
      (nodes) => (cells) => nodes.every((node) => node(cells)),
    );
  }

  private joined(
    operators: readonly Logical[],
    read: () => Node<F> | undefined,
    join: (nodes: readonly Node<F>[]) => Node<F>,
  ): Node<F> | undefined {
    const nodes: Node<F>[] = [];
    do {
      const node = read();
      if (!node) return undefined;
      nodes.push(node);
    } while (this.text.logical(operators));
    return nodes.length === 1 ? nodes[0] : join(nodes);
  }

  private single(): Node<F> | undefined {
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

  private comparison(): Node<F> | undefined {
    this.text.skipSpace();
    const here = this.text.rest;
    const field = this.field();
    if (!field) return this.syntaxError(here);
    const behind = this.text.rest;
    const compare = this.text.compare();
    if (compare === undefined) {
      this.text.said.push(
        ...this.selectable.words(),
        `Unrecognised comparison operator: ${behind}`,
      );
      return this.syntaxError(here);
    }
    const test = readTest(this.text, {
      field,
      compare,
      here,
      now: this.now,
      words: () => this.selectable.words(),
    });
    if (test === 'syntax') return this.syntaxError(here);
    if (test === 'refused') return undefined;
    this.text.skipSpace();
    this.fields.push(field);
    return nodeOf(field, test);
  }

  private field(): F | undefined {
    const { said } = this.text;
    const name = this.text.fieldName();
    if (name === '') {
      said.push('Expecting field name');
      return undefined;
    }
    const field = this.selectable.named(name);
    if (field !== undefined && field !== 'help') return field;
    said.push(...this.selectable.help(), ' ');
    said.push(
      field ? `Selection field is uncomparable: ${name}.` : `Unrecognised selection field: ${name}`,
    );
    return undefined;
  }
}

const nodeOf =
  <F>(field: F, test: CellTest): Node<F> =>
  (cellOf) =>
    test(cellOf(field));
