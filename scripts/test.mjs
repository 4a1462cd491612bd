/**
 * `npm test`: sets up what is missing, runs the suites once, and ends with one plain line
 * `N passed, N failed`. Arguments go to Vitest: `npm test -- test/unit`.
 *
 * Fails when a test failed, when a file could not be loaded, when an error happened outside any
 * test, and when nothing ran.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBuild, ensureDependencies, requireNode, root } from './setup.mjs';
import { closingLine, countResults } from './test-results.mjs';
import { prepareSuites, suitesWanted } from './test-suites.mjs';

requireNode();
ensureDependencies();
const args = process.argv.slice(2);
const wanted = suitesWanted(args);
if (wanted.length > 0) ensureBuild();
const { skipped, environment } = prepareSuites(wanted);

const folder = mkdtempSync(join(tmpdir(), 'lvstudio-test-'));
const report = join(folder, 'report.json');
const vitest = spawnSync(
  process.execPath,
  [
    // Simulations make much that lives for one command; moved out of the nursery it costs a sixth.
    '--max-semi-space-size=64',
    join(root, 'node_modules/vitest/vitest.mjs'),
    'run',
    ...args,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
  ],
  {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...environment, LVSTUDIO_SKIP: skipped.map((s) => s.suite).join(',') },
  },
);
const results = countResults(report, vitest.status);
rmSync(folder, { recursive: true, force: true });

for (const note of results.notes) console.log(note);
for (const { suite, reason } of skipped) console.log(`skipped test/${suite}: ${reason}`);
console.log(closingLine(results));
process.exitCode = results.failed > 0 || results.passed === 0 ? 1 : 0;
