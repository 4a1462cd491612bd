import { describe, expect, test } from 'vitest';
import { importsOf } from './imports.ts';
import { layers } from './layers.ts';
import { readSources, render, sources } from './sources.ts';

test('every file imports only from the floors below it', () => {
  expect(render(layers(readSources()))).toEqual([]);
});

describe('imports are found in every form', () => {
  const forms: readonly [string, string, boolean][] = [
    [`import { a } from '../x.ts';`, 'core/x.ts', false],
    [`import '../x.ts';`, 'core/x.ts', false],
    [`import type { A } from '../x.ts';`, 'core/x.ts', true],
    [`import { type A } from '../x.ts';`, 'core/x.ts', false],
    [`export * from '../x.ts';`, 'core/x.ts', false],
    [`export type { A } from '../x.ts';`, 'core/x.ts', true],
    [`const x = await import('../x.ts');`, 'core/x.ts', false],
    [`const x = import(name);`, '<computed>', false],
    [`let a: import('../x.ts').A;`, 'core/x.ts', true],
    [`const x = require('node:fs');`, 'node:fs', false],
    [`import fs = require('node:fs');`, 'node:fs', false],
    [`new Worker(new URL('../x.ts', import.meta.url));`, 'core/x.ts', false],
    [`/// <reference types="node" />`, '/// node', true],
  ];
  test.each(forms)('%s', (text, target, typesOnly) => {
    expect(importsOf('core/base/a.ts', text)).toMatchObject([{ target, typesOnly }]);
  });

  test('a comment or a string that looks like one does not count', () => {
    expect(
      importsOf('core/base/a.ts', `// import '../x.ts'\nconst s = "import '../x.ts'";`),
    ).toEqual([]);
  });
});

describe('refused', () => {
  const refused: readonly [string, string, RegExp][] = [
    ['core/base/a.ts', `import '../env/index.ts';`, /base stands alone/],
    ['core/base/a.ts', `/// <reference types="node" />`, /may not import/],
    ['core/contract/a.ts', `import { ok } from '../base/result.ts';`, /use "import type"/],
    ['core/dm/device.ts', `import type { Vg } from '../lvm/format/vg.ts';`, /no volume group/],
    ['core/dm/device.ts', `import fs from 'node:fs';`, /may not import node:fs/],
    ['core/historic/a.ts', `import { load } from '../dm/registry.ts';`, /block devices alone/],
    ['core/engine/a.ts', `import { move } from '../historic/a.ts';`, /may not import/],
    ['core/cli/a.ts', `import { move } from '../historic/a.ts';`, /may not import/],
    ['core/host/a.ts', `import { move } from '../historic/a.ts';`, /may not import/],
    ['electron/a.ts', `import { move } from '../core/historic/a.ts';`, /may not import/],
    ['core/lvm/format/a.ts', `import { read } from '../../block/device.ts';`, /knows no device/],
    ['core/lvm/alloc/a.ts', `import { parse } from '../format/parse.ts';`, /use "import type"/],
    ['core/lvm/scan.ts', `import { load } from '../dm/registry.ts';`, /no more/],
    ['core/lvm/activate/a.ts', `import { plan } from '../ops/lvcreate.ts';`, /above it/],
    ['core/lvm/ops/a.ts', `import { Lab } from '../../engine/lab.ts';`, /engine is above/],
    ['core/engine/a.ts', `import { open } from '../host/file.ts';`, /as an argument/],
    ['core/cli/a.ts', `const os = await import('node:os');`, /core\/host/],
    ['core/host/a.ts', `import { app } from 'electron';`, /belong to electron/],
    ['electron/launch/a.ts', `import { app } from 'electron';`, /plain Node/],
    ['electron/ipc/a.ts', `import { WebSocket } from 'ws';`, /browser-host/],
    ['renderer/app/a.tsx', `import { ok } from '../../core/base/result.ts';`, /EngineApi/],
    ['renderer/app/a.tsx', `import { x } from '../../core/contract/api.ts';`, /use "import type"/],
    ['renderer/app/a.tsx', `import 'left-pad';`, /may not import left-pad/],
    ['scripts/setup.mjs', `import 'vite';`, /before anything is installed/],
    ['core/base/a.ts', `import { b } from './b';`, /write core\/base\/b\.ts/],
    ['core/base/a.ts', `import '/etc/passwd';`, /may not import \/etc\/passwd/],
    ['core/surprise/a.ts', ``, /no rule says/],
  ];
  test.each(refused)('%s: %s', (path, text, message) => {
    const found = layers(sources({ [path]: text }));
    expect(found).toHaveLength(1);
    expect(found[0]?.message).toMatch(message);
  });
});

describe('allowed', () => {
  const allowed: readonly [string, string][] = [
    ['core/contract/a.ts', `import type { Sectors } from '../base/units.ts';`],
    ['core/lvm/scan.ts', `import { parse } from './format/parse.ts';`],
    ['core/lvm/ops/a.ts', `import { load } from '../activate/tree.ts';`],
    ['core/host/a.ts', `import { open } from 'node:fs/promises';`],
    ['electron/main.ts', `import { app } from 'electron';`],
    ['electron/browser-host/a.ts', `import { WebSocketServer } from 'ws';`],
    ['renderer/app/a.tsx', `import { createRoot } from 'react-dom/client'; import './a.css';`],
    ['renderer/app/a.tsx', `import type { EngineApi } from '../../core/contract/api.ts';`],
    ['renderer/index.html', `<script type="module" src="/app/main.tsx"></script>`],
    ['test/unit/a.test.ts', `import { test } from 'vitest'; import '../../core/host/file.ts';`],
  ];
  test.each(allowed)('%s: %s', (path, text) => {
    expect(render(layers(sources({ [path]: text })))).toEqual([]);
  });
});
