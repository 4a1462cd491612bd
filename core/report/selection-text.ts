/** The text of a selection, taken piece by piece. */

/** Names and signs as LVM tries them: `=~` before `=`. */
const COMPARE = [
  '=~',
  '!~',
  '=',
  '!=',
  '>=',
  '>',
  '<=',
  '<',
  'since',
  'after',
  'until',
  'before',
] as const;
const LOGICAL = ['&&', ',', '||', '#', '!', '(', ')', '[', ']', '{', '}'] as const;

export type Compare = (typeof COMPARE)[number];
export type Logical = (typeof LOGICAL)[number];

/** What ends a word without quotes, beside a blank. */
const WORD_ENDS: readonly Logical[] = ['&&', ',', '||', '#', ')'];

export class SelectionText {
  at = 0;
  /** LVM's lines about what could not be read. */
  readonly said: string[] = [];

  constructor(readonly text: string) {}

  get rest(): string {
    return this.text.slice(this.at);
  }

  skipSpace(): void {
    while (/\s/.test(this.text.charAt(this.at))) this.at++;
  }

  /** The next character, taken if it is one of these. */
  takeOne(characters: string): string | undefined {
    const next = this.text.charAt(this.at);
    if (next === '' || !characters.includes(next)) return undefined;
    this.at++;
    return next;
  }

  compare(): Compare | undefined {
    return this.take(COMPARE);
  }

  /** One of these where it comes next. */
  logical(wanted: readonly Logical[]): Logical | undefined {
    return this.take(LOGICAL.filter((one) => wanted.includes(one)));
  }

  fieldName(): string {
    this.skipSpace();
    const name = /^[A-Za-z0-9_-]*/.exec(this.rest)?.[0] ?? '';
    this.at += name.length;
    return name;
  }

  number(): string | undefined {
    const number = /^\d*\.?\d*/.exec(this.rest)?.[0] ?? '';
    this.at += number.length;
    return number === '' ? undefined : number;
  }

  /** In quotes, or up to a blank or an operator. Undefined: the second quote is missing. */
  word(ends: readonly Logical[] = WORD_ENDS): string | undefined {
    const quote = this.takeOne(`"'`);
    return quote === undefined ? this.bare(ends) : this.upTo(quote);
  }

  upTo(end: string): string | undefined {
    const close = this.text.indexOf(end, this.at);
    if (close < 0) {
      this.said.push('Missing end quote.');
      return undefined;
    }
    const word = this.text.slice(this.at, close);
    this.at = close + 1;
    return word;
  }

  bare(ends: readonly Logical[] = WORD_ENDS): string {
    const start = this.at;
    while (this.at < this.text.length && this.text.charAt(this.at) !== ' ') {
      if (ends.some((end) => this.text.startsWith(end, this.at))) break;
      this.at++;
    }
    return this.text.slice(start, this.at);
  }

  private take<T extends string>(words: readonly T[]): T | undefined {
    const start = this.at;
    this.skipSpace();
    const found = words.find((word) => this.text.startsWith(word, this.at));
    if (found === undefined) this.at = start;
    else this.at += found.length;
    return found;
  }
}
