/** Length of files, functions and lines: the numbers to steer by. */
import ts from 'typescript';
import { isScript, lineOf, trees, walk } from './sources.ts';
import type { Check, Finding, Sources } from './sources.ts';

const FILE_SOFT = 400;
const FILE_HARD = 600;
const FUNCTION_LINES = 70;
const LINE_COLUMNS = 100;

/** Files that nobody will read to the end. Ratcheted: the amount is the lines above the limit. */
export const longFiles: Check = (sources: Sources) =>
  lengths(sources)
    .filter(({ lines }) => lines > FILE_SOFT && lines <= FILE_HARD)
    .map(({ path, lines }) => ({
      path,
      line: FILE_SOFT,
      message: `${lines} lines; past ${FILE_SOFT} there is a second idea in it: give it a file`,
      amount: lines - FILE_SOFT,
    }));

/** Files beyond any excuse. */
export const hugeFiles: Check = (sources: Sources) =>
  lengths(sources)
    .filter(({ lines }) => lines > FILE_HARD)
    .map(({ path, lines }) => ({
      path,
      line: FILE_HARD,
      message: `${lines} lines; ${FILE_HARD} is the most a file may have: split it by idea`,
    }));

/**
 * Functions longer than a screen, from the first line of the signature to the closing brace. The
 * callback of a `describe` is a chapter, not a function, and may be longer.
 */
export const longFunctions: Check = (sources: Sources) => {
  const findings: Finding[] = [];
  for (const tree of trees(sources)) {
    walk(tree, (node) => {
      if (!ts.isFunctionLike(node) || !('body' in node) || isChapter(node)) return;
      const first = lineOf(tree, node.getStart());
      const lines = lineOf(tree, node.end) - first + 1;
      if (lines <= FUNCTION_LINES) return;
      const message =
        `${nameOf(node)} has ${lines} lines, the most is ${FUNCTION_LINES}: keep the branches, ` +
        'move straight-line work into helpers';
      findings.push({ path: tree.fileName, line: first, message });
    });
  }
  return findings;
};

/** Lines that do not fit beside another file. */
export const longLines: Check = (sources: Sources) => {
  const findings: Finding[] = [];
  for (const [path, text] of sources) {
    for (const [index, content] of text.split('\n').entries()) {
      const columns = Array.from(content).length;
      if (columns <= LINE_COLUMNS) continue;
      const message = `${columns} columns, the most is ${LINE_COLUMNS}; npm run format breaks most`;
      findings.push({ path, line: index + 1, message });
    }
  }
  return findings;
};

function lengths(sources: Sources): { path: string; lines: number }[] {
  return [...sources]
    .filter(([path]) => isScript(path) || path.endsWith('.css'))
    .map(([path, text]) => ({ path, lines: text.trimEnd().split('\n').length }));
}

function isChapter(node: ts.Node): boolean {
  const call = node.parent;
  return ts.isCallExpression(call) && /^(describe|suite)\b/.test(call.expression.getText());
}

function nameOf(node: ts.SignatureDeclaration): string {
  const named = node.name ?? ('name' in node.parent ? node.parent.name : undefined);
  return named === undefined ? 'this function' : `"${named.getText()}"`;
}
