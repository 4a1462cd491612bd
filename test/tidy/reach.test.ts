import { describe, expect, test } from 'vitest';
import { EXCEPTIONS } from './exceptions.ts';
import { afterExceptions } from './ratchet.ts';
import { deadFiles, ENTRIES, forbiddenReach } from './reach.ts';
import { readSources, render, sources } from './sources.ts';

const all = readSources();

test('every file is reached by a program', () => {
  expect(afterExceptions('dead file', deadFiles(all), EXCEPTIONS)).toEqual([]);
});

test('every program named as an entry exists', () => {
  expect(ENTRIES.filter((entry) => !all.has(entry))).toEqual([]);
});

test('no program loads what it must not', () => {
  expect(render(forbiddenReach(all))).toEqual([]);
});

describe('a small tree', () => {
  const tree = sources({
    'renderer/index.html': '<script type="module" src="/app/main.tsx"></script>',
    'renderer/app/main.tsx': `import './main.css'; import type { T } from '../state/t.ts';`,
    'renderer/app/main.css': `@import './more.css';`,
    'renderer/app/more.css': '',
    'renderer/state/t.ts': '',
    'renderer/state/lonely.ts': `import './lonelier.ts';`,
    'renderer/state/lonelier.ts': '',
    'electron/launch/lvstudio.ts': `await import('./window.ts');`,
    'electron/launch/window.ts': `import { app } from 'electron';`,
    'electron/preload.ts': `import './bridge.ts';`,
    'electron/bridge.ts': `import 'node:fs'; import type { IpcRenderer } from 'electron';`,
    'test/unit/lonely.test.ts': `import '../../renderer/state/lonely.ts';`,
  });

  test('what only a test or a dead file imports is dead', () => {
    expect(deadFiles(tree).map(({ path }) => path)).toEqual([
      'renderer/state/lonely.ts',
      'renderer/state/lonelier.ts',
    ]);
  });

  test('a forbidden package is found behind another file', () => {
    expect(forbiddenReach(tree).map(({ path }) => path)).toEqual([
      'electron/launch/window.ts',
      'electron/bridge.ts',
    ]);
  });
});
