/** Bundles one program of `test/` for Node and runs it, with what follows on the command line. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureDependencies, giveUp, requireNode, root } from './setup.mjs';

/**
 * @param {string} name the program is `dist/<name>.mjs` afterwards
 * @param {string} source path from the project's folder
 */
export async function runProgram(name, source) {
  requireNode();
  ensureDependencies();
  if (!existsSync(join(root, source))) giveUp(`${source} is missing.`);
  // Only now, since both need what is installed.
  const [{ build }, { nodeTarget }] = await Promise.all([import('vite'), import('./targets.mjs')]);
  const dist = join(root, 'dist');
  await build(nodeTarget(dist, { [name]: join(root, source) }));
  const program = join(dist, `${name}.mjs`);
  process.argv.splice(1, process.argv.length, program, ...process.argv.slice(2));
  await import(pathToFileURL(program).href);
}
