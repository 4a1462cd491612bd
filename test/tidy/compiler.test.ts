import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { projects } from '../../scripts/projects.mjs';
import { projectRoot } from './sources.ts';

const MINUTES = 60_000;

/** Output of a program that fails; empty when it succeeds. */
async function complaints(script: string, ...args: string[]): Promise<string> {
  const child = spawn(process.execPath, [join(projectRoot, script), ...args], { cwd: projectRoot });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  const status = await new Promise((resolve) => child.on('close', resolve));
  return status === 0 ? '' : output || `ended with status ${String(status)}`;
}

test.each(projects)('the compiler accepts %s', { timeout: 5 * MINUTES }, async (project) => {
  expect(await complaints('scripts/typecheck.mjs', project)).toBe('');
});
