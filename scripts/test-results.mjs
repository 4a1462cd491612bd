/** Reads Vitest's JSON report and counts, so that nothing broken looks like a pass. */
import { readFileSync } from 'node:fs';

/**
 * @typedef {object} Results
 * @property {number} passed
 * @property {number} failed tests that failed, files that did not load, errors outside any test
 * @property {number} skipped
 * @property {string[]} notes one line for each failure that is not a test's own
 */

/**
 * @param {string} path of the report
 * @param {number | null} status Vitest's exit status; null when a signal ended it
 * @returns {Results}
 */
export function countResults(path, status) {
  /** @type {Results} */
  const results = { passed: 0, failed: 0, skipped: 0, notes: [] };
  const report = readReport(path);
  for (const file of report?.testResults ?? []) countFile(file, results);
  const ended = status === null ? 'was ended by a signal' : `ended with status ${status}`;
  if (report === undefined) {
    fail(results, `vitest ${ended} and left no report`);
  } else if (status !== 0 && results.failed === 0) {
    fail(results, `vitest ${ended} though no test failed: an error outside any test, or no test`);
  }
  return results;
}

/** @param {Results} results */
export function closingLine({ passed, failed, skipped }) {
  const line = `${passed} passed, ${failed} failed`;
  return skipped > 0 ? `${line}, ${skipped} skipped` : line;
}

/**
 * @typedef {{ name: string, status: string, assertionResults: { status: string }[] }} FileReport
 * @param {FileReport} file
 * @param {Results} results
 */
function countFile(file, results) {
  let failedHere = 0;
  for (const { status } of file.assertionResults) {
    if (status === 'passed') results.passed += 1;
    else if (status === 'failed') failedHere += 1;
    else results.skipped += 1;
  }
  results.failed += failedHere;
  if (file.status === 'failed' && failedHere === 0) {
    fail(results, `${file.name}: could not be loaded, or failed outside its tests`);
  }
}

/**
 * @param {Results} results
 * @param {string} note
 */
function fail(results, note) {
  results.failed += 1;
  results.notes.push(note);
}

/**
 * @param {string} path
 * @returns {{ testResults: FileReport[] } | undefined}
 */
function readReport(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}
