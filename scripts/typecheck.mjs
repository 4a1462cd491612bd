/** `npm run typecheck`: the compiler over every project, or those named: `-- core renderer`. */
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { projects } from './projects.mjs';
import { root } from './setup.mjs';

const tsc = join(createRequire(import.meta.url).resolve('typescript/package.json'), '../bin/tsc');
const named = process.argv.slice(2);
let worst = 0;
for (const project of named.length > 0 ? named : projects) {
  const name = project.replace(/\W+/g, '-');
  const cache = join(root, `node_modules/.cache/tsc/${name}.tsbuildinfo`);
  const args = [tsc, '-p', join(root, project), '--incremental', '--tsBuildInfoFile', cache];
  const done = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  worst = Math.max(worst, done.status ?? 1);
}
process.exitCode = worst;
