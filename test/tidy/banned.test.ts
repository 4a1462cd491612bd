import { describe, expect, test } from 'vitest';
import { bannedCalls, bannedText } from './banned.ts';
import { readSources, render, sources } from './sources.ts';

const all = readSources();

// All sources with their types: on a busy machine that takes its time.
test('no banned call', { timeout: 60_000 }, () => {
  expect(render(bannedCalls(all))).toEqual([]);
});

test('no banned word', () => {
  expect(render(bannedText(all))).toEqual([]);
});

describe('calls that are found', () => {
  const found: readonly [string, string, RegExp][] = [
    ['test/unit/a.ts', `const x = Math.random();`, /take a Random/],
    ['core/base/a.ts', `const { random } = Math;`, /take a Random/],
    ['core/base/a.ts', `const x = Math['random']();`, /take a Random/],
    ['core/base/a.ts', `const x = globalThis.Math.random();`, /take a Random/],
    ['core/engine/a.ts', `const t = Date.now();`, /Scheduler\.now/],
    ['core/engine/a.ts', `const t = new Date();`, /Scheduler\.now/],
    ['renderer/app/a.ts', `const now = Date.now;`, /Scheduler\.now/],
    ['core/report/a.ts', `names.sort((a, b) => a.localeCompare(b));`, /code unit/],
    ['core/report/a.ts', `size.toLocaleString();`, /code unit/],
    ['core/host/a.ts', `await mkdir(path, { recursive: true });`, /makeFolders/],
    ['renderer/views/a.ts', `requestAnimationFrame(draw);`, /frame-loop/],
    ['renderer/views/a.ts', `window.requestAnimationFrame(draw);`, /frame-loop/],
    ['renderer/views/a.tsx', `<b dangerouslySetInnerHTML={{ __html: x }} />;`, /build elements/],
    ['renderer/views/a.ts', `node.innerHTML = text;`, /build elements/],
    ['test/unit/a.ts', `test.only('x', () => {});`, /name the test/],
    ['test/unit/a.ts', `describe.skip.only('x', () => {});`, /name the test/],
  ];
  test.each(found)('%s: %s', (path, text, message) => {
    const findings = bannedCalls(sources({ [path]: text }));
    expect(findings).toHaveLength(1);
    expect(findings[0]?.message).toMatch(message);
  });
});

describe('calls that are allowed', () => {
  const allowed: readonly [string, string][] = [
    ['core/host/clock.ts', `const t = Date.now();`],
    ['core/host/a.ts', `await rm(path, { recursive: true });`],
    ['test/bench/main.ts', `const t = new Date();`],
    ['core/report/a.ts', `const t = new Date(micros / 1000); // not Date.now()`],
    ['renderer/viz/frame-loop.ts', `requestAnimationFrame(run);`],
    ['renderer/app/a.ts', `flags.only = 'Math.random';`],
    ['core/base/a.ts', `const { random } = options;`],
  ];
  test.each(allowed)('%s: %s', (path, text) => {
    expect(render(bannedCalls(sources({ [path]: text })))).toEqual([]);
  });
});

describe('words', () => {
  // In pieces, because these lines are sources too.
  const marker = ['// TO', 'DO: later'].join('');
  const machine = `const log = '${['', 'tmp', 'x.log'].join('/')}';`;

  test('a marker of unfinished work is found', () => {
    const findings = bannedText(sources({ 'core/a.ts': `ok();\n${marker}\n` }));
    expect(render(findings)).toEqual([expect.stringMatching(/^core\/a\.ts:2: .* is not a plan/)]);
  });

  test('a path of one machine is found in the product, not in a test', () => {
    const findings = bannedText(sources({ 'core/a.ts': machine, 'test/unit/a.ts': machine }));
    expect(findings.map(({ path }) => path)).toEqual(['core/a.ts']);
  });

  test('a volume whose name looks like a folder is no path', () => {
    expect(bannedText(sources({ 'core/a.ts': `open('vg/root/x'); open('vg/tmp/y');` }))).toEqual(
      [],
    );
  });
});
