/** Checks over what a program reaches from its entry point through all its imports. */
import { importsOf } from './imports.ts';
import type { Check, Finding, Sources } from './sources.ts';

/** Where a program begins: those of the product, and those of `npm run bench` and `npm run sim`. */
export const ENTRIES = [
  'renderer/index.html',
  'electron/launch/lvstudio.ts',
  'electron/main.ts',
  'core/host/server-thread.ts',
  'electron/preload.ts',
  'test/bench/main.ts',
  'test/sim/campaign.ts',
];

const PRODUCT = /^(core|electron|renderer)\/.*\.(ts|tsx|css)$/;

/** Source files that no program reaches. Tests do not count: what only they use is dead. */
export const deadFiles: Check = (sources: Sources) => {
  const alive = reach(sources, ENTRIES, { types: true });
  return [...sources.keys()]
    .filter((path) => PRODUCT.test(path) && !path.endsWith('.d.ts') && !alive.has(path))
    .map((path) => ({
      path,
      line: 1,
      message: 'no program reaches this file; import it where it is needed, or delete it',
    }));
};

/** Packages that must not be loaded by a program, however many files lie between. */
const NEVER: readonly { entry: string; target: RegExp; because: string }[] = [
  {
    entry: 'electron/launch/lvstudio.ts',
    target: /^electron$/,
    because: 'in plain Node that starts a download; only electron/main.ts may reach it',
  },
  {
    entry: 'electron/preload.ts',
    target: /^(node:|ws$)/,
    because: 'a sandboxed preload script has no Node modules',
  },
];

/** Programs that reach a package they must not load. */
export const forbiddenReach: Check = (sources: Sources) => {
  const findings: Finding[] = [];
  for (const { entry, target, because } of NEVER) {
    for (const path of reach(sources, [entry], { types: false })) {
      for (const found of importsOf(path, sources.get(path) ?? '')) {
        if (found.typesOnly || found.own || !target.test(found.target)) continue;
        const message = `${entry} reaches ${found.target} through this import: ${because}`;
        findings.push({ path, line: found.line, message });
      }
    }
  }
  return findings;
};

/**
 * Every own file reached from the entries, these included.
 * @param follow.types whether an `import type` counts
 */
export function reach(
  sources: Sources,
  entries: readonly string[],
  follow: { readonly types: boolean },
): ReadonlySet<string> {
  const seen = new Set<string>();
  const open = entries.filter((entry) => sources.has(entry));
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    if (seen.has(path)) continue;
    seen.add(path);
    for (const { target, own, typesOnly } of importsOf(path, sources.get(path) ?? '')) {
      if (own && sources.has(target) && (follow.types || !typesOnly)) open.push(target);
    }
  }
  return seen;
}
