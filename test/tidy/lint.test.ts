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

test('the linter accepts everything', { timeout: 5 * MINUTES }, async () => {
  expect(await lint((eslint) => eslint.lintFiles(['.']))).toBe('');
});

test('the linter refuses any', { timeout: MINUTES }, async () => {
  const text = 'export const a = (x: any): void => void x;\n';
  const filePath = `${projectRoot}/core/base/result.ts`;
  expect(await lint((eslint) => eslint.lintText(text, { filePath }))).toMatch(/no-explicit-any/);
});
