/**
 * What a field says of a row, typed (reference 12.3). The text of a table, the order of rows, the
 * answer to a selection and the JSON of `json_std` are all made of it.
 */
import type { Sectors } from '../base/units.ts';
import { sizeText, twoDecimals, type SizeStyle } from './size-text.ts';

/** As `-S help` names them: sizes in sectors, times in seconds since 1970, percentages 0-100. */
export type FieldType = 'string' | 'list' | 'number' | 'size' | 'percent' | 'time';

export type Value =
  /** `key` where it is sorted and selected by something else than what is shown. */
  | { readonly kind: 'text'; readonly text: string; readonly key?: string }
  /** `separator` where it is not a comma; such a list stays in its order. */
  | { readonly kind: 'list'; readonly items: readonly string[]; readonly separator?: ' ' | ',' }
  | { readonly kind: 'amount'; readonly amount: number }
  /** Printed in the units asked for, also where LVM calls the field a number. */
  | { readonly kind: 'size'; readonly sectors: number }
  /** `is` undefined: not known. */
  | { readonly kind: 'flag'; readonly is: boolean | undefined; readonly word: string }
  /** An amount that there is not, with the word that stands for it. */
  | { readonly kind: 'none'; readonly word: string };

export const text = (shown: string, key?: string): Value =>
  key === undefined ? { kind: 'text', text: shown } : { kind: 'text', text: shown, key };
/** Shown in byte order. */
export const list = (items: readonly string[]): Value => ({ kind: 'list', items: sorted(items) });
/** Shown in its own order. */
export const sequence = (items: readonly string[], separator: ' ' | ',' = ','): Value => ({
  kind: 'list',
  items,
  separator,
});
export const amount = (value: number | bigint): Value => ({
  kind: 'amount',
  amount: Number(value),
});
export const size = (count: number): Value => ({ kind: 'size', sectors: count });
export const flag = (is: boolean | undefined, word: string): Value => ({ kind: 'flag', is, word });
export const none = (word = ''): Value => ({ kind: 'none', word });
export const EMPTY: Value = text('');

/** How values become text. */
export interface CellStyle extends SizeStyle {
  /** `--binary`: flags as 1, 0 and -1. */
  readonly binary: boolean;
}

/** A value as a report keeps it. */
export interface Cell {
  readonly text: string;
  /** What rows are sorted by and selected by: text, or an amount (UNDEFINED: there is none). */
  readonly key: string | number;
  /** Of a list, in byte order. */
  readonly items?: readonly string[];
  /** Of a list, as shown. */
  readonly shown?: readonly string[];
}

/** Sorts behind every amount, and no comparison but `=` and `!=` sees it (2^64 - 1 in LVM). */
export const UNDEFINED = Number.POSITIVE_INFINITY;

export function cellOf(type: FieldType, value: Value, style: CellStyle): Cell {
  switch (value.kind) {
    case 'text':
      return { text: value.text, key: value.key ?? value.text };
    case 'list': {
      const shown = value.items.join(value.separator ?? ',');
      return { text: shown, key: shown, items: sorted(value.items), shown: value.items };
    }
    case 'amount':
      return { text: amountText(type, value.amount), key: value.amount };
    case 'size':
      return { text: sizeText(value.sectors as Sectors, style), key: value.sectors };
    case 'flag':
      return { text: flagText(value.is, value.word, style), key: flagKey(value.is) };
    case 'none':
      return { text: value.word, key: type === 'string' ? value.word : UNDEFINED };
  }
}

function amountText(type: FieldType, value: number): string {
  if (type === 'percent') return twoDecimals(value);
  if (type === 'time') return timeText(value);
  return String(value);
}

function flagText(is: boolean | undefined, word: string, { binary }: CellStyle): string {
  if (is === undefined) return binary ? '-1' : 'unknown';
  if (binary) return is ? '1' : '0';
  return is ? word : '';
}

const flagKey = (is: boolean | undefined): number => (is === undefined ? UNDEFINED : is ? 1 : 0);

/** `2026-11-21 07:49:50 +0000`; labs live in UTC. */
export function timeText(seconds: number): string {
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime())) return '';
  const [day = '', time = ''] = date.toISOString().split('T');
  return `${day} ${time.slice(0, 8)} +0000`;
}

/** Byte order, as strcmp has it. */
function sorted(items: readonly string[]): readonly string[] {
  return items.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}
