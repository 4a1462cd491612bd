import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { importsOf } from './imports.ts';
import { isScript, projectRoot, readSources } from './sources.ts';

const read = (name: string): string => readFileSync(join(projectRoot, name), 'utf8');
const manifest = JSON.parse(read('package.json')) as {
  readonly dependencies: Record<string, string>;
  readonly devDependencies: Record<string, string>;
};
const declared = { ...manifest.dependencies, ...manifest.devDependencies };

test('every dependency is pinned to one version', () => {
  const loose = Object.entries(declared).filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version));
  expect(loose, 'write the exact version').toEqual([]);
});

test('the lock file names no place to fetch from', () => {
  // It then works with any registry; integrity is checked by hash.
  expect(read('package-lock.json')).not.toMatch(/"resolved"|registry/);
});

const ambient = /^(node:|\/\/\/|<computed>|vite\/client$|[./])/;
const imported = new Set(
  [...readSources()]
    .filter(([path]) => isScript(path))
    .flatMap(([path, text]) => importsOf(path, text))
    .filter(({ own, target }) => !own && !ambient.test(target))
    .map(({ target }) => /^(@[^/]+\/)?[^/]+/.exec(target)?.[0] ?? target),
);

test('every package that is imported is a dependency of its own', () => {
  const missing = [...imported].filter((name) => declared[name] === undefined);
  expect(missing, 'add it to package.json with its exact version').toEqual([]);
});

test('every dependency of the programs is imported', () => {
  const idle = Object.keys(manifest.dependencies).filter((name) => !imported.has(name));
  expect(idle, 'take it out of package.json').toEqual([]);
});
