/** The parts of a selection that no session of Linux shows in full. */
import { describe, expect, test } from 'vitest';
import { compileRegex } from '../../../core/report/regex.ts';
import { parseTime } from '../../../core/report/selection-time.ts';
import { parseUnits, sizeText } from '../../../core/report/size-text.ts';
import { sectors } from '../../../core/base/units.ts';

const found = (pattern: string, text: string): boolean | string => {
  const regex = compileRegex(pattern);
  return regex.ok ? regex.value(text) : regex.error;
};

describe('regular expressions', () => {
  test.each([
    ['', '', true],
    ['a', 'bab', true],
    ['^a', 'ba', false],
    ['a$', 'ab', false],
    ['^a.c$', 'abc', true],
    ['ab*c', 'ac', true],
    ['ab+c', 'ac', false],
    ['ab?c', 'abbc', false],
    ['^(a|bc)*$', 'abcbca', true],
    ['[a-c]x', 'dx', false],
    ['[^a-c]x', 'dx', true],
    ['[]]', ']', false],
    ['a{2}', 'aa', false],
    ['a{2}', 'a{2}', true],
    ['a\\.b', 'axb', false],
    ['a\\tb', 'a\tb', true],
    ['x|', 'y', true],
    ['(', '', 'missing-bracket'],
    ['[a', '', 'missing-bracket'],
    ['*a', '', 'syntax'],
    ['a)', '', 'syntax'],
  ])('%s in %s', (pattern, text, expected) => {
    expect(found(pattern, text)).toBe(expected);
  });

  test('no expression takes longer than it is long', () => {
    expect(found('(a*)*(a+)+b', 'a'.repeat(2000))).toBe(false);
  });
});

describe('times', () => {
  const now = Date.UTC(2026, 10, 21, 8, 30) / 1000;
  const span = (text: string): string => {
    const time = parseTime(text, now);
    if (!time.ok) return time.error;
    return [time.value.from, time.value.to]
      .map((at) => new Date(at * 1000).toISOString().slice(0, 19))
      .join(' ');
  };
  test.each([
    ['2024', '2024-01-01T00:00:00 2024-12-31T23:59:59'],
    ['2024-02', '2024-02-01T00:00:00 2024-02-29T23:59:59'],
    ['202402', '2024-02-01T00:00:00 2024-02-29T23:59:59'],
    ['20240229', '2024-02-29T00:00:00 2024-02-29T23:59:59'],
    ['2023-02-29', 'Specified day out of range.'],
    ['2024-02-29 10:30', '2024-02-29T10:30:00 2024-02-29T10:30:59'],
    ['2024-02-29 103015', '2024-02-29T10:30:15 2024-02-29T10:30:15'],
    ['2024-02-29 10 +02:00', '2024-02-29T08:00:00 2024-02-29T08:59:59'],
    ['2024-02-29 10:30-0130', '2024-02-29T12:00:00 2024-02-29T12:00:59'],
    ['0070-01-01', '0070-01-01T00:00:00 0070-01-01T23:59:59'],
    ['now', '2026-11-21T08:30:00 2026-11-21T08:30:00'],
    ['today', '2026-11-21T00:00:00 2026-11-21T23:59:59'],
    ['yesterday', '2026-11-20T00:00:00 2026-11-20T23:59:59'],
    ['saturday', '2026-11-21T00:00:00 2026-11-21T23:59:59'],
    ['friday', '2026-11-20T00:00:00 2026-11-20T23:59:59'],
    ['2 hours 1 minute ago', '2026-11-21T06:29:00 2026-11-21T06:29:00'],
    ['1 month ago', '2026-10-21T08:30:00 2026-10-21T08:30:00'],
    ['1 year ago', '2025-11-21T08:30:00 2025-11-21T08:30:00'],
    ['2024-02-29 24:00', 'Specified hours out of range.'],
    ['2024 10:00', 'Full date specification needed.'],
    ['2024-02-29 1', 'Incorrect time format.'],
    ['20', 'Incorrect date format.'],
    ['never', 'Unrecognized string in date/time specification at "never".'],
  ])('%s', (text, expected) => {
    expect(span(text)).toBe(expected);
  });
});

describe('sizes', () => {
  const shown = (units: string, size: number, suffix = true): string | undefined => {
    const parsed = parseUnits(units);
    return parsed && sizeText(sectors(size), { units: parsed, suffix });
  };
  // As C prints them: what lies exactly between goes to the even digit.
  test.each([
    ['g', 262_144, '0.12g'],
    ['g', 786_432, '0.38g'],
    ['g', 1_310_720, '0.62g'],
    ['r', 262_144, '128.00m'],
    ['r', 2_097_151, '<1024.00m'],
    ['h', 2_097_151, '1024.00m'],
    ['R', 1, '512B'],
    ['S', 7, '7S'],
    ['b', 2 ** 53 - 1, '4611686018427387392B'],
    ['4m', 8192, '1.00U'],
    ['0.5k', 1, '1.00U'],
    ['m', 0, '0m'],
    ['r', 0, '0 '],
    ['7', 0, undefined],
    ['0m', 1, undefined],
    ['mm', 1, undefined],
    ['.k', 1, undefined],
  ])('--units %s of %d sectors', (units, size, expected) => {
    expect(shown(units, size)).toBe(expected);
  });
  test('without suffix', () => {
    expect([shown('m', 2048, false), shown('r', 0, false)]).toEqual(['1.00', '0']);
  });
});
