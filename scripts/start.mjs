/** `npm start`: sets up what is missing, then opens the studio. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureBuild, ensureDependencies, requireNode, root } from './setup.mjs';

requireNode();
ensureDependencies();
ensureBuild();

// In this process rather than in a child: one start less, and signals arrive where they belong.
const program = join(root, 'dist', 'lvstudio.mjs');
process.argv.splice(1, process.argv.length, program, 'studio', ...process.argv.slice(2));
await import(pathToFileURL(program).href);
