/**
 * The suites. All that is computation runs in parallel threads; what talks to a whole Linux or to a
 * browser runs afterwards: a Linux has one processor, so there are as many of them as workers; a
 * browser uses every core by itself. A file may run as many of its tests at once as there are
 * workers.
 *
 * A suite named in LVSTUDIO_SKIP (set by `npm test` when this machine lacks what it needs) is still
 * loaded, and its tests are counted as skipped.
 */
import { defineConfig, type TestProjectConfiguration } from 'vitest/config';

const skipped = new Set((process.env['LVSTUDIO_SKIP'] ?? '').split(',').filter(Boolean));

const WORKERS = 2;

function parallel(name: string, folders: string, environment: string): TestProjectConfiguration {
  return {
    test: {
      name,
      include: [`test/${folders}/**/*.test.{ts,tsx}`],
      environment,
      pool: 'threads',
      testTimeout: 20_000,
      sequence: { groupOrder: 0 },
    },
  };
}

function withPrograms(
  name: string,
  { order, fileParallelism }: { readonly order: number; readonly fileParallelism: boolean },
): TestProjectConfiguration {
  return {
    test: {
      name,
      include: [`test/${name}/**/*.test.ts`],
      environment: 'node',
      pool: 'forks',
      fileParallelism,
      maxConcurrency: WORKERS,
      testTimeout: 120_000,
      hookTimeout: 120_000,
      sequence: { groupOrder: order },
      ...(skipped.has(name) ? { runner: './test/support/skip-runner.ts' } : {}),
    },
  };
}

export default defineConfig({
  test: {
    maxWorkers: WORKERS,
    maxConcurrency: WORKERS,
    allowOnly: false,
    projects: [
      parallel('core', '{unit,contract,property,sim,golden}', 'node'),
      parallel('renderer', 'renderer', 'happy-dom'),
      parallel('tidy', 'tidy', 'node'),
      withPrograms('linux', { order: 1, fileParallelism: true }),
      withPrograms('e2e', { order: 2, fileParallelism: false }),
    ],
  },
});
