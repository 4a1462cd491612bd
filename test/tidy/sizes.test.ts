import { describe, expect, test } from 'vitest';
import { EXCEPTIONS } from './exceptions.ts';
import { afterExceptions } from './ratchet.ts';
import { hugeFiles, longFiles, longFunctions, longLines } from './sizes.ts';
import { readSources, render, sources } from './sources.ts';

const all = readSources();

test('no file is longer than a person reads', () => {
  expect(render(hugeFiles(all))).toEqual([]);
  expect(afterExceptions('long file', longFiles(all), EXCEPTIONS)).toEqual([]);
});

test('no function is longer than a screen', () => {
  expect(afterExceptions('long function', longFunctions(all), EXCEPTIONS)).toEqual([]);
});

test('no line is wider than 100 columns', () => {
  expect(render(longLines(all))).toEqual([]);
});

const lines = (count: number): string => 'x();\n'.repeat(count);
const inFunction = (count: number): string => `function f() {\n${lines(count - 2)}}\n`;

describe('limits', () => {
  test.each([
    [400, 0, 0],
    [401, 1, 0],
    [600, 1, 0],
    [601, 0, 1],
  ])('a file of %i lines', (count, long, huge) => {
    const tree = sources({ 'core/a.ts': lines(count) });
    expect(longFiles(tree)).toHaveLength(long);
    expect(hugeFiles(tree)).toHaveLength(huge);
  });

  test.each([
    ['70 lines', inFunction(70), 0],
    ['71 lines', inFunction(71), 1],
    ['an arrow of 71 lines', `const f = () => {\n${lines(69)}};`, 1],
    ['a method of 71 lines', `class A {\nm() {\n${lines(69)}}\n}`, 1],
    ['a chapter of tests', `describe('x', () => {\n${lines(200)}});`, 0],
    ['a chapter that is skipped', `describe.skipIf(no)('x', () => {\n${lines(200)}});`, 0],
    ['a test of 71 lines', `test('x', () => {\n${lines(69)}});`, 1],
  ])('a function: %s', (_name, text, count) => {
    expect(longFunctions(sources({ 'core/a.ts': text }))).toHaveLength(count);
  });

  test('a line of 101 columns; a character counts once, however many bytes it has', () => {
    expect(longLines(sources({ 'core/a.ts': 'x'.repeat(101) }))).toHaveLength(1);
    expect(longLines(sources({ 'core/a.ts': '\u{1f4be}'.repeat(100) }))).toEqual([]);
  });
});

describe('the ratchet', () => {
  const finding = { path: 'core/a.ts', line: 400, message: 'too long', amount: 50 };
  const debt = (amount: number) =>
    [{ check: 'long file', path: 'core/a.ts', amount, reason: 'a table' }] as const;

  test.each([
    ['no exception', afterExceptions('long file', [finding], []), ['core/a.ts:400: too long']],
    ['as listed', afterExceptions('long file', [finding], debt(50)), []],
    ['grown', afterExceptions('long file', [finding], debt(49)), ['core/a.ts:400: too long']],
    ['of another check', afterExceptions('dead file', [], debt(50)), []],
  ])('%s', (_name, result, expected) => {
    expect(result).toEqual(expected);
  });

  test('asks for the new number when it fell, and for its removal at zero', () => {
    expect(afterExceptions('long file', [finding], debt(51))[0]).toMatch(/lower its number to 50/);
    expect(afterExceptions('long file', [], debt(51))[0]).toMatch(/remove its line/);
  });
});

test('every exception says why, once', () => {
  const keys = EXCEPTIONS.map(({ check, path }) => `${check} ${path}`);
  expect(new Set(keys).size).toBe(keys.length);
  expect(EXCEPTIONS.filter(({ reason }) => reason.length < 20)).toEqual([]);
});
