/** What the contract must be: types, and explained. */
import ts from 'typescript';
import { lineOf, trees } from './sources.ts';
import type { Check, Finding, Sources } from './sources.ts';

const CONTRACT = /^core\/contract\//;

/** Contract files of which something would be left to run. */
export const contractCode: Check = (sources: Sources) => {
  const findings: Finding[] = [];
  for (const tree of trees(sources)) {
    if (!CONTRACT.test(tree.fileName)) continue;
    const { outputText } = ts.transpileModule(tree.text, {
      compilerOptions: {
        target: ts.ScriptTarget.ES2023,
        module: ts.ModuleKind.ESNext,
        verbatimModuleSyntax: true,
        removeComments: true,
      },
    });
    const left = outputText.replace(/export\s*\{\s*\};?/g, '').trim();
    if (left === '') continue;
    const code = left.split('\n')[0] ?? '';
    const message = `compiles to "${code}"; types only here: move code to core/base`;
    findings.push({ path: tree.fileName, line: 1, message });
  }
  return findings;
};

/** Exported names of the contract without a doc comment. */
export const contractDocs: Check = (sources: Sources) => {
  const findings: Finding[] = [];
  for (const tree of trees(sources)) {
    if (!CONTRACT.test(tree.fileName)) continue;
    for (const statement of tree.statements) {
      if (!isExported(statement) || ts.getJSDocCommentsAndTags(statement).length > 0) continue;
      const name = 'name' in statement ? (statement.name as ts.Node).getText() : 'this';
      const message = `${name} has no doc comment; say its unit, range, default and errors`;
      findings.push({ path: tree.fileName, line: lineOf(tree, statement.getStart()), message });
    }
  }
  return findings;
};

function isExported(statement: ts.Statement): boolean {
  if (!ts.canHaveModifiers(statement)) return false;
  const modifiers = ts.getModifiers(statement) ?? [];
  return modifiers.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
}
