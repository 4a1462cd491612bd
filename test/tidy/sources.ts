/** The source tree as data, so that a check can be tried on three lines that break it. */
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

/** Path from the project's folder, with `/`, to the file's text. */
export type Sources = ReadonlyMap<string, string>;

export interface Finding {
  readonly path: string;
  /** From 1. */
  readonly line: number;
  /** What is wrong and what to do instead, in one sentence. */
  readonly message: string;
  /** How much of it; default 1. Ratcheted checks compare sums of this with their exceptions. */
  readonly amount?: number;
}

export type Check = (sources: Sources) => readonly Finding[];

export const projectRoot = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

const FOLDERS = ['core', 'electron', 'renderer', 'test', 'scripts'];
const SOURCE = /\.(ts|tsx|mjs|js|css|html)$/;

/** Every source file of the project. */
export function readSources(): Sources {
  const top = readdirSync(projectRoot, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => entry.name);
  const paths = [...top, ...FOLDERS.flatMap(listFolder)].filter((path) => SOURCE.test(path));
  return new Map(paths.sort().map((path) => [path, readFileSync(join(projectRoot, path), 'utf8')]));
}

/** A source tree of the caller's making. */
export function sources(files: Readonly<Record<string, string>>): Sources {
  return new Map(Object.entries(files));
}

export function isScript(path: string): boolean {
  return /\.(ts|tsx|mjs|js)$/.test(path);
}

const parsed = new Map<string, { readonly text: string; readonly tree: ts.SourceFile }>();

/** The compiler's tree of a file, kept: several checks want the same one. */
export function parse(path: string, text: string): ts.SourceFile {
  const known = parsed.get(path);
  if (known?.text === text) return known.tree;
  const tree = ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true);
  parsed.set(path, { text, tree });
  return tree;
}

/** The scripts among the sources, parsed. */
export function* trees(all: Sources): Generator<ts.SourceFile> {
  for (const [path, text] of all) if (isScript(path)) yield parse(path, text);
}

/** Visits a node and everything below it, parents first. */
export function walk(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node);
  ts.forEachChild(node, (child) => walk(child, visit));
}

export function lineOf(tree: ts.SourceFile, position: number): number {
  return tree.getLineAndCharacterOfPosition(position).line + 1;
}

/** One line a finding, as a compiler prints them. */
export function render(findings: readonly Finding[]): string[] {
  return findings.map(({ path, line, message }) => `${path}:${line}: ${message}`);
}

function listFolder(folder: string): string[] {
  return readdirSync(join(projectRoot, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(projectRoot.length + 1))
    .map((path) => path.replaceAll('\\', '/'));
}
