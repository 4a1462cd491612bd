import { ESLint } from 'eslint';
import { expect, test } from 'vitest';
import { projectRoot } from './sources.ts';

const MINUTES = 60_000;

async function lint(run: (eslint: ESLint) => Promise<ESLint.LintResult[]>): Promise<string> {
  const eslint = new ESLint({ cwd: projectRoot });
  const results = await run(eslint);
  const formatter = await eslint.loadFormatter('stylish');
  return results.some((r) => r.errorCount + r.warningCount > 0) ? formatter.format(results) : '';
}

test('the linter and the compiler accept everything', { timeout: 5 * MINUTES }, async () => {
  expect(await lint((eslint) => eslint.lintFiles(['.']))).toBe('');
});

test.each([
  ['any', 'export const a = (x: any): void => void x;', /no-explicit-any/],
  ['what the compiler refuses', 'export const a: string = 1;', /not assignable to type 'string'/],
])('the linter refuses %s', { timeout: MINUTES }, async (_what, text, words) => {
  const filePath = `${projectRoot}/core/base/result.ts`;
  expect(await lint((eslint) => eslint.lintText(`${text}\n`, { filePath }))).toMatch(words);
});
