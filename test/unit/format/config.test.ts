import { describe, expect, test } from 'vitest';
import { MAX_DEPTH, parseConfig } from '../../../core/lvm/format/config/parse.ts';
import { printConfig } from '../../../core/lvm/format/config/print.ts';
import type { ConfigEntry } from '../../../core/lvm/format/model.ts';

/** Short form: a section is its entries, a value is what it holds; bare words are `{ bare }`. */
function short(entries: readonly ConfigEntry[]): unknown {
  return entries.map((entry) => {
    if (entry.kind === 'section') return [entry.name, short(entry.entries)];
    const { value } = entry;
    const items = value.kind === 'array' ? value.items : [value];
    const plain = items.map((item) => {
      if (item.kind === 'float') return `float ${item.text}`;
      return item.kind === 'string' && item.bare === true ? { bare: item.value } : item.value;
    });
    return [entry.name, value.kind === 'array' ? { list: plain } : plain[0]];
  });
}

function parsed(text: string): unknown {
  const result = parseConfig(text);
  return result.ok ? short(result.value) : result.error;
}

const GOOD: readonly [string, unknown][] = [
  ['', []],
  ['# only a comment', []],
  ['a = 1', [['a', 1n]]],
  [
    'a=1 b=2',
    [
      ['a', 1n],
      ['b', 2n],
    ],
  ],
  ['a\n=\n1#x', [['a', 1n]]],
  ['a = -1', [['a', -1n]]],
  ['a = +7', [['a', 7n]]],
  ['a = 010', [['a', 8n]]],
  ['a = 0', [['a', 0n]]],
  ['a = 9223372036854775807', [['a', 9223372036854775807n]]],
  ['a = -9223372036854775808', [['a', -9223372036854775808n]]],
  ['a = 1.50', [['a', 'float 1.50']]],
  ['a = .5', [['a', 'float .5']]],
  [String.raw`a = "x\"y\\z"`, [['a', String.raw`x"y\z`]]],
  // LVM takes a backslash for an escape only where it would have written one.
  [String.raw`"n\ame" = "x\y\'z"`, [[String.raw`n\ame`, String.raw`x\y\'z`]]],
  ["a = 'x\\y'", [['a', 'x\\y']]],
  ['a = "two\nlines # no comment"', [['a', 'two\nlines # no comment']]],
  ['a = word', [['a', { bare: 'word' }]]],
  ['a = []', [['a', { list: [] }]]],
  ['a = ["x", 1, 2.5]', [['a', { list: ['x', 1n, 'float 2.5'] }]]],
  ['a = ["x" 1,]', [['a', { list: ['x', 1n] }]]],
  ['1 = 2', [['1', 2n]]],
  ['"a b" { c = 1 }', [['a b', [['c', 1n]]]]],
  ['a/b = 1', [['a', [['b', 1n]]]]],
  ['"a/b" = 1', [['a/b', 1n]]],
  [
    'a/b { c = 1 } a/d = 2',
    [
      [
        'a',
        [
          ['b', [['c', 1n]]],
          ['d', 2n],
        ],
      ],
    ],
  ],
  [
    'a { b = 1 } a { c = 2 }',
    [
      [
        'a',
        [
          ['b', 1n],
          ['c', 2n],
        ],
      ],
    ],
  ],
  [
    'a = 1 b = 2 a = 3',
    [
      ['a', 3n],
      ['b', 2n],
    ],
  ],
  ['a = 1 a { b = 2 }', [['a', [['b', 2n]]]]],
  ['a = 1\0} garbage', [['a', 1n]]],
  [
    '__proto__ { constructor = 1 } toString = 2',
    [
      ['__proto__', [['constructor', 1n]]],
      ['toString', 2n],
    ],
  ],
];

test.each(GOOD)('%j is read', (text, expected) => {
  expect(parsed(text)).toEqual(expected);
});

const BAD: readonly [string, number, number, RegExp][] = [
  ['a', 1, 1, /no "=" or "\{"/],
  ['a =', 3, 1, /no value/],
  ['a = }', 4, 1, /no value/],
  ['a = [1', 6, 1, /no value or "]"/],
  ['a = [[1]]', 5, 1, /no value or "]"/],
  ['a = "open', 4, 1, /not closed/],
  ['a = "open\\', 4, 1, /not closed/],
  ['\n\n  a {\n b = 1', 4, 3, /section is not closed/],
  ['}', 0, 1, /without a section/],
  ['a { } }', 6, 1, /without a section/],
  ['= 1', 0, 1, /name is expected/],
  ['a = 0x10', 8, 1, /no "=" or/],
  ['a = 08', 4, 1, /64-bit/],
  ['a = 9223372036854775808', 4, 1, /64-bit/],
  [`a = ${'9'.repeat(100_000)}`, 4, 1, /64-bit/],
  ['a = -', 4, 1, /not a number/],
  ['a = .', 4, 1, /not a number/],
];

test.each(BAD)('%j is refused', (text, offset, line, why) => {
  expect(parseConfig(text).ok).toBe(false);
  expect(parsed(text)).toMatchObject({ offset, line });
  expect((parsed(text) as { why: string }).why).toMatch(why);
});

describe('depth', () => {
  test('sections may be nested so deep and no deeper', () => {
    const nest = (depth: number) => `${'a {'.repeat(depth)}${'}'.repeat(depth)}`;
    expect(parseConfig(nest(MAX_DEPTH)).ok).toBe(true);
    expect(parsed(nest(MAX_DEPTH + 1))).toMatchObject({ offset: 3 * MAX_DEPTH, line: 1 });
    expect(parseConfig(nest(10_000)).ok).toBe(false);
  });

  test('a path in a name counts as sections', () => {
    expect(parseConfig(`${'a/'.repeat(MAX_DEPTH)}a = 1`).ok).toBe(true);
    expect(parseConfig(`${'a/'.repeat(MAX_DEPTH + 1)}a = 1`).ok).toBe(false);
  });
});

test('the visitor learns the path and the offset of every entry', () => {
  const seen: [string, number][] = [];
  parseConfig('a {\n b = 1\n c/d = 2\n}\n e = 3', (path, offset) => {
    seen.push([path.join('.'), offset]);
  });
  expect(seen).toEqual([
    ['a', 0],
    ['a.b', 5],
    ['a.c', 12],
    ['a.c.d', 12],
    ['e', 23],
  ]);
});

test.each(GOOD)('%j survives printing', (text) => {
  const first = parseConfig(text);
  if (!first.ok) throw new Error(first.error.why);
  expect(parseConfig(printConfig(first.value))).toEqual(first);
});

test('names that would be read as something else are quoted', () => {
  const names = ['a b', 'a/b', '', '#x', 'x=y', '"', "'", '[', 'a{', 'ä'];
  const entries = names.map((name): ConfigEntry => ({ kind: 'section', name, entries: [] }));
  expect(parseConfig(printConfig(entries))).toEqual({ ok: true, value: entries });
});
