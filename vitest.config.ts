/**
 * The suites. All that is computation runs in parallel threads; what talks to a whole Linux or to a
 * browser runs afterwards, one file at a time, because those use every core by themselves. Such a
 * file may run as many of its tests at once as there are workers.
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

function oneByOne(name: string, order: number): TestProjectConfiguration {
  return {
    test: {
      name,
      include: [`test/${name}/**/*.test.ts`],
      environment: 'node',
      pool: 'forks',
      fileParallelism: false,
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
      oneByOne('linux', 1),
      oneByOne('e2e', 2),
    ],
  },
});
