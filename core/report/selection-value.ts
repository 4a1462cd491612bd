/** What a field is compared with in `-S`, and the comparison. */
import { err } from '../base/result.ts';
import { SECTOR } from '../base/units.ts';
import type { Field } from './fields.ts';
import { compileRegex } from './regex.ts';
import { reservedKey } from './reserved-words.ts';
import { listTest } from './selection-list.ts';
import type { Compare, SelectionText } from './selection-text.ts';
import { parseTime } from './selection-time.ts';
import { UNDEFINED, type Cell } from './value.ts';

export type CellTest = (cell: Cell) => boolean;

/** What a comparison has to know of a field. */
export type SelectField = Pick<Field, 'name' | 'type'>;

/** `syntax`: LVM says where and how to get help; `refused`: it has said all it says. */
export type Unread = 'syntax' | 'refused';

export interface Wish {
  readonly field: SelectField;
  readonly compare: Compare;
  /** The text from the field's name on. */
  readonly here: string;
  /** Seconds since 1970. */
  readonly now: number;
  /** Lines about operands and operators. */
  readonly words: () => readonly string[];
}

const TIME_WORDS: Readonly<Record<string, Compare>> = {
  since: '>=',
  after: '>',
  until: '<=',
  before: '<',
};
const AMOUNTS: readonly Field['type'][] = ['number', 'size', 'percent', 'time'];

/** Reads the value behind the operator. */
export function readTest(text: SelectionText, wish: Wish): CellTest | Unread {
  const { field, compare, here } = wish;
  if (compare === '=~' || compare === '!~') return readRegex(text, field, compare === '!~');
  const plain = TIME_WORDS[compare] ?? compare;
  const orders = plain !== '=' && plain !== '!=';
  const misused =
    plain !== compare && field.type !== 'time'
      ? 'time'
      : orders && !AMOUNTS.includes(field.type)
        ? 'number, size, time or percent'
        : undefined;
  if (misused !== undefined) {
    text.said.push(...wish.words(), `Operator can be used only with ${misused} fields: ${here}`);
    return 'syntax';
  }
  text.skipSpace();
  const reserved = readReserved(text, field);
  if (reserved !== undefined) {
    if (typeof reserved === 'string') return stringTest(reserved, plain);
    return amountTest({ from: reserved, to: reserved }, plain);
  }
  switch (field.type) {
    case 'string':
      return readString(text, field, plain);
    case 'list':
      return listTest(text, field, plain === '!=');
    case 'time':
      return readTime(text, wish, plain);
    default:
      return readAmount(text, field, plain);
  }
}

/** LVM looks for reserved words first, and complains of a missing quote each time it looks. */
function readReserved(text: SelectionText, field: SelectField): string | number | undefined {
  const start = text.at;
  const word = text.word();
  const key = word === undefined ? undefined : reservedKey(field, word);
  if (key === undefined) text.at = start;
  return key;
}

function readRegex(text: SelectionText, field: SelectField, not: boolean): CellTest | Unread {
  text.skipSpace();
  if (text.rest === '') {
    text.said.push(`Regular expression expected for selection field ${field.name}`);
    return 'syntax';
  }
  const open = text.takeOne('({["\'');
  const closes: Readonly<Record<string, string>> = { '(': ')', '{': '}', '[': ']' };
  const pattern = open === undefined ? text.bare() : text.upTo(closes[open] ?? open);
  if (pattern === undefined) {
    text.said.push(`Failed to parse regex value for selection field ${field.name}.`);
    return 'syntax';
  }
  if (field.type !== 'string') {
    text.said.push(`dm_report: incompatible comparison type for selection field ${field.name}`);
    return 'refused';
  }
  const regex = pattern === '' ? err('empty' as const) : compileRegex(pattern);
  if (!regex.ok) {
    const bracket = "missing ')' in regular expression";
    text.said.push(
      ...(regex.error === 'empty' ? [bracket] : []),
      ...(regex.error === 'missing-bracket' ? [bracket, bracket] : []),
      'Parse error in regex',
      "Couldn't parse regex",
      `dm_report: failed to create regex matcher for selection field ${field.name}`,
    );
    return 'refused';
  }
  return ({ key }) => regex.value(String(key)) !== not;
}

function readString(text: SelectionText, field: SelectField, compare: Compare): CellTest | Unread {
  const word = text.word();
  if (word !== undefined) return stringTest(word, compare);
  text.said.push(`Failed to parse string value for selection field ${field.name}.`);
  return 'syntax';
}

const stringTest =
  (wanted: string, compare: Compare): CellTest =>
  ({ key }) =>
    (key === wanted) === (compare === '=');

function readTime(text: SelectionText, { field, now }: Wish, compare: Compare): CellTest | Unread {
  const failed = (why?: string): Unread => {
    if (why) text.said.push(why);
    text.said.push(`Failed to parse time value for selection field ${field.name}.`);
    return 'syntax';
  };
  if (text.takeOne('@')) {
    const seconds = text.number();
    if (seconds === undefined) return failed();
    const at = Math.floor(Number(seconds));
    return amountTest({ from: at, to: at }, compare);
  }
  const word = text.word();
  if (word === undefined) return failed();
  const span = parseTime(word, now);
  if (!span.ok) return failed(span.error);
  // LVM takes "is not within" for "is within" where a time is a span.
  const isSpan = span.value.from !== span.value.to;
  return amountTest(span.value, isSpan && compare === '!=' ? '=' : compare);
}

const UNIT_LETTERS = 'bkmgtpe';

/** Bytes of a unit as sizes have it, in front of what follows; capitals are powers of 1000. */
function unitOf(letter: string): number | undefined {
  const low = letter.toLowerCase();
  if (low === 's') return SECTOR;
  if (low === 'h' || low === 'r') return 1;
  const power = UNIT_LETTERS.indexOf(low);
  return power < 0 || low === '' ? undefined : (low === letter ? 1024 : 1000) ** power;
}

const MIB = 1024 * 1024;
/** As amounts, UNDEFINED. */
const RESERVED = 2n ** 64n - 1n;

function readAmount(text: SelectionText, field: SelectField, compare: Compare): CellTest | Unread {
  const { name, type } = field;
  const syntax = (why: string): Unread => {
    text.said.push(`${why} selection field ${name}.`);
    return 'syntax';
  };
  const refused = (why: string): Unread => {
    text.said.push(why);
    return 'refused';
  };
  const digits = text.number();
  if (digits === undefined) return syntax('Failed to parse numeric value for');
  const outOfRange = `Field selection value ${digits} out of supported range for field ${name}.`;
  const expected = { number: 'numeric', percent: 'percent', size: 'size' }[type as 'number'];
  let unit = 1;
  if (text.takeOne('%')) {
    if (type !== 'percent') {
      return syntax(`Found percent value but ${expected} value expected for`);
    }
  } else {
    const found = unitOf(text.rest.charAt(0));
    if (found !== undefined) text.at++;
    if (found !== undefined && type !== 'size') {
      return syntax(`Found size unit specifier but ${expected} value expected for`);
    }
    unit = found ?? MIB;
  }
  if (type === 'number') {
    const whole = BigInt(/^\d+/.exec(digits)?.[0] ?? '0');
    if (whole > RESERVED) return refused(outOfRange);
    if (whole === RESERVED) {
      return refused(`Numeric value ${whole} found in selection is reserved.`);
    }
    return amountTest({ from: Number(whole), to: Number(whole) }, compare);
  }
  const number = Number(digits === '.' ? 0 : digits);
  if (type === 'percent') {
    if (number > 100) return refused(outOfRange);
    const test = amountTest({ from: number, to: number }, compare);
    return (cell) => cell.key !== UNDEFINED && test(cell);
  }
  const sectors = (number * unit) / SECTOR;
  return amountTest({ from: sectors, to: sectors }, compare);
}

/** What is not known is neither more nor less than anything. */
function amountTest({ from, to }: { from: number; to: number }, compare: Compare): CellTest {
  const ordered =
    (test: (amount: number) => boolean): CellTest =>
    ({ key }) =>
      key !== UNDEFINED && from !== UNDEFINED && test(Number(key));
  switch (compare) {
    case '=':
      return ({ key }) => from <= Number(key) && Number(key) <= to;
    case '!=':
      return ({ key }) => !(from <= Number(key) && Number(key) <= to);
    case '>':
      return ordered((amount) => amount > to);
    case '>=':
      return ordered((amount) => amount >= from);
    case '<':
      return ordered((amount) => amount < from);
    default:
      return ordered((amount) => amount <= to);
  }
}
