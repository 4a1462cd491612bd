/** Every way in which one source file can name another, read from the compiler's tree. */
import { posix } from 'node:path';
import ts from 'typescript';
import { lineOf, parse, walk } from './sources.ts';

export interface Import {
  /** A path from the project's folder for our own files, otherwise the package as written. */
  readonly target: string;
  readonly own: boolean;
  readonly line: number;
  /** The import leaves nothing behind in the compiled file. */
  readonly typesOnly: boolean;
}

/**
 * All imports of one file: static, side-effect, dynamic, `require`, types, re-exports, reference
 * comments, and files named by `new URL('...', import.meta.url)`. A module name that is computed
 * has the target `<computed>`.
 */
export function importsOf(path: string, text: string): readonly Import[] {
  if (path.endsWith('.css')) return textImports(path, text, /@import\s+(?:url\()?['"]([^'"]+)/g);
  if (path.endsWith('.html')) return textImports(path, text, /\b(?:src|href)="([^"]+)"/g);
  const tree = parse(path, text);
  const found: Import[] = [];
  const add = (node: ts.Node | undefined, typesOnly: boolean): void => {
    if (node === undefined) return;
    const name = ts.isStringLiteralLike(node) ? node.text : '<computed>';
    found.push({ ...resolve(path, name), line: lineOf(tree, node.getStart()), typesOnly });
  };
  walk(tree, (node) => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, isTypesOnly(node));
    else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly);
    else if (ts.isExternalModuleReference(node)) add(node.expression, false);
    else if (ts.isImportTypeNode(node)) add(literalOf(node.argument), true);
    else if (ts.isCallExpression(node) && loadsModule(node)) add(node.arguments[0], false);
    else if (isModuleUrl(node)) add(node.arguments?.[0], false);
  });
  for (const reference of [...tree.referencedFiles, ...tree.typeReferenceDirectives]) {
    const line = lineOf(tree, reference.pos);
    found.push({ target: `/// ${reference.fileName}`, own: false, line, typesOnly: true });
  }
  return found;
}

function resolve(from: string, name: string): Pick<Import, 'target' | 'own'> {
  // What a bundler understands after "?" does not change which file is meant.
  const bare = name.replace(/\?.*$/, '');
  if (!bare.startsWith('.')) return { target: bare, own: false };
  return { target: posix.normalize(posix.join(posix.dirname(from), bare)), own: true };
}

function isTypesOnly(node: ts.ImportDeclaration): boolean {
  return node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword;
}

function literalOf(argument: ts.TypeNode): ts.Node {
  return ts.isLiteralTypeNode(argument) ? argument.literal : argument;
}

function loadsModule(call: ts.CallExpression): boolean {
  const callee = call.expression;
  if (callee.kind === ts.SyntaxKind.ImportKeyword) return true;
  if (ts.isIdentifier(callee)) return callee.text === 'require';
  if (!ts.isPropertyAccessExpression(callee)) return false;
  return /^(require|import\.meta)\.(resolve|glob)$/.test(callee.getText());
}

function isModuleUrl(node: ts.Node): node is ts.NewExpression {
  if (!ts.isNewExpression(node) || node.expression.getText() !== 'URL') return false;
  const [first, base] = node.arguments ?? [];
  return base?.getText() === 'import.meta.url' && first !== undefined && namesScript(first);
}

function namesScript(node: ts.Node): boolean {
  return ts.isStringLiteralLike(node) && /\.(ts|tsx|mjs|js|css)$/.test(node.text);
}

function textImports(path: string, text: string, pattern: RegExp): Import[] {
  return [...text.matchAll(pattern)]
    .filter(([, name = '']) => !/^(data:|https?:|#)/.test(name))
    .map((match) => {
      // In a page "/x" and "x" both mean the folder of the page.
      const name = `./${(match[1] ?? '').replace(/^\.?\//, '')}`;
      const line = text.slice(0, match.index).split('\n').length;
      return { ...resolve(path, name), line, typesOnly: false };
    });
}
