/**
 * The suites. All that is computation runs in parallel threads, the files of a suite one after the
 * other in the same two: to load the modules and warm them up for each anew took a sixth of the
 * time. What a file changes of the world it puts back. What talks to a whole Linux, to other
 * programs or to a browser runs afterwards: a Linux has one processor, so there are as many of them
 * as workers, and browsers come last. A file may run as many of its tests at once as there are
 * workers.
 *
 * A suite named in LVSTUDIO_SKIP (set by `npm test` when this machine lacks what it needs) is still
 * loaded, and its tests are counted as skipped.
 */
import { defineConfig, type TestProjectConfiguration } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const skipped = new Set((process.env['LVSTUDIO_SKIP'] ?? '').split(',').filter(Boolean));

const WORKERS = 2;

/** Files that take more than ten seconds, the longest first: both workers end together. */
const LONG = [
  ...['tidy/lint', 'sim/hostile-disks', 'sim/hostile-disks-more', 'sim/fault-loops'],
  ...['sim/random', 'sim/random-more', 'property/metadata-hostile', 'sim/conversions'],
  ...['property/plain-lvs', 'sim/power-cut', 'sim/moves'],
  ...['linux/mirrors-degraded', 'linux/every-command', 'linux/linux-to-ours'],
  ...['mounts/file-systems', 'linux/same-bytes', 'linux/resized-device', 'programs/mirrors'],
  ...['linux/partitions', 'linux/mirrors-both-ways', 'linux/twin', 'linux/snapshots-both-ways'],
  ...['linux/moves-degraded', 'linux/repaired-disks', 'linux/same-words', 'mounts/moves'],
  ...['e2e/mirrors', 'e2e/recovery', 'e2e/volumes', 'e2e/snapshots', 'e2e/pvmove'],
  'e2e/cut-short',
];

class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const at = LONG.findIndex((name) => moduleId.endsWith(`/test/${name}.test.ts`));
      return at < 0 ? LONG.length : at;
    };
    const group = ({ project }: TestSpecification): number => project.config.sequence.groupOrder;
    const sorted = await super.sort(files);
    return sorted.sort((a, b) => group(a) - group(b) || rank(a) - rank(b));
  }
}

const ELECTRON = 'test/unit/electron/**/*.test.ts';

/** The disks of a host do some work with its help, the others without: not in one thread. */
const WITH_HOST = ['test/{contract,unit/host}/**/*.test.ts', 'test/golden/cli/large-disks.test.ts'];

interface Threads {
  readonly include: readonly string[];
  readonly exclude?: readonly string[];
  readonly environment?: string;
  /** Every file in a thread of its own: it replaces modules. */
  readonly isolate?: boolean;
}

function parallel(name: string, threads: Threads): TestProjectConfiguration {
  const { include, exclude = [], environment = 'node', isolate = false } = threads;
  return {
    test: {
      name,
      include: [...include],
      exclude: [...exclude],
      environment,
      isolate,
      pool: 'threads',
      ...(isolate ? {} : { restoreMocks: true, unstubGlobals: true, unstubEnvs: true }),
      testTimeout: 20_000,
      sequence: { groupOrder: 0 },
    },
  };
}

function withPrograms(name: string, order: number): TestProjectConfiguration {
  return {
    test: {
      name,
      include: [`test/${name}/**/*.test.ts`],
      environment: 'node',
      pool: 'forks',
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
    sequence: { sequencer: LongFirst },
    projects: [
      parallel('core', {
        include: ['test/{unit,property,sim,golden}/**/*.test.ts'],
        exclude: [...WITH_HOST, ELECTRON],
      }),
      parallel('host', { include: WITH_HOST }),
      parallel('electron', { include: [ELECTRON], isolate: true }),
      parallel('renderer', {
        include: ['test/renderer/**/*.test.{ts,tsx}'],
        environment: 'happy-dom',
      }),
      parallel('tidy', { include: ['test/tidy/**/*.test.ts'] }),
      withPrograms('linux', 1),
      withPrograms('programs', 1),
      withPrograms('mounts', 1),
      withPrograms('e2e', 2),
    ],
  },
});
