import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { closingLine, countResults } from '../../scripts/test-results.mjs';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lvstudio-results-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function count(files: readonly [string, ...string[]][], status: number | null) {
  const testResults = files.map(([fileStatus, ...tests], index) => ({
    name: `${index}.test.ts`,
    status: fileStatus,
    assertionResults: tests.map((each) => ({ status: each })),
  }));
  const path = join(folder, 'report.json');
  writeFileSync(path, JSON.stringify({ testResults }));
  return countResults(path, status);
}

describe('nothing broken looks like a pass', () => {
  test('tests are counted by what became of them', () => {
    const results = count(
      [
        ['failed', 'passed', 'failed', 'pending'],
        ['passed', 'passed'],
      ],
      1,
    );
    expect(closingLine(results)).toBe('2 passed, 1 failed, 1 skipped');
  });

  test('without skipped tests the line ends after the failures', () => {
    expect(closingLine(count([['passed', 'passed']], 0))).toBe('1 passed, 0 failed');
  });

  test('a file that could not be loaded is a failure', () => {
    const results = count([['failed'], ['passed', 'passed']], 1);
    expect(results).toMatchObject({ passed: 1, failed: 1 });
    expect(results.notes[0]).toMatch(/0\.test\.ts: could not be loaded/);
  });

  test('an error outside any test is a failure', () => {
    expect(count([['passed', 'passed']], 1)).toMatchObject({ passed: 1, failed: 1 });
  });

  test('a run that was killed, or left no report, is a failure', () => {
    expect(count([['passed', 'passed']], null).failed).toBe(1);
    expect(countResults(join(folder, 'none.json'), 0)).toMatchObject({ passed: 0, failed: 1 });
  });
});
