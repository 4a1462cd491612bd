import { expect, test } from 'vitest';
import { contractCode, contractDocs } from './contract.ts';
import { readSources, render, sources } from './sources.ts';

const all = readSources();

test('the contract compiles to nothing', () => {
  expect(render(contractCode(all))).toEqual([]);
});

test('every exported name of the contract is explained', () => {
  expect(render(contractDocs(all))).toEqual([]);
});

test('code in the contract is found', () => {
  const tree = sources({
    'core/contract/a.ts': `/** A. */\nexport interface A { readonly a: number }\n`,
    'core/contract/b.ts': `/** B. */\nexport const b = 1;\n`,
    'core/contract/c.ts': `import '../base/result.ts';\n`,
    'core/base/d.ts': `export const d = 1;\n`,
  });
  expect(contractCode(tree).map(({ path }) => path)).toEqual([
    'core/contract/b.ts',
    'core/contract/c.ts',
  ]);
});

test('a missing doc comment is found', () => {
  const tree = sources({
    'core/contract/a.ts':
      `/** Known. */\nexport type A = 1;\n// not for callers\nexport type B = 2;\n` +
      `type C = 3;\nexport type { D } from './d.ts';\n`,
  });
  expect(render(contractDocs(tree))).toEqual([
    expect.stringMatching(/^core\/contract\/a\.ts:4: B /),
  ]);
});
